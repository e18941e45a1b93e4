"""The page of what changed: a chain at two pins, symbol by symbol, with both sides next to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracer.diff import Change, Comparison, Status
from tracer.model import Hop, Pin, Position, Symbol
from tracer.report.contents import Item
from tracer.report.extra import Extra, Shown
from tracer.report.language import Language, noted
from tracer.report.links import Links, commit_link
from tracer.report.table import Cell, Group, Row, Table
from tracer.report.text import Phrase, Piece, one_line
from tracer.report.words import kind_words, leaf, said

PAGE = "changes"
_STATUSES = {
    Status.SAME: noted("the same"),
    Status.MOVED: noted("moved"),
    Status.RENAMED: noted("renamed"),
    Status.CHANGED: noted("value changed"),
    Status.APPEARED: noted("appeared"),
    Status.VANISHED: noted("vanished"),
}


def changes_page(found: Sequence[Comparison], name: str = PAGE) -> Extra:
    """The page of the comparisons, each a chain; ``name`` is its file's. What stands first links into the site."""
    pins = {pin.repository: pin for one in found for pin in one.before.pins}
    return Extra(
        name,
        noted("What changed"),
        "table.html",
        lambda links, say: _shown(found, name, links, say),
        tuple(pins.values()),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """What a comparison is written with: the links at both of its pins."""

    before: Links
    after: Links
    say: Language


def _shown(found: Sequence[Comparison], name: str, links: Links, say: Language) -> Shown:
    groups: list[Group] = []
    items: list[Item] = []
    for number, one in enumerate(found, 1):
        sides = _Sides(links, Links({pin.repository: pin for pin in one.after.pins}), say)
        prefix = f"change-{number}-" if len(found) > 1 else "change-"
        rows = tuple(_row(f"{prefix}{i}", change, sides) for i, change in enumerate(one.changes, 1))
        groups.append(Group(_heading(one), rows))
        items += [
            Item("change", said(_symbol(change)), _status(change, say), f"{name}.html#{row.anchor}")
            for change, row in zip(one.changes, rows, strict=True)
        ]
    statuses = {change.status for one in found for change in one.changes}
    kinds = tuple((status, say.text(words)) for status, words in _STATUSES.items() if status in statuses)
    columns = (say.text(noted("Symbol")), say.text(noted("Before")), say.text(noted("After")))
    lead = say.text(noted("The chain at two pins, aligned by symbol, with what differs marked on both sides."))
    return Shown(Table(lead, _summary(found, say), kinds, columns, tuple(groups)), tuple(items))


def _symbol(change: Change) -> Symbol:
    symbol = change.after or change.before
    assert symbol is not None
    return symbol


def _heading(found: Comparison) -> Phrase:
    """The ends of the chain."""
    first, last = (Piece(leaf(_symbol(found.changes[i])), code=True) for i in (0, -1))
    return (first, Piece(" → "), last) if len(found.changes) > 1 else (first,)


# The summary


def _summary(found: Sequence[Comparison], say: Language) -> tuple[Phrase, ...]:
    """The pins, how many symbols each thing happened to, and where no chain was found."""
    before = {pin.repository: pin for one in found for pin in one.before.pins}
    after = {pin.repository: pin for one in found for pin in one.after.pins}
    out = [_pin(name, before.get(name), after.get(name), say) for name in dict.fromkeys((*before, *after))]
    counts = Counter(status for one in found for change in one.changes for status in _statuses(change))
    form = say.text(noted("{count} {what}"))
    words = [
        form.replace("{count}", f"{counts[status]:,}").replace("{what}", say.text(words))
        for status, words in _STATUSES.items()
        if status in counts
    ]
    out.append((Piece(say.text(noted(", ")).join(words)),))
    for one in found:
        if not one.before.found:
            out.append(say.phrase(noted("At the first pins no chain was found.")))
        if not one.after.found:
            out.append(say.phrase(noted("At the second pins no chain was found.")))
    if counts[Status.APPEARED] or counts[Status.VANISHED]:
        note = noted("What vanished from the chain may still be declared: the shortest chain goes another way.")
        out.append(say.phrase(note))
    return tuple(out)


def _pin(name: str, before: Pin | None, after: Pin | None, say: Language) -> Phrase:
    first, second = _commit(before), _commit(after)
    if first == second:
        return say.phrase(noted("{repository} at {commit} on both sides"), repository=one_line(name), commit=first)
    return say.phrase(noted("{repository} from {a} to {b}"), repository=one_line(name), a=first, b=second)


def _commit(pin: Pin | None) -> Phrase:
    if pin is None:
        return (Piece("—"),)
    return (Piece(one_line(pin.commit)[:12], code=True, href=commit_link(pin) or ""),)


# Rows


def _statuses(change: Change) -> tuple[Status, ...]:
    """What happened to a symbol: a value may have changed wherever the symbol moved."""
    a, b = change.before, change.after
    valued = a is not None and b is not None and a.value != b.value and change.status is not Status.CHANGED
    return (change.status, Status.CHANGED) if valued else (change.status,)


def _status(change: Change, say: Language) -> str:
    return say.text(noted(", ")).join(say.text(_STATUSES[status]) for status in _statuses(change))


def _row(anchor: str, change: Change, sides: _Sides) -> Row:
    head: Cell = ((Piece(said(_symbol(change)), code=True),), (Piece(_status(change, sides.say)),))
    before = _lines(change.before, change.before_hop, sides.before, sides.say) or _absent(
        change, sides.before, sides.say
    )
    after = _lines(change.after, change.after_hop, sides.after, sides.say) or _absent(change, sides.after, sides.say)
    if change.before is None or change.after is None:
        return Row(anchor, change.status, (head, *(tuple(line.full for line in side) for side in (before, after))))
    return Row(anchor, change.status, (head, _cell(before, after, "del"), _cell(after, before, "ins")))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a side: ``what`` it tells, ``key`` that it is compared by, and its words in full and in short."""

    what: str
    key: str
    full: Phrase
    short: Phrase


def _lines(symbol: Symbol | None, hop: Hop | None, links: Links, say: Language) -> list[_Line]:
    """What there is to say of a symbol and of the hop that leads to it."""
    if symbol is None:
        return []
    full, short = ((Piece(one_line(name), code=True),) for name in (symbol.name, symbol.short))
    lines = [_Line("name", symbol.name, full, short)]
    if symbol.position is not None:
        lines.append(_placed("declared", "", noted("declared at {place}"), symbol.position, links, say))
    if symbol.value is not None:
        lines.append(_same("value", symbol.value, (Piece("= "), Piece(one_line(symbol.value), code=True))))
    if hop is not None:
        kind = say.text(noted("{kind} at {place}")).replace("{kind}", kind_words(hop.edge.kind, say))
        lines.append(_placed("call", hop.edge.kind.value, kind, hop.edge.site, links, say))
        lines.append(_same("code", "".join(hop.code.split()), (Piece(one_line(hop.code), code=True),)))
        if hop.edge.wire:
            lines.append(_same("wire", hop.edge.wire, (Piece(one_line(hop.edge.wire), code=True),)))
    return lines


def _absent(change: Change, links: Links, say: Language) -> list[_Line]:
    """What there is to say of a symbol at the pin where the chain does not pass it."""
    lines = [_same("name", "", say.phrase(noted("not on the chain")))]
    if change.elsewhere is not None and change.elsewhere.position is not None:
        lines.append(_placed("declared", "", noted("declared at {place}"), change.elsewhere.position, links, say))
    return lines


def _same(what: str, key: str, words: Phrase) -> _Line:
    return _Line(what, key, words, words)


def _placed(what: str, key: str, message: str, position: Position, links: Links, say: Language) -> _Line:
    """A line with a place, which is compared by its file: all lines below a change move."""
    place = links.place(position)
    assert place is not None
    full, short = (
        say.phrase(message, place=Piece(text, code=True, href=place.href)) for text in (place.text, place.short)
    )
    return _Line(what, f"{key} {position.path}", full, short)


def _cell(own: Sequence[_Line], other: Sequence[_Line], mark: str) -> Cell:
    """One side: in short what the other side tells as well, marked and in full what it does not."""
    known = {line.what: line.key for line in other}
    return tuple(
        line.short if known.get(line.what) == line.key else tuple(replace(p, mark=mark) for p in line.full)
        for line in own
    )
