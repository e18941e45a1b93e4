"""Templates -> a static site that opens from disk."""

from __future__ import annotations

import base64
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tracer.errors import ReportError
from tracer.model import Trace
from tracer.report.exports import dumps
from tracer.report.text import slug, visible
from tracer.report.views import PageView, Read, page

MARKER = ".tracer-report"


@dataclass(frozen=True, slots=True)
class Entry:
    """A trace in the index of a site: its page and where it stands."""

    name: str
    view: PageView


def write_site(traces: Sequence[Trace], read: Read, directory: Path) -> Path:
    """Writes the site of ``traces`` to ``directory`` and returns its first page.

    The site is made beside ``directory`` and moved into place when it is whole; an earlier report there is replaced.
    Raises ReportError when ``directory`` holds anything else.
    """
    if not traces:
        raise ReportError("there is no trace to report on", hint="Give at least one entry or investigation.")
    directory = Path(directory).absolute()
    try:
        _check_replaceable(directory)
        files = site(traces, read)
        _replace(directory, files)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = "Give another folder, or make room and permission there."
        raise ReportError(f"the report could not be written: {reason}", where=str(directory), hint=hint) from error
    return directory / "index.html"


def site(traces: Sequence[Trace], read: Read) -> dict[str, str]:
    """The files of a site by name: ``index.html``, with several traces a page for each, and their JSON."""
    entries = [Entry(name, page(trace, read)) for name, trace in zip(_names(traces), traces, strict=True)]
    files = {f"{e.name}.html": _page(e, entries) for e in entries}
    files |= {f"{e.name}.json": dumps(trace) + "\n" for e, trace in zip(entries, traces, strict=True)}
    if len(entries) > 1:
        files["index.html"] = _render("index.html", entries=entries, version=entries[0].view.version)
    return files


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


def _page(entry: Entry, entries: Sequence[Entry]) -> str:
    return _render("trace.html", view=entry.view, json=f"{entry.name}.json", several=len(entries) > 1)


def _render(template: str, **values: object) -> str:
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = _environment().get_template(template).render(style=Markup(style), style_hash=digest, **values)  # noqa: S704
    return _tidy(text) + "\n"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


@functools.cache
def reports_folder() -> Path:
    """The folder ``reports``: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_data", package.parent):
        if (root / "reports" / "templates").is_dir():
            return root / "reports"
    raise ReportError(
        "the report's templates are missing from this installation", hint="Install tracer again from its wheel."
    )


@functools.cache
def _style() -> str:
    return _tidy((reports_folder() / "static" / "report.css").read_text(encoding="utf-8"))


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(reports_folder() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


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
    present = {path.name for path in directory.iterdir()}
    if not present:
        return
    if MARKER not in present:
        hint = "Give a folder that is new, empty, or an earlier report."
        raise ReportError("the folder holds other files, and is not an earlier report", where=where, hint=hint)
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
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / MARKER).write_text(_marker(files), encoding="utf-8", newline="\n")


def _marker(files: Iterable[str]) -> str:
    return "\n".join(("written by tracer; replaced by its next report", *sorted(files))) + "\n"
