"""Whole files as pages: every line an anchor, resolved names as links, and what the trace has to say beside its lines.

The lines are made into HTML here and not by a template: the largest files have 48,000. This is the only place that
does so, and every text passes ``_safe``.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

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
COLOURED = 300_000
"""Larger files, which are generated ones, are coloured only around what the trace touches."""
_NEAR = 400
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
class Target:
    """A name in a file, by line and column, with where it leads."""

    line: int
    column: int
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that are laid out together; ``first`` is the number of the first."""

    first: int
    lines: Markup
    size: str


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


def touched(traces: Iterable[Trace]) -> list[File]:
    """The files of a site: those that a hop or its evidence stands in, in order."""
    found: set[File] = set()
    for trace in traces:
        for chain in trace.chains:
            for hop in chain:
                facts = (*hop.edge.evidence, *hop.notes)
                places = (hop.edge.site, hop.source.position, hop.target.position, *(f.position for f in facts))
                found.update((p.repository, p.path) for p in places if p is not None)
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


def source_pages(told: Sequence[Told], files: Files, links: Links, language: Language) -> list[SourceView]:
    """The pages of every file that ``links`` has one for."""
    out: list[SourceView] = []
    remarks, targets = _remarks(told, language), _targets(told, links)
    for (repository, path), name in links.pages.items():
        source = files.source(repository, path)
        assert not isinstance(source, str)
        root = "../" * name.count("/")
        own = tuple(sorted(set(remarks.get((repository, path), ())), key=lambda r: (r.line, r.href, r.text)))
        chunks, count = _chunks(source, path, own, targets.get((repository, path), ()), root)
        url = links.permalink(Position(repository, path, 1, 1)) or ""
        line_url = url.removesuffix("1")
        file_url = url.removesuffix("#L1")
        shown = (one_line(repository), one_line(path))
        out.append(SourceView(name, *shown, file_url, line_url, count, own, chunks, root))
    return out


# What there is to say about the lines


def _remarks(told: Sequence[Told], language: Language) -> dict[File, list[Remark]]:
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
                    add(fact.position, "proof", f"{words}: {language.note(one_line(fact.note))}", href)
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


def _chunks(
    source: bytes, path: str, remarks: Sequence[Remark], targets: Sequence[Target], root: str
) -> tuple[tuple[Chunk, ...], int]:
    starts = line_starts(source)
    said_at: dict[int, list[Remark]] = {}
    for remark in remarks:
        said_at.setdefault(remark.line, []).append(remark)
    leads: dict[int, list[tuple[int, int, Target]]] = {}
    for target in sorted(targets, key=lambda t: (t.line, t.column, t.href, t.title)):
        span = name_range(source, starts, target.line, target.column) if target.line <= len(starts) else None
        row = leads.setdefault(target.line, [])
        if span is not None and (not row or row[-1][1] <= span[0]):
            row.append((*span, target))
    out: list[Chunk] = []
    rows = _rows(source, path, starts, {r.line for r in remarks} | set(leads))
    for first in range(1, len(starts) + 1, CHUNK):
        lines = itertools.islice(rows, CHUNK)
        html = "".join(
            _line(number, line, leads.get(number, ()), said_at.get(number, ()), root)
            for number, line in enumerate(lines, first)
        )
        size = "" if first + CHUNK - 1 <= len(starts) else "last"
        out.append(Chunk(first, Markup(html), size))  # noqa: S704
    return tuple(out), len(starts)


def _rows(source: bytes, path: str, starts: Sequence[int], wanted: Set[int]) -> Iterator[Line]:
    """All lines of a file; those of a large one are coloured near the wanted lines only."""
    if len(source) <= COLOURED:
        yield from highlight(source, path=path)
        return
    near = {chunk for line in wanted for chunk in range((line - _NEAR) // CHUNK, (line + _NEAR) // CHUNK + 1)}
    bounds = [*starts, len(source)]
    for coloured, group in itertools.groupby(range((len(starts) + CHUNK - 1) // CHUNK), key=near.__contains__):
        chunks = list(group)
        first, last = chunks[0] * CHUNK + 1, min((chunks[-1] + 1) * CHUNK, len(starts))
        if coloured:
            yield from highlight(source, first, last, path=path)
            continue
        for begin, end in itertools.pairwise(bounds[first - 1 : last + 1]):
            text = source[begin:end].removesuffix(b"\n").removesuffix(b"\r")
            yield [(None, text.decode("utf-8", "replace"))]


def _line(
    number: int, line: Line, leads: Sequence[tuple[int, int, Target]], remarks: Sequence[Remark], root: str
) -> str:
    head = f'<li id="L{number}" class="{_classes(remarks)}">' if remarks else f"<li id=L{number}>"
    body = "".join(_spans(line, leads)) if leads else "".join(_coloured(css, _safe(text)) for css, text in line)
    return head + body + "".join(_remark(remark, root) for remark in remarks)


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
        yield _coloured(classes[begin], _safe(text[begin:stop]))
        begin = stop


def _coloured(css: str | None, text: str) -> str:
    return text if css in _PLAIN else f"<i class={css}>{text}</i>"


def _remark(remark: Remark, root: str) -> str:
    return f'<a class="remark {remark.kind}" href="{_safe(root + remark.href)}">{_safe(remark.text)}</a>'


def _safe(text: str) -> str:
    return str(escape(visible(text)))
