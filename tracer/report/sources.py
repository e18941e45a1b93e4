"""Whole files as pages: every line an anchor, resolved names as links, and what the trace has to say beside its lines.

Of the largest files, which are generated ones of 48,000 lines, only the lines near those that the site leads to stand
open. The others are packed (zlib, RFC 1950) where they belong: a script unfolds them, and whoever has none finds them at
the pinned commit.

The lines are made into HTML here and not by a template, for speed. This is the only place that does so, and every text
passes ``_safe`` or ``_text``.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from tracer.model import Hop, Position, Surroundings, Trace
from tracer.report.highlight import Line, highlight, line_starts
from tracer.report.language import Language, noted
from tracer.report.links import File, Links
from tracer.report.snippets import Files, name_range
from tracer.report.text import one_line, visible
from tracer.report.words import said

CHUNK = 200
"""So many lines are laid out together, when they come near the window."""
FOLDED = 300_000
"""Larger files are folded."""
_NEAR = 30
"""So many lines before and after one that is led to stand open."""
_SHORTEST = 100
"""Fewer lines than these are not worth a fold."""
_PLAIN = (None, "fn", "cut")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What the trace says about a line: a hop leaves or arrives here, or this proves one. ``kind`` is a CSS class."""

    line: int
    kind: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What another page than a trace's says about a line, at its ``anchor``."""

    position: Position
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Target:
    """A name in a file, by line and column, with where it leads."""

    line: int
    column: int
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that are laid out together, or that are folded: then ``packed`` holds their text, and ``lines`` none."""

    first: int
    last: int
    lines: Markup
    packed: str

    @property
    def full(self) -> bool:
        """Whether it is as long as a chunk can be: its height is known before it is laid out."""
        return self.last - self.first + 1 == CHUNK


@dataclass(frozen=True, slots=True)
class SourceView:
    """All that a file's page shows; ``line_url`` is the permalink without its line's number."""

    name: str
    repository: str
    path: str
    url: str
    line_url: str
    count: int
    remarks: tuple[Remark, ...]
    chunks: tuple[Chunk, ...]
    root: str


@dataclass(frozen=True, slots=True)
class Told:
    """A trace with the page that it stands on."""

    page: str
    trace: Trace
    around: tuple[Surroundings, ...] = ()


def touched(traces: Iterable[Trace], places: Iterable[Position] = ()) -> list[File]:
    """The files of a site: those that a hop or its evidence stands in, and those of ``places``, in order."""
    found: set[File] = {(place.repository, place.path) for place in places}
    for trace in traces:
        for chain in trace.chains:
            for hop in chain:
                facts = (*hop.edge.evidence, *hop.notes)
                stands = (hop.edge.site, hop.source.position, hop.target.position, *(f.position for f in facts))
                found.update((p.repository, p.path) for p in stands if p is not None)
    return sorted(found)


def page_names(files: Sequence[File]) -> dict[File, str]:
    """The address of each file's page; two that would collide, by case as well, get a hash."""
    out: dict[File, str] = {}
    taken: set[str] = set()
    for repository, path in files:
        flat = path.replace("/", "-")
        name = f"source/{_fit(repository)}/{_fit(flat)[-120:].lstrip('.-')}"
        if name != f"source/{repository}/{flat}" or name.lower() in taken:
            digest = hashlib.sha256(f"{repository}\0{path}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name += f"-{digest}"
        taken.add(name.lower())
        out[repository, path] = f"{name}.html"
    return out


def _fit(text: str) -> str:
    return _UNFIT.sub("_", text).lstrip(".") or "_"


def line_counts(links: Links, files: Files) -> dict[File, int]:
    """The number of lines of every file that ``links`` has a page for."""
    return {file: len(line_starts(_source(files, file))) for file in links.pages}


def _source(files: Files, file: File) -> bytes:
    source = files.source(*file)
    assert not isinstance(source, str)
    return source


def source_pages(
    told: Sequence[Told], files: Files, links: Links, language: Language, marks: Iterable[tuple[str, Mark]] = ()
) -> list[SourceView]:
    """The pages of every file that ``links`` has one for; all other pages must have taken their links before.

    ``marks`` are what other pages say about lines that no trace speaks of, each with its page's file name.
    """
    out: list[SourceView] = []
    remarks, targets = _remarks(told, language, marks), _targets(told, links)
    for (repository, path), name in links.pages.items():
        root = "../" * name.count("/")
        own = tuple(sorted(set(remarks.get((repository, path), ())), key=lambda r: (r.line, r.href, r.text)))
        lines = Lines(_source(files, (repository, path)), path, own, targets.get((repository, path), ()), root)
        url = links.permalink(Position(repository, path, 1, 1)) or ""
        line_url = url.removesuffix("1")
        file_url = url.removesuffix("#L1")
        shown = (one_line(repository), one_line(path))
        chunks = tuple(lines.chunks(links.led.get((repository, path), set())))
        out.append(SourceView(name, *shown, file_url, line_url, len(lines.starts), own, chunks, root))
    return out


# What there is to say about the lines


def _remarks(told: Sequence[Told], language: Language, marks: Iterable[tuple[str, Mark]]) -> dict[File, list[Remark]]:
    out: dict[File, list[Remark]] = {}

    def add(position: Position | None, kind: str, text: str, href: str) -> None:
        if position is not None:
            found = out.setdefault((position.repository, position.path), [])
            found.append(Remark(position.line, kind, one_line(text), href))

    for one in told:
        several = len(one.trace.chains) > 1
        for chain_number, chain in enumerate(one.trace.chains, 1):
            for number, hop in enumerate(chain, 1):
                prefix = f"chain-{chain_number}-" if several else ""
                href = f"{one.page}#{prefix}hop-{number}"
                words = language.text(noted("hop {n}")).replace("{n}", str(number))
                add(hop.edge.site, hop.edge.kind.value, f"{words} → {said(hop.target)}", href)
                add(hop.target.position, "arrives", f"{words} ← {said(hop.source)}", href)
                for fact in (*hop.edge.evidence, *hop.notes):
                    add(fact.position, "proof", f"{words}: {language.sentence(fact.message)}", href)
    told_of = {(file, remark.line) for file, remarks in out.items() for remark in remarks}
    marked: set[tuple[Position, str]] = set()
    for page, mark in marks:
        at = replace(mark.position, column=1)
        # A function that several steps lead to is marked by the first.
        if ((at.repository, at.path), at.line) not in told_of and (at, mark.text) not in marked:
            marked.add((at, mark.text))
            add(at, "proof", mark.text, f"{page}#{mark.anchor}")
    return out


def _targets(told: Sequence[Told], links: Links) -> dict[File, list[Target]]:
    """Where each resolved name leads: hops first, since the reader came along them."""
    found: dict[Position, list[Hop]] = {}
    for one in told:
        for hop in (*(h for chain in one.trace.chains for h in chain), *(h for s in one.around for h in s.callees)):
            found.setdefault(hop.edge.site, []).append(hop)
    out: dict[File, list[Target]] = {}
    for site, hops in found.items():
        name = links.pages.get((site.repository, site.path))
        if name is None:
            continue
        near = links.beneath("../" * name.count("/"))
        names = list(dict.fromkeys(one_line(h.target.short) for h in hops))
        more = f", +{len(names) - 4}" if len(names) > 4 else ""
        place = near.place(hops[0].target.position)
        if place is not None and place.href:
            title = f"→ {', '.join(names[:4])}{more} ({place.short})"
            target = Target(site.line, site.column, place.href, title)
            out.setdefault((site.repository, site.path), []).append(target)
    return out


# Lines


class Lines:
    """The lines of one file as HTML, with what is said of them and where their names lead."""

    def __init__(
        self, source: bytes, path: str, remarks: Sequence[Remark], targets: Sequence[Target], root: str
    ) -> None:
        self.source = source
        self.path = path
        self.root = root
        self.starts = line_starts(source)
        self.said: dict[int, list[Remark]] = {}
        for remark in remarks:
            self.said.setdefault(remark.line, []).append(remark)
        self.leads: dict[int, list[tuple[int, int, Target]]] = {}
        for target in sorted(targets, key=lambda t: (t.line, t.column, t.href, t.title)):
            known = target.line <= len(self.starts)
            span = name_range(source, self.starts, target.line, target.column) if known else None
            row = self.leads.setdefault(target.line, [])
            if span is not None and (not row or row[-1][1] <= span[0]):
                row.append((*span, target))

    def chunks(self, led: Set[int]) -> Iterator[Chunk]:
        """All lines in order; ``led`` are those that other pages link to."""
        wanted = {*led, *self.said, *self.leads}
        for first, last, is_open in self._parts(wanted):
            if is_open:
                yield from self._open(first, last)
            else:
                yield Chunk(first, last, Markup(""), _packed(self._plain(first, last)))

    def _parts(self, wanted: Set[int]) -> Iterator[tuple[int, int, bool]]:
        """The file from its first to its last line, in parts that stand open or are folded."""
        count = len(self.starts)
        if len(self.source) <= FOLDED:
            yield 1, count, True
            return
        at = begin = 1
        for line in sorted(line for line in wanted if line <= count):
            if line - _NEAR - at > _SHORTEST:
                if at > begin:
                    yield begin, at - 1, True
                begin = line - _NEAR
                yield at, begin - 1, False
            at = min(line + _NEAR, count) + 1
        if count - at < _SHORTEST:
            at = count + 1
        if at > begin:
            yield begin, at - 1, True
        if at <= count:
            yield at, count, False

    def _open(self, first: int, last: int) -> Iterator[Chunk]:
        rows = enumerate(highlight(self.source, first, last, path=self.path), first)
        for begin in range(first, last + 1, CHUNK):
            html = "".join(self._line(number, line) for number, line in itertools.islice(rows, CHUNK))
            yield Chunk(begin, min(begin + CHUNK - 1, last), Markup(html), "")  # noqa: S704

    def _plain(self, first: int, last: int) -> Iterator[str]:
        bounds = [*self.starts[first - 1 : last], self.starts[last] if last < len(self.starts) else len(self.source)]
        for begin, end in itertools.pairwise(bounds):
            yield self.source[begin:end].removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")

    def _line(self, number: int, line: Line) -> str:
        remarks, leads = self.said.get(number, ()), self.leads.get(number, ())
        head = f'<li id="L{number}" class="{_classes(remarks)}">' if remarks else f"<li id=L{number}>"
        body = "".join(_spans(line, leads)) if leads else "".join(_coloured(css, _text(text)) for css, text in line)
        return head + body + "".join(_remark(remark, self.root) for remark in remarks)


def _packed(lines: Iterable[str]) -> str:
    text = "\n".join(visible(line) for line in lines)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _classes(remarks: Sequence[Remark]) -> str:
    return "on" if any(r.kind not in ("arrives", "proof") for r in remarks) else "near"


def _spans(line: Line, leads: Sequence[tuple[int, int, Target]]) -> Iterable[str]:
    """A line with its links, which are whole names and so lie inside one span or across whole ones."""
    text = "".join(part for _, part in line)
    classes = [css for css, part in line for _ in part]
    at = 0
    for begin, end, target in leads:
        if end > len(text):
            # A column inside a character: its bytes count for more when they stand alone.
            break
        yield from _runs(text, classes, at, begin)
        inner = "".join(_runs(text, classes, begin, end))
        yield f'<a href="{_safe(target.href)}" title="{_safe(target.title)}">{inner}</a>'
        at = end
    yield from _runs(text, classes, at, len(text))


def _runs(text: str, classes: Sequence[str | None], begin: int, end: int) -> Iterable[str]:
    while begin < end:
        stop = begin + 1
        while stop < end and classes[stop] == classes[begin]:
            stop += 1
        yield _coloured(classes[begin], _text(text[begin:stop]))
        begin = stop


def _coloured(css: str | None, text: str) -> str:
    return text if css in _PLAIN else f"<i class={css}>{text}</i>"


def _remark(remark: Remark, root: str) -> str:
    return f'<a class="remark {remark.kind}" href="{_safe(root + remark.href)}">{_safe(remark.text)}</a>'


def _safe(text: str) -> str:
    return str(escape(visible(text)))


def _text(text: str) -> str:
    """What stands between tags, where quotes mean nothing."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;")
