"""What a person reads in a terminal: lines that fit its width, links where it is one, colours where they are wanted.

Every text of a source goes through ``visible`` before it gets here or here: no escape sequence and no bidirectional
control of a source reaches the terminal. Nothing is told by colour alone, and what is piped is told as well, one line
for each thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tracer.codes import Message, Note
from tracer.model import (
    Artifact,
    ArtifactStep,
    Check,
    ConstantReport,
    Edge,
    EdgeKind,
    Explanation,
    Hop,
    MissingModule,
    Modifier,
    PackageSummary,
    Position,
    StepKind,
    Stop,
    Symbol,
    Trace,
    Unresolved,
    WireEnd,
    WireRow,
)
from tracer.report.lacks import lacking, remedies
from tracer.report.links import Links, Place
from tracer.report.text import Phrase, clip, one_line, plural, visible
from tracer.report.words import bound
from tracer.sentences import sentence, text

if TYPE_CHECKING:
    from tracer.diff import Comparison
    from tracer.report.snippets import SourceLine
    from tracer.report.views import Card, PageView

MAX_STOPS = 40
_NO_LINKS = Links({})
TAB = 4
_KINDS = {
    EdgeKind.CALL: "green",
    EdgeKind.INTERFACE: "cyan",
    EdgeKind.VALUE: "cyan",
    EdgeKind.RPC: "bold magenta",
    EdgeKind.EXEC: "bold magenta",
    EdgeKind.READ: "bold",
}
_STEPS = {
    StepKind.UNDECIDED: "red",
    StepKind.ENTRYPOINT: "bold",
    StepKind.MAIN: "bold",
    StepKind.LOOP: "bold",
}
# The terminal's own colours; none that old palettes make unreadable: yellow on white, blue on black.
_CODE = {
    "kw": Style(color="magenta"),
    "st": Style(color="green"),
    "co": Style(dim=True, italic=True),
    "ty": Style(color="cyan"),
}
_BREAKS = tuple(re.compile(pattern) for pattern in (r"(?<=\S)  ", r"(?<=\S) ", r"/", r".(?=[.(])"))


@dataclass(frozen=True, slots=True)
class Screen:
    """Where it is written. ``width`` is None where lines may be as long as they are; ``links`` where a terminal opens them."""

    console: Console
    width: int | None
    links: bool

    @classmethod
    def of(cls, console: Console) -> Screen:
        """A terminal gets its width and links, a file or a pipe neither."""
        real = console.is_terminal and console.file.isatty()
        linked = real and not console.is_dumb_terminal
        return cls(console, console.width if real else None, linked)

    def line(self, text: Text, first: str = "", rest: str | None = None) -> None:
        """A text behind ``first``, and where it does not fit its further lines behind ``rest``."""
        rest = " " * len(first) if rest is None else rest
        # A tab, in a path for one, has no width that could be counted on.
        text.expand_tabs(1)
        rooms = [None if self.width is None else max(12, self.width - cell_len(rail)) for rail in (first, rest)]
        for i, part in enumerate(_wrapped(text, *rooms)):
            out = Text.assemble((rest if i else first, "dim"), part)
            self.console.print(out, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def fits(self, size: int) -> bool:
        return self.width is None or size <= self.width

    def place(self, text: str, url: str | None) -> Text:
        """A place, as a link where there is an address."""
        style = Style(dim=True, link=url) if url is not None and self.links else Style(dim=True)
        return Text(visible(text), style)

    def shown(self, place: Place | None) -> Text:
        """A place, or that of what only the standard library's facts know."""
        changed = " (changed since HEAD)" if place is not None and place.is_changed else ""
        return self.place(place.text + changed, place.url) if place is not None else Text("std", "dim")


def _wrapped(text: Text, room: int | None, further: int | None) -> Iterator[Text]:
    """The lines of a text: the first in ``room`` cells, the others in ``further``; all of it where that is None.

    Broken at the last wide gap, else blank, else slash, else before a dot or parenthesis, that leaves half a line.
    """
    while room is not None and text.cell_len > room:
        cut, cells = 0, 0
        for char in text.plain:
            cells += cell_len(char)
            if cells > room:
                break
            cut += 1
        cut = max(1, cut)
        cut = next((at for pattern in _BREAKS if cut <= 2 * (at := _last_break(pattern, text.plain, cut))), cut)
        head, text = text[:cut], text[cut:]
        head.rstrip()
        yield head
        text = text[len(text.plain) - len(text.plain.lstrip(" ")) :]
        room = further
    yield text


def _last_break(pattern: re.Pattern[str], plain: str, room: int) -> int:
    """The end of the last match after which the line fits, blanks at its end aside; 0 if there is none."""
    ends = [m.end() for m in pattern.finditer(plain, 0, room + 2)]
    return max((end for end in ends if len(plain[:end].rstrip()) <= room), default=0)


# A trace


@dataclass(eq=False, slots=True)
class _Branch:
    """A hop that one chain or several go through, with the hops that come next."""

    card: Card
    hop: Hop
    following: dict[tuple[Position, str, str], _Branch] = field(
        default_factory=dict[tuple[Position, str, str], "_Branch"]
    )


def follow(screen: Screen, trace: Trace, view: PageView, context: int | None = None) -> None:
    """A trace as a tree: a program's name where the chain enters it, a line a hop, branches where chains part.

    With ``context`` each hop has its source below it, with so many lines around the call.
    """
    screen.line(Text(view.title, "bold"))
    if view.answer:
        screen.line(_sentence(view.answer))
    screen.line(_sentence(view.sentence))
    roots: dict[tuple[Position, str, str], _Branch] = {}
    for shown, chain in zip(view.chains, trace.chains, strict=True):
        level = roots
        for card, hop in zip(shown.cards, chain, strict=True):
            key = (hop.edge.site, hop.target.name, hop.target.program)
            level = level.setdefault(key, _Branch(card, hop)).following
    if roots:
        first = next(iter(roots.values()))
        screen.line(Text(f"── {first.card.program}", "bold"))
        _symbol(screen, "   ", "   ", first.card.source.short, first.card.source.place)
        _branches(screen, roots, "", context, first.hop.source.program)
    for target in trace.unreached:
        stops = [stop for stop in trace.stops if stop.toward == target.name]
        words = f"no chain to {visible(target.name)} was found{bound(stops)}. Where the search ended:"
        screen.line(Text(words, "bold red"))
        _stops(screen, trace, stops)
    if not trace.targets:
        if not trace.found:
            ended = " Where the search ended:" if trace.stops else ""
            screen.line(Text(f"no chain to any wire was found{bound(trace.stops)}.{ended}", "bold red"))
        elif trace.stops:
            screen.line(Text("Where the search ended elsewhere:", "bold"))
        _stops(screen, trace, trace.stops)


def _stops(screen: Screen, trace: Trace, stops: Sequence[Stop]) -> None:
    links = Links({pin.repository: pin for pin in trace.pins})
    stops = list(dict.fromkeys(stops))
    for stop in stops[:MAX_STOPS]:
        at = Text.assemble(" ", screen.shown(links.place(stop.position))) if stop.position else ""
        screen.line(
            Text.assemble(visible(stop.symbol.short), at, "  ", one_line(sentence(stop.message))), "  ", "      "
        )
    if len(stops) > MAX_STOPS:
        screen.line(Text(f"… and {len(stops) - MAX_STOPS} more (--json lists all)"), "  ")


def _branches(
    screen: Screen,
    level: dict[tuple[Position, str, str], _Branch],
    rail: str,
    context: int | None,
    lane: str,
) -> None:
    """The hops from one symbol on. A run of hops stays in its column; only a fork makes new ones.

    A loop and not a call for each hop, since chains may be long.
    """
    waiting = [(branch, *_rails(screen, rail, i, len(level)), lane) for i, branch in enumerate(level.values())][::-1]
    while waiting:
        branch, first, rest, lane = waiting.pop()
        hop = branch.hop
        _hop(screen, branch, first, rest, context)
        if hop.edge.wire or hop.target.program != lane:
            lane = hop.target.program
            words = f"wire {one_line(hop.edge.wire)}" if hop.edge.wire else hop.edge.kind.value
            wire = Text(f"══ {words} ══> {one_line(lane)}", "bold magenta")
            screen.line(wire, rest, rest + "   ")
            _symbol(screen, rest + "   ", rest + "      ", branch.card.target.short, branch.card.target.place)
        count = len(branch.following)
        fork = [(b, *_rails(screen, rest, i, count), lane) for i, b in enumerate(branch.following.values())]
        waiting += fork[::-1]


def _rails(screen: Screen, rail: str, index: int, count: int) -> tuple[str, str]:
    """What stands before a branch's first line and before its others; forks too deep for the width keep their column."""
    if count == 1 or not screen.fits(3 * (len(rail) + 3)):
        return rail, rail
    return (f"{rail}└─ ", f"{rail}   ") if index == count - 1 else (f"{rail}├─ ", f"{rail}│  ")


def _hop(screen: Screen, branch: _Branch, first: str, rest: str, context: int | None) -> None:
    card, edge = branch.card, branch.hop.edge
    modifiers = "".join(f"{m.value} " for m in Modifier if m in edge.modifiers)
    value = f" = {card.target.value}" if card.target.value else ""
    head = Text.assemble(
        f"{card.number:2} ",
        (f"{modifiers}{edge.kind.value:9} ", _KINDS[edge.kind]),
        (card.target.short + value, "bold"),
    )
    tail = Text.assemble(screen.shown(card.place), ("  " + f"[{card.rule}]", "dim"))
    inner = f"{rest}      "
    _beside(screen, head, tail, first, inner)
    for note in card.notes:
        at = Text.assemble("  ", screen.shown(note.place)) if note.place else ""
        screen.line(Text.assemble((note.text, "italic"), at), inner, inner + "  ")
    if context is not None:
        _source(screen, card, inner, context)


def _source(screen: Screen, card: Card, prefix: str, context: int) -> None:
    snippet = card.snippet
    if not snippet.lines:
        screen.line(Text(one_line(snippet.missing), "italic"), prefix)
        return
    called = [line.number for line in snippet.lines if line.called] or [snippet.lines[0].number]
    lines = [line for line in snippet.lines if called[0] - context <= line.number <= called[-1] + context]
    # An empty line at an edge shows nothing.
    while lines and not lines[0].called and not _text(lines[0]).strip():
        lines = lines[1:]
    while lines and not lines[-1].called and not _text(lines[-1]).strip():
        lines = lines[:-1]
    texts = [_text(line) for line in lines]
    indent = min((len(t) - len(t.lstrip("\t")) for t in texts if t.strip()), default=0)
    width = len(str(lines[-1].number))
    for line in lines:
        gutter = f"{'>' if line.called else ' '} {line.number:{width}} │ "
        blank = " " * (width + 3) + "│ "
        screen.line(_coloured(line, indent), prefix + gutter, prefix + blank)


def _text(line: SourceLine) -> str:
    return "".join(span.text for span in line.spans)


def _coloured(line: SourceLine, indent: int) -> Text:
    """A line of source without its first ``indent`` tabs."""
    out = Text()
    for span in line.spans:
        style = _CODE.get(span.css or "", Style())
        if span.marked:
            style += Style(bold=True, underline=True)
        text = span.text
        while indent and not out.plain and text.startswith("\t"):
            text, indent = text[1:], indent - 1
        out.append(visible(text).replace("\t", " " * TAB), style)
    return out


def _sentence(phrase: Phrase) -> Text:
    return Text.assemble(*((visible(piece.text), "bold" if piece.code else "") for piece in phrase))


def _symbol(screen: Screen, first: str, rest: str, name: str, place: Place | None) -> None:
    _beside(screen, Text(visible(name), "bold"), screen.shown(place), first, rest)


def _beside(screen: Screen, head: Text, tail: Text, first: str, rest: str) -> None:
    """Two texts side by side where they fit, else one below the other."""
    if screen.fits(cell_len(first) + head.cell_len + 2 + tail.cell_len):
        screen.line(Text.assemble(head, "  ", tail), first, rest)
    else:
        screen.line(head, first, rest)
        screen.line(tail, rest)


# Lists


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a list: its kind, what it is, where, and a word on it."""

    kind: Text
    name: Text
    place: Text
    tail: str = ""


def symbols(screen: Screen, found: Sequence[Symbol], links: Links) -> None:
    """What a name can mean."""
    _rows(
        screen,
        [
            _Row(Text(f"{clip(one_line(s.kind), 10):7}", "dim"), Text(one_line(s.name)), _at(screen, s.position, links))
            for s in found
        ],
    )


def edges(screen: Screen, subject: Symbol, rows: Sequence[Edge | Unresolved], links: Links, *, forward: bool) -> None:
    """What a symbol calls (``forward``), or what calls it."""
    at = links.place(subject.position)
    _symbol(screen, "", "  ", one_line(subject.short), at)
    out: list[_Row] = []
    for row in rows:
        place = _at(screen, row.site, links)
        if isinstance(row, Unresolved):
            out.append(_Row(Text("unresolved", "red"), Text(one_line(row.text)), place, _why(row)))
        else:
            other = row.callee if forward else row.caller
            kind = Text(f"{row.kind.value:10}", _KINDS[row.kind])
            idle = any(e.note is Note.DOES_NOT_RUN for e in row.evidence)
            tail = f"[{row.rule.value}]" + (" (this code does not run)" if idle else "")
            out.append(_Row(kind, Text(one_line(other)), place, tail))
    if forward:
        unknown = dict.fromkeys((r.site, r.bounded) for r in rows if isinstance(r, Edge) and r.bounded is not None)
        for site, why in unknown:
            words = one_line(sentence(Message(Note.NOT_ALL_KNOWN, (why,))))
            out.append(_Row(Text("open", "bold"), Text(words), _at(screen, site, links)))
    _rows(screen, out, "  ")


def _rows(screen: Screen, rows: Sequence[_Row], prefix: str = "") -> None:
    """Columns where all of them fit side by side; else the place of each below its name."""
    kinds = max((row.kind.cell_len for row in rows), default=0) + 1
    names = max((row.name.cell_len for row in rows), default=0)
    places = max((row.place.cell_len for row in rows), default=0)
    side_by_side = screen.fits(len(prefix) + kinds + names + 2 + places)
    rest = prefix + " " * kinds
    for row in rows:
        kind, name, place = row.kind.copy(), row.name.copy(), row.place.copy()
        kind.pad_right(kinds - kind.cell_len)
        tail = Text(f"  {one_line(row.tail)}" if row.tail else "", "dim")
        if side_by_side:
            name.pad_right(names - name.cell_len)
            if row.tail:
                place.pad_right(places - place.cell_len)
            screen.line(Text.assemble(kind, name, "  ", place, tail), prefix, rest)
        else:
            screen.line(Text.assemble(kind, name), prefix, rest)
            screen.line(Text.assemble(place, tail), rest)


def _at(screen: Screen, position: Position | None, links: Links) -> Text:
    return screen.shown(links.place(position))


def summary(screen: Screen, rows: Sequence[PackageSummary]) -> None:
    """The edges of packages, and their calls without any, as a table, or where it is too wide a paragraph for each."""
    kinds = sorted({kind for row in rows for kind in row.edges})
    reasons = {sentence(Message(reason)): reason for row in rows for reason in row.unresolved}
    calls = sum(row.calls for row in rows)
    lines = [
        [one_line(row.directory), row.calls, *(row.edges.get(kind, 0) for kind in kinds), row.unreached, row.undecided]
        for row in rows
    ]
    total = ["total", *(sum(int(line[i]) for line in lines) for i in range(1, len(kinds) + 4))]
    head = ["package", "calls", *kinds, "unreached", "undecided"]
    widths = [max(cell_len(str(line[i])) for line in (head, *lines, total)) for i in range(len(head))]
    if screen.fits(sum(widths) + 2 * len(widths) - 2):
        for line, style in ((head, "bold"), *((line, "") for line in lines), (total, "bold")):
            first = Text(f"{line[0]}{' ' * (widths[0] - cell_len(str(line[0])))}", style)
            cells = (f"  {cell!s:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
            screen.line(first.append("".join(cells), style))
    else:
        for line in (*lines, total):
            screen.line(Text(str(line[0]), "bold"), "", "  ")
            counts = [f"{count} {word}" for word, count in zip(head[2:], line[2:], strict=True) if count]
            screen.line(Text(f"{line[1]} calls: {', '.join(counts) or 'no edge'}"), "  ", "    ")
    for words, reason in sorted(reasons.items()):
        count = sum(row.unresolved.get(reason, 0) for row in rows)
        share = f"{count} of {plural(calls, 'call')} ({count / max(calls, 1):.2%})"
        screen.line(Text(f"{share}: {words}"), "", "  ")


def explanation(screen: Screen, found: Explanation, links: Links) -> None:
    """How one call was resolved."""
    _with_place(screen, Text(one_line(found.code), "bold"), found.site, links, "", "  ")
    screen.line(Text(f"in {one_line(found.caller)}: a call of kind {found.kind}"), "  ", "    ")
    for part in found.parts:
        screen.line(Text(one_line(sentence(part.message)), "dim"), "    ", "      ")
    for edge in found.edges:
        name = (one_line(edge.callee), "bold")
        screen.line(Text.assemble(("→ ", _KINDS[edge.kind]), name, (f"  [{edge.rule.value}]", "dim")), "  ", "    ")
        for note in edge.evidence:
            _with_place(
                screen, Text(one_line(sentence(note.message)), "italic"), note.position, links, "      ", "        "
            )
    if found.unresolved is not None:
        screen.line(Text.assemble(("unresolved ", "red"), _why(found.unresolved)), "  ", "    ")
    if found.bounded is not None:
        bounded = one_line(sentence(found.bounded))
        screen.line(Text.assemble(("not all is known: ", "bold"), bounded), "  ", "    ")
    for other in found.ruled_out:
        words = Text(f"✗ {one_line(other.symbol)}: {one_line(sentence(other.message))}", "dim")
        _with_place(screen, words, other.position, links, "  ", "    ")
    screen.line(Text())


def _why(failure: Unresolved) -> str:
    return f"{sentence(Message(failure.reason))} ({one_line(sentence(failure.detail))})"


def _with_place(screen: Screen, words: Text, position: Position | None, links: Links, first: str, rest: str) -> None:
    place = links.place(position)
    at = Text.assemble("  ", screen.shown(place)) if place is not None else Text()
    screen.line(Text.assemble(words, at), first, rest)


def comparison(screen: Screen, found: Comparison) -> None:
    """A chain at two pins: each symbol with what became of it."""
    rows = [(change, change.after or change.before) for change in found.changes]
    for change, symbol in rows:
        if symbol is None:
            continue
        name = Text.assemble((f"{change.status.value:9} ", "bold"), one_line(symbol.short))
        _with_place(screen, name, symbol.position, _NO_LINKS, "", "            ")
        for detail in change.details:
            screen.line(Text(one_line(sentence(detail)), "dim"), "          ", "            ")
    for trace, words in ((found.before, "first"), (found.after, "second")):
        if not trace.found:
            screen.line(Text(f"no chain was found at the {words} pins", "bold red"))


def constant(screen: Screen, found: ConstantReport, links: Links) -> None:
    """What a constant ends up as: value, readers, where it goes, what overrides it, the ways to it."""
    head = Text.assemble((f"{found.symbol.kind} ", "dim"), (one_line(found.symbol.short), "bold"))
    _with_place(screen, head, found.symbol.position, links, "", "  ")
    if found.expression:
        screen.line(Text(one_line(found.expression), "dim"), "  ", "    ")
    lists = (
        ("value", found.values),
        ("made of", found.parts),
        ("read by", found.readers),
        ("goes on", found.goes),
        ("unless", found.overrides),
    )
    for words, facts in lists:
        for fact in facts:
            _with_place(
                screen,
                Text.assemble((f"{words:8} ", "cyan"), one_line(sentence(fact.message))),
                fact.position,
                links,
                "  ",
                "           ",
            )
    for number, chain in enumerate(found.chains, 1):
        screen.line(Text(f"way {number}, from {one_line(chain[0].source.short)} in {chain[0].source.program}", "bold"))
        for hop in chain:
            words = Text.assemble((f"{hop.edge.kind.value:10}", _KINDS[hop.edge.kind]), one_line(hop.target.short))
            _with_place(screen, words, hop.edge.site, links, "  ", "            ")
    if found.cut is not None:
        screen.line(Text.assemble(("not all is told: ", "bold"), one_line(sentence(found.cut))))


def artifact(screen: Screen, found: Artifact, links: Links) -> None:
    """The steps of an artifact; those of its functions stand below them."""
    _steps(screen, found.steps, links, "")


def _steps(screen: Screen, steps: Sequence[ArtifactStep], links: Links, prefix: str) -> None:
    for step in steps:
        style = _STEPS.get(step.kind, "cyan")
        words = Text.assemble((f"{step.kind.value:10} ", style), one_line(clip(step.text, 160)))
        _with_place(screen, words, step.position, links, prefix, f"{prefix}           ")
        if step.note is not None:
            screen.line(Text(one_line(sentence(step.note)), "dim"), f"{prefix}           ")
        _steps(screen, step.steps, links, f"{prefix}  ")


def check(screen: Screen, found: Check, links: Links) -> None:
    """Each claim with its evidence, what broke and what stands there now, and at the end how many hold."""
    for verdict in found.verdicts:
        mark = Text("holds  ", "green") if verdict.holds else Text("BROKEN ", "bold red")
        screen.line(Text.assemble(mark, (one_line(text(verdict.claim)), "bold")), "", "       ")
        for fact in verdict.evidence:
            _with_place(
                screen, Text(one_line(sentence(fact.message)), "dim"), fact.position, links, "       ", "         "
            )
        if verdict.broken is not None:
            for line in sentence(verdict.broken).splitlines():
                screen.line(Text(one_line(line), "red"), "       ", "         ")
            for fact in verdict.instead:
                words = Text.assemble(("there now: ", "bold"), one_line(sentence(fact.message)))
                _with_place(screen, words, fact.position, links, "       ", "         ")
    for pin in found.pins:
        other = f", which is not the pin {pin.wanted}" if pin.wanted not in ("", pin.read) else ""
        screen.line(Text(f"read {one_line(pin.repository)} at {pin.read}{other}", "" if other else "dim"), "", "  ")
    held = sum(verdict.holds for verdict in found.verdicts)
    of = f"{held} of {plural(len(found.verdicts), 'claim')} hold{'s' if len(found.verdicts) == 1 else ''}"
    screen.line(Text(of, "" if found.holds else "bold red"))


def wires(screen: Screen, rows: Sequence[WireRow]) -> None:
    """Full methods, each with its ends below it, and how many have both."""
    for row in rows:
        mark = Text("" if row.whole else "  one end is missing", "bold red")
        screen.line(Text.assemble((visible(row.method), "bold"), f"  {row.protocol}", mark))
        for end in row.stubs:
            screen.line(
                Text.assemble("sent by ", visible(end.symbol), f"  {end.program}  ", _site(end)), "  ", "      "
            )
        for end in row.servers:
            unseen = "what is registered could not be decided" if end.undecided else "not registered"
            what = f"served by {end.implementation}" if end.implementation else f"{unseen}: {end.symbol}"
            what += ", which answers that it is not implemented" if end.fallback else ""
            screen.line(Text.assemble(visible(what), f"  {end.program}  ", _site(end)), "  ", "      ")
    whole = sum(row.whole for row in rows)
    stubs, servers = (
        sum(not row.stubs for row in rows),
        sum(not any(e.implementation for e in row.servers) for row in rows),
    )
    screen.line(
        Text(f"{len(rows)} methods: {whole} with both ends, {stubs} without a stub, {servers} without a server")
    )


def missing(screen: Screen, rows: Sequence[MissingModule]) -> None:
    """The modules that an answer lacks: what that costs, why, and how to have them; and those that are there and in doubt."""
    for head, name, said in lacking(rows):
        screen.line(Text.assemble((f"{head}: ", "bold yellow"), (visible(name), "bold"), said), "", "  ")
    for how in remedies(rows):
        screen.line(Text(f"to have them: {how}"), "", "  ")


def wire_services(screen: Screen, rows: Sequence[WireRow]) -> None:
    """Services with how many of their methods have a stub, a handler in generated code, and an implementation; then all."""
    groups: dict[tuple[str, str], list[WireRow]] = {}
    for row in rows:
        groups.setdefault((row.method.rpartition("/")[0].lstrip("/"), row.protocol), []).append(row)
    lines = [[one_line(service), protocol, *_ends(found)] for (service, protocol), found in sorted(groups.items())]
    for protocol in sorted({row.protocol for row in rows}):
        services = plural(sum(of == protocol for _, of in groups), "service")
        lines.append([f"all {services}", protocol, *_ends([row for row in rows if row.protocol == protocol])])
    head = ["service", "protocol", "methods", "sent", "handled", "served"]
    widths = [max(cell_len(str(line[i])) for line in (head, *lines)) for i in range(len(head))]
    for number, line in enumerate((head, *lines)):
        name = f"{line[0]}{' ' * (widths[0] - cell_len(str(line[0])))}  {line[1]!s:{widths[1]}}"
        counts = (f"  {count!s:>{width}}" for count, width in zip(line[2:], widths[2:], strict=True))
        bold = number == 0 or number > len(groups)
        screen.line(Text(name, "bold" if bold else "").append("".join(counts), "bold" if bold else ""), "", "  ")


def _ends(rows: Sequence[WireRow]) -> list[int]:
    sent, handled = sum(bool(row.stubs) for row in rows), sum(bool(row.servers) for row in rows)
    return [len(rows), sent, handled, sum(any(end.implementation for end in row.servers) for row in rows)]


def _site(end: WireEnd) -> Text:
    return Text(visible(str(end.site)) if end.site is not None else "std", "dim")
