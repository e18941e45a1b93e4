"""The page of all wires: every full method with what sends it and what serves it, by service."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from tracer.model import Pin, Position, WireEnd, WireRow, shortened
from tracer.report.contents import Item
from tracer.report.extra import Extra, Shown
from tracer.report.language import Language, noted
from tracer.report.links import Links
from tracer.report.table import Cell, Group, Row, Table
from tracer.report.text import Phrase, Piece, one_line

PAGE = "wires"


def wires_page(rows: Iterable[WireRow], pins: Sequence[Pin]) -> Extra:
    """The page of ``rows``, which may come from several investigations: what they say of one method is put together."""
    merged = _merged(rows)
    return Extra(PAGE, noted("Wires"), "table.html", lambda links, say: _shown(merged, links, say), tuple(pins))


def _merged(rows: Iterable[WireRow]) -> list[WireRow]:
    ends: dict[tuple[str, str], tuple[dict[WireEnd, None], dict[WireEnd, None]]] = {}
    for row in rows:
        stubs, servers = ends.setdefault((row.method, row.protocol), ({}, {}))
        stubs |= dict.fromkeys(row.stubs)
        servers |= dict.fromkeys(row.servers)
    return [WireRow(*key, tuple(stubs), tuple(servers)) for key, (stubs, servers) in sorted(ends.items())]


def _shown(rows: Sequence[WireRow], links: Links, say: Language) -> Shown:
    anchors = {(row.method, row.protocol): f"{PAGE[:-1]}-{number}" for number, row in enumerate(rows, 1)}
    # What is connected comes first.
    connected = {(_service(row), row.protocol) for row in rows if row.whole}
    by_service = sorted(
        rows, key=lambda r: ((_service(r), r.protocol) not in connected, _service(r), r.protocol, r.method)
    )
    groups: list[Group] = []
    for (service, protocol), found in itertools.groupby(by_service, key=lambda r: (_service(r), r.protocol)):
        group = list(found)
        count = say.plural("{n} method", "{n} methods", len(group))
        heading = (Piece(one_line(service), code=True), Piece(f" {protocol}, {count}"))
        made = tuple(_row(row, anchors[row.method, row.protocol], links, say) for row in group)
        groups.append(Group(heading, made))
    kinds = (
        ("whole", say.text(noted("with both ends"))),
        ("half", say.text(noted("without a counterpart"))),
    )
    columns = (say.text(noted("Method")), say.text(noted("Sent by")), say.text(noted("Served by")))
    lead = say.text(noted("Every full method that a program here sends or serves, with what stands at its other end."))
    table = Table(lead, _summary(rows, say), kinds, columns, tuple(groups))
    items = tuple(
        Item("wire", one_line(row.method), _ends(row, say), f"{PAGE}.html#{anchors[row.method, row.protocol]}")
        for row in rows
    )
    return Shown(table, items)


def _service(row: WireRow) -> str:
    """``/package.Service`` of ``/package.Service/Method``."""
    return row.method.rpartition("/")[0]


def _summary(rows: Sequence[WireRow], say: Language) -> tuple[Phrase, ...]:
    """How many have both ends, and which program reaches which."""
    whole = [row for row in rows if row.whole]
    pairs = Counter(
        pair
        for row in whole
        for pair in {(s.program, e.program, row.protocol) for s in row.stubs for e in row.servers if e.implementation}
    )
    first = say.phrase(
        noted("{methods}, {whole} of them with both ends."),
        methods=say.plural("{n} method", "{n} methods", len(rows)),
        whole=f"{len(whole):,}",
    )
    reached = tuple(
        say.phrase(
            noted("{a} can reach {b}: {methods} of {protocol}."),
            a=Piece(one_line(a), code=True),
            b=Piece(one_line(b), code=True),
            methods=say.plural("{n} method", "{n} methods", count),
            protocol=protocol,
        )
        for (a, b, protocol), count in sorted(pairs.items())
    )
    return (first, *reached)


def _ends(row: WireRow, say: Language) -> str:
    """Who sends and who serves, by program."""
    stubs = ", ".join(dict.fromkeys(one_line(end.program) for end in row.stubs))
    served = [end for end in row.servers if end.implementation]
    servers = ", ".join(dict.fromkeys(one_line(end.program) for end in served))
    return f"{row.protocol}: {stubs or say.text(noted('no stub'))} → {servers or say.text(noted('no server'))}"


def _row(row: WireRow, anchor: str, links: Links, say: Language) -> Row:
    name: Cell = ((Piece(one_line(row.method.rpartition("/")[2]), code=True),),)
    stubs = tuple(_stub(end, links) for end in row.stubs) or ((Piece(say.text(noted("no stub"))),),)
    served = any(end.implementation for end in row.servers)
    servers = tuple(_server(end, links, say) for end in row.servers)
    if not served:
        servers = ((Piece(say.text(noted("no server"))),), *servers)
    return Row(anchor, "whole" if row.whole else "half", (name, stubs, servers))


def _stub(end: WireEnd, links: Links) -> Phrase:
    return (Piece(f"{one_line(end.program)} "), *_at(end.symbol, end.site, links))


def _server(end: WireEnd, links: Links, say: Language) -> Phrase:
    program, handler = one_line(end.program), _at(end.symbol, end.site, links)
    if end.undecided:
        words = noted("{program} holds {handler}; what it registers for it could not be decided")
        return say.phrase(words, program=program, handler=handler)
    if not end.implementation:
        return say.phrase(noted("{program} holds {handler} and registers nothing"), program=program, handler=handler)
    served = _at(end.implementation, end.declared, links)
    return say.phrase(
        noted("{program} {implementation}, by {handler}"), program=program, implementation=served, handler=handler
    )


def _at(name: str, position: Position | None, links: Links) -> Phrase:
    """A symbol as a link to its place, and the place."""
    place = links.place(position)
    code = Piece(one_line(shortened(name)), code=True, href=place.href if place is not None else "")
    return (code, Piece(f" {place.short}")) if place is not None else (code,)
