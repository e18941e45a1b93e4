"""Templates -> a static site that opens from disk."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from tracer.errors import ReportError
from tracer.model import Pin, Surroundings, Trace
from tracer.report.around import Circle, circles
from tracer.report.contents import contents, search_script
from tracer.report.exports import dumps, to_json
from tracer.report.extra import Extra, Shown
from tracer.report.language import Language, language, reports_folder
from tracer.report.links import Links
from tracer.report.neighbours import around_json
from tracer.report.snippets import Files
from tracer.report.sources import Told as OnPage
from tracer.report.sources import line_counts, page_names, source_pages, touched
from tracer.report.text import slug, visible
from tracer.report.views import PageView, Read, page, tool_version

if TYPE_CHECKING:
    from jinja2 import Environment

MARKER = ".tracer-report"


@dataclass(frozen=True, slots=True)
class Entry:
    """A trace in a site: its page, that of what stands around it, its view and its data."""

    page: str
    around_page: str
    view: PageView
    circles: tuple[Circle, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A trace to report on, with the call graph around its chains where that was looked at."""

    trace: Trace
    around: tuple[Surroundings, ...] = ()


def write_site(
    traces: Sequence[Trace | Told], read: Read, directory: Path, *, lang: str = "en", extras: Sequence[Extra] = ()
) -> Path:
    """Writes the site of ``traces`` to ``directory`` and returns its first page.

    The site is made beside ``directory`` and moved into place when it is whole; an earlier report there is replaced.
    Raises ReportError when ``directory`` holds anything else, and for a language that there is not.
    """
    if not traces and not extras:
        raise ReportError("there is no trace to report on", hint="Give at least one entry or investigation.")
    directory = Path(directory).absolute()
    try:
        _check_replaceable(directory)
        files = site(traces, read, lang=lang, extras=extras)
        _replace(directory, files)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "Give another folder, or make room and permission there."
        raise ReportError(f"the report could not be written: {reason}", where=str(directory), hint=hint) from error
    return directory / "index.html"


def site(
    traces: Sequence[Trace | Told], read: Read, *, lang: str = "en", extras: Sequence[Extra] = ()
) -> dict[str, str]:
    """The files of a site by name.

    ``index.html`` is the trace or, with several, the list of them; without any, it is the extra of that name. Each trace
    has a page of what stands around it and its data as JSON; ``source/`` has a page for each file; ``contents.html``
    lists everything.
    """
    say = language(lang)
    given = [one if isinstance(one, Told) else Told(one) for one in traces]
    only = [one.trace for one in given]
    pins = [*(trace.pins for trace in only), *(extra.pins for extra in extras)]
    _check_pins(pins)
    files = Files(read)
    places = [place for extra in extras for place in extra.places]
    known = [file for file in touched(only, places) if not isinstance(files.source(*file), str)]
    links = Links({pin.repository: pin for known_pins in pins for pin in known_pins}, page_names(known))
    names = _names(only)
    told = [OnPage(f"{name}.html", one.trace, one.around) for name, one in zip(names, given, strict=True)]
    images = {image: address for extra in extras for image, address in extra.images.items()}
    entries = [_entry(name, one, files, links, say, images) for name, one in zip(names, told, strict=True)]
    further = [(extra, extra.show(links, say)) for extra in extras]
    items = [item for _, page in further for item in page.items]
    found = contents(told, [e.view for e in entries], items, line_counts(links, files), links, say)
    marks = [(f"{extra.name}.html", mark) for extra, page in further for mark in page.marks]
    sources = source_pages(told, files, links, say, marks)

    shown = _Site(say, entries, extras)
    made = {entry.page: shown.page("trace.html", entry, view=entry.view, json=_data(entry.page)) for entry in entries}
    made |= {e.around_page: shown.page("around.html", e, view=e.view, circles=e.circles) for e in entries if e.circles}
    made |= {
        _data(one.page): dumps(to_json(one.trace, files) | around_json(one.trace, one.around)) + "\n" for one in told
    }
    made |= {view.name: shown.page("source.html", None, view.root, tidy=False, view=view) for view in sources}
    made |= {f"{extra.name}.html": shown.further(extra, page) for extra, page in further}
    made["contents.html"] = shown.page("contents.html", None, contents=found)
    if len(entries) > 1:
        made["index.html"] = shown.page("index.html", None, entries=entries)
    made["search.js"] = search_script(found)
    made |= {name: _static(name) for name in ("report.css", "report.js")}
    return made


def _check_pins(pins: Sequence[Sequence[Pin]]) -> None:
    """A repository's name means one commit in all of a site."""
    commits: dict[str, str] = {}
    for some in pins:
        own = {pin.repository: pin.commit for pin in some}
        for name, commit in own.items():
            if commits.setdefault(name, commit) == commit:
                continue
            words = f"two investigations mean different commits by {name!r}"
            raise ReportError(words, hint="Give one of the repositories another name, or write two reports.")


def _data(page_name: str) -> str:
    return page_name.removesuffix(".html") + ".json"


def _entry(name: str, one: OnPage, files: Files, links: Links, say: Language, images: Mapping[str, str]) -> Entry:
    view = page(one.trace, files, links, say, one.around, images)
    around = circles(one.trace, one.around, links, say)
    around_page = "around.html" if name == "index" else f"{name}-around.html"
    return Entry(f"{name}.html", around_page, view, around)


def _names(traces: Sequence[Trace]) -> list[str]:
    if len(traces) == 1:
        return ["index"]
    names: list[str] = []
    for trace in traces:
        base = name = f"trace-{slug(trace.title or trace.entry.short)}"
        count = 1
        while name in names:
            count += 1
            name = f"{base}-{count}"
        names.append(name)
    return names


@dataclass(frozen=True, slots=True)
class _Site:
    """What all pages share."""

    say: Language
    entries: Sequence[Entry]
    extras: Sequence[Extra]

    def further(self, extra: Extra, page: Shown) -> str:
        """A further page."""
        return self.page(extra.template, None, name=extra.name, title=self.say.text(extra.title), data=page.data)

    def page(self, template: str, entry: Entry | None, root: str = "", *, tidy: bool = True, **values: object) -> str:
        """One page; ``root`` leads from it to the site's folder."""
        several = len(self.entries) > 1
        shown = {
            "root": root,
            "current": template.removesuffix(".html"),
            "name": "",
            "several": several,
            "entry": entry or (self.entries[0] if len(self.entries) == 1 else None),
            "extras": self.extras,
            "version": tool_version(),
            "lang": self.say.tag,
        }
        text = _environment(self.say.code).get_template(template).render(shown | values)
        return (_tidy(text) if tidy else text) + "\n"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def _static(name: str) -> str:
    return (reports_folder() / "static" / name).read_text(encoding="utf-8")


@functools.cache
def _environment(code: str) -> Environment:
    # Imported where a page is written: most commands write none.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(reports_folder() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = language(code)
    environment.globals.update({"_": say.text, "plural": say.plural})  # pyright: ignore[reportArgumentType, reportCallIssue]
    return environment


def _shown(value: object) -> object:
    """The last gate before escaping: no control character reaches a page, whatever a view let through."""
    return visible(value, newlines=True) if isinstance(value, str) and not isinstance(value, Markup) else value


# Files


def _check_replaceable(directory: Path) -> None:
    """Only a folder that is absent, empty, or holds an earlier report and nothing else may be replaced."""
    where = str(directory)
    if not directory.exists() and not directory.is_symlink():
        return
    if not directory.is_dir():
        raise ReportError("this is not a folder", where=where, hint="Give a folder that is new or empty.")
    if not any(directory.iterdir()):
        return
    if not (directory / MARKER).is_file():
        hint = "Give a folder that is new, empty, or an earlier report."
        raise ReportError("the folder holds other files, and is not an earlier report", where=where, hint=hint)
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir()}
    written = set((directory / MARKER).read_text(encoding="utf-8", errors="replace").splitlines()[1:])
    foreign = sorted(present - written - {MARKER})
    if foreign:
        hint = f"Move {foreign[0]} away, or give another folder: a report replaces the whole folder."
        raise ReportError("the folder holds files that no report wrote", where=where, hint=hint)


def _replace(directory: Path, files: dict[str, str]) -> None:
    directory = directory.resolve()
    directory.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{directory.name[:80]}-", dir=directory.parent))
    try:
        fresh, old = aside / "new", aside / "old"
        _write(fresh, files)
        if directory.exists():
            directory.rename(old)
        try:
            fresh.rename(directory)
        except OSError:
            if old.exists():
                old.rename(directory)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in sorted(files.items()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / MARKER).write_text(_marker(files), encoding="utf-8", newline="\n")


def _marker(files: Iterable[str]) -> str:
    return "\n".join(("written by tracer; replaced by its next report", *sorted(files))) + "\n"
