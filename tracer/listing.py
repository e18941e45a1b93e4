"""Lists as a person reads them in a terminal: symbols, edges, wires, verdicts, one thing a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tracer.codes import Message, Note
from tracer.model import (
    Artifact,
    ArtifactStep,
    Beginnings,
    Check,
    ConstantReport,
    Edge,
    EdgeKind,
    Explanation,
    MissingModule,
    PackageSummary,
    StepKind,
    Symbol,
    Unresolved,
    WireEnd,
    WireRow,
)
from tracer.report.lacks import lacking, remedies
from tracer.report.links import Links
from tracer.report.text import clip, one_line, plural, visible
from tracer.screen import KINDS, Screen, shown_at, symbol_line, with_place
from tracer.sentences import sentence, text

if TYPE_CHECKING:
    from tracer.diff import Comparison
    from tracer.systems import Between, SystemMap

MAX_ROWS = 40
"""How many places are told at most where callers may be that are not known."""
_NO_LINKS = Links({})
_STEPS = {
    StepKind.UNDECIDED: "red",
    StepKind.ENTRYPOINT: "bold",
    StepKind.MAIN: "bold",
    StepKind.LOOP: "bold",
}


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
            _Row(
                Text(f"{clip(one_line(s.kind), 10):7}", "dim"),
                Text(one_line(s.name)),
                shown_at(screen, s.position, links),
            )
            for s in found
        ],
    )


def edges(screen: Screen, subject: Symbol, rows: Sequence[Edge | Unresolved], links: Links, *, forward: bool) -> None:
    """What a symbol calls (``forward``), or what calls it."""
    at = links.place(subject.position)
    symbol_line(screen, "", "  ", one_line(subject.short), at)
    out: list[_Row] = []
    for row in rows:
        if isinstance(row, Unresolved):
            out.append(_unresolved(screen, row, links))
        else:
            other = row.callee if forward else row.caller
            kind = Text(f"{row.kind.value:10}", KINDS[row.kind])
            idle = any(e.note is Note.DOES_NOT_RUN for e in row.evidence)
            tail = f"[{row.rule.value}]" + (" (this code does not run)" if idle else "")
            out.append(_Row(kind, Text(one_line(other)), shown_at(screen, row.site, links), tail))
    if forward:
        unknown = dict.fromkeys((r.site, r.bounded) for r in rows if isinstance(r, Edge) and r.bounded is not None)
        for site, why in unknown:
            words = one_line(sentence(Message(Note.NOT_ALL_KNOWN, (why,))))
            out.append(_Row(Text("open", "bold"), Text(words), shown_at(screen, site, links)))
    _rows(screen, out, "  ")


def _unresolved(screen: Screen, row: Unresolved, links: Links) -> _Row:
    return _Row(Text("unresolved", "red"), Text(one_line(row.text)), shown_at(screen, row.site, links), _why(row))


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
    with_place(screen, Text(one_line(found.code), "bold"), found.site, links, "", "  ")
    screen.line(Text(f"in {one_line(found.caller)}: a call of kind {found.kind}"), "  ", "    ")
    for part in found.parts:
        screen.line(Text(one_line(sentence(part.message)), "dim"), "    ", "      ")
    for edge in found.edges:
        name = (one_line(edge.callee), "bold")
        screen.line(Text.assemble(("→ ", KINDS[edge.kind]), name, (f"  [{edge.rule.value}]", "dim")), "  ", "    ")
        for note in edge.evidence:
            with_place(
                screen, Text(one_line(sentence(note.message)), "italic"), note.position, links, "      ", "        "
            )
    if found.unresolved is not None:
        screen.line(Text.assemble(("unresolved ", "red"), _why(found.unresolved)), "  ", "    ")
    if found.bounded is not None:
        bounded = one_line(sentence(found.bounded))
        screen.line(Text.assemble(("not all is known: ", "bold"), bounded), "  ", "    ")
    for other in found.ruled_out:
        words = Text(f"✗ {one_line(other.symbol)}: {one_line(sentence(other.message))}", "dim")
        with_place(screen, words, other.position, links, "  ", "    ")
    screen.line(Text())


def _why(failure: Unresolved) -> str:
    return f"{sentence(Message(failure.reason))} ({one_line(sentence(failure.detail))})"


def comparison(screen: Screen, found: Comparison) -> None:
    """A chain at two pins: each symbol with what became of it."""
    rows = [(change, change.after or change.before) for change in found.changes]
    for change, symbol in rows:
        if symbol is None:
            continue
        name = Text.assemble((f"{change.status.value:9} ", "bold"), one_line(symbol.short))
        with_place(screen, name, symbol.position, _NO_LINKS, "", "            ")
        for detail in change.details:
            screen.line(Text(one_line(sentence(detail)), "dim"), "          ", "            ")
    for trace, words in ((found.before, "first"), (found.after, "second")):
        if not trace.found:
            screen.line(Text(f"no chain was found at the {words} pins", "bold red"))


def beginnings(screen: Screen, found: Beginnings, links: Links) -> None:
    """Where chains to a symbol begin, a line each, and why there may be more."""
    symbol_line(screen, "", "  ", one_line(found.symbol.short), links.place(found.symbol.position))
    rows = [
        _Row(
            Text(one_line(chain[0].source.program), "dim"),
            Text(one_line(chain[0].source.short)),
            shown_at(screen, chain[0].source.position, links),
            f"in {plural(len(chain), 'hop')}",
        )
        for chain in found.chains
    ]
    if not rows:
        screen.line(Text("nothing was seen to lead there from such a place"), "  ")
    rows += [_unresolved(screen, row, links) for row in found.unknown[:MAX_ROWS]]
    _rows(screen, rows, "  ")
    if len(found.unknown) > MAX_ROWS:
        screen.line(Text(f"… and {len(found.unknown) - MAX_ROWS} more (--json lists all)"), "  ")
    if found.cut is not None:
        screen.line(Text.assemble(("not all is told: ", "bold"), one_line(sentence(found.cut))))


def system(screen: Screen, found: SystemMap, links: Links) -> None:
    """What each program sends, by service and program, and the stores and brokers that it uses."""
    sending = {one.source for one in found.between} | {one.program for one in found.keeps}
    for program in found.programs:
        if program not in sending:
            screen.line(Text.assemble((one_line(program), "bold"), ("  sends nothing that is seen", "dim")), "", "  ")
            continue
        screen.line(Text(one_line(program), "bold"))
        rows = [_between(screen, one, links) for one in found.between if one.source == program]
        rows += [
            _Row(Text("uses", "cyan"), Text(one_line(one.store)), shown_at(screen, one.place, links), one.library)
            for one in found.keeps
            if one.program == program
        ]
        _rows(screen, rows, "  ")


def _between(screen: Screen, one: Between, links: Links) -> _Row:
    from tracer.report.maps import methods_of, target_of

    there = one.target or "none of the programs here"
    protocol = Text(one.kind.value if one.kind is EdgeKind.EXEC else one.protocol or one.kind.value, KINDS[one.kind])
    asked = "" if one.kind is EdgeKind.EXEC else f" {one.service}: {methods_of(one)}"
    name = target_of(one) if one.kind is EdgeKind.EXEC and not one.target else f"══> {there}{asked}"
    doubt = "" if one.certain else "only code that is not known may call it"
    return _Row(protocol, Text(one_line(name)), shown_at(screen, one.sent[0].place, links), doubt)


def constant(screen: Screen, found: ConstantReport, links: Links) -> None:
    """What a constant ends up as: value, readers, where it goes, what overrides it, the ways to it."""
    head = Text.assemble((f"{found.symbol.kind} ", "dim"), (one_line(found.symbol.short), "bold"))
    with_place(screen, head, found.symbol.position, links, "", "  ")
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
            with_place(
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
            words = Text.assemble((f"{hop.edge.kind.value:10}", KINDS[hop.edge.kind]), one_line(hop.target.short))
            with_place(screen, words, hop.edge.site, links, "  ", "            ")
    if found.cut is not None:
        screen.line(Text.assemble(("not all is told: ", "bold"), one_line(sentence(found.cut))))


def artifact(screen: Screen, found: Artifact, links: Links) -> None:
    """The steps of an artifact; those of its functions stand below them."""
    _steps(screen, found.steps, links, "")


def _steps(screen: Screen, steps: Sequence[ArtifactStep], links: Links, prefix: str) -> None:
    for step in steps:
        style = _STEPS.get(step.kind, "cyan")
        words = Text.assemble((f"{step.kind.value:10} ", style), one_line(clip(step.text, 160)))
        with_place(screen, words, step.position, links, prefix, f"{prefix}           ")
        if step.note is not None:
            screen.line(Text(one_line(sentence(step.note)), "dim"), f"{prefix}           ")
        _steps(screen, step.steps, links, f"{prefix}  ")


def check(screen: Screen, found: Check, links: Links) -> None:
    """Each claim with its evidence, what broke and what stands there now, and at the end how many hold."""
    for verdict in found.verdicts:
        mark = Text("holds  ", "green") if verdict.holds else Text("BROKEN ", "bold red")
        screen.line(Text.assemble(mark, (one_line(text(verdict.claim)), "bold")), "", "       ")
        for fact in verdict.evidence:
            with_place(
                screen, Text(one_line(sentence(fact.message)), "dim"), fact.position, links, "       ", "         "
            )
        if verdict.broken is not None:
            for line in sentence(verdict.broken).splitlines():
                screen.line(Text(one_line(line), "red"), "       ", "         ")
            for fact in verdict.instead:
                words = Text.assemble(("there now: ", "bold"), one_line(sentence(fact.message)))
                with_place(screen, words, fact.position, links, "       ", "         ")
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
