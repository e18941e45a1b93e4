"""One chain at two pins, aligned by symbol: what stayed, moved, was renamed, appeared or vanished.

Two symbols are one when their full names are equal, or when receiver and name are equal between the same neighbours
(the package's path changed). A lone symbol on each side between the same neighbours is called renamed only where kind
and signature agree; anything else vanished or appeared. Nothing is matched by likeness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from tracer.codes import Difference, Message
from tracer.model import Hop, ProgramName, Symbol, Trace


class Status(StrEnum):
    """What became of a symbol: a constant whose value is another one is changed, wherever it moved and whatever it is called."""

    SAME = "same"
    MOVED = "moved"
    RENAMED = "renamed"
    CHANGED = "changed"
    APPEARED = "appeared"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class Change:
    """One symbol of the chain at both pins.

    ``details`` say what differs. The hops are those that lead to the symbol; the entry has none. ``elsewhere`` is what
    appeared or vanished where it is declared at the other pin too, off the chain.
    """

    status: Status
    before: Symbol | None
    after: Symbol | None
    before_hop: Hop | None
    after_hop: Hop | None
    details: tuple[Message, ...]
    elsewhere: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two traces of one question, and the symbols of their chains aligned."""

    before: Trace
    after: Trace
    changes: tuple[Change, ...]


_Link = tuple[Symbol, Hop | None]


def compare(before: Trace, after: Trace) -> Comparison:
    """The chains of two traces, aligned; branches part where they do, and their common way counts once.

    A trace without a chain contributes its entry alone.
    """
    old, new = _links(before), _links(after)
    return Comparison(before, after, tuple(_align(old, new, [_full, _bare])))


def with_elsewhere(found: Comparison, declared: Callable[[Symbol, bool], Symbol | None]) -> Comparison:
    """The same, with what appeared or vanished looked up at the pins where the chain does not pass it.

    ``declared`` finds a symbol by its full name at the first pins, or with True at the second.
    """
    return replace(found, changes=tuple(_looked_up(change, declared) for change in found.changes))


def _looked_up(change: Change, declared: Callable[[Symbol, bool], Symbol | None]) -> Change:
    lone = change.before if change.after is None else change.after if change.before is None else None
    other = declared(lone, change.after is None) if lone is not None else None
    if other is None:
        return change
    when = Difference.STILL_DECLARED if change.after is None else Difference.ALREADY_DECLARED
    detail = Message(when, (str(other.position),))
    return replace(change, details=(*change.details, detail), elsewhere=other)


def _links(trace: Trace) -> list[_Link]:
    seen = dict.fromkeys(hop for chain in trace.chains for hop in chain)
    return [(trace.entry, None), *((hop.target, hop) for hop in seen)]


def _full(symbol: Symbol) -> tuple[str, str]:
    return ProgramName.parse(symbol.program).repository, symbol.name


def _bare(symbol: Symbol) -> tuple[str, str]:
    """Receiver's type and name, without the package and pointers."""
    short = symbol.short.translate(str.maketrans("", "", "(*)"))
    return ProgramName.parse(symbol.program).repository, short.partition(".")[2]


def _align(
    old: Sequence[_Link], new: Sequence[_Link], keys: Sequence[Callable[[Symbol], tuple[str, str]]]
) -> list[Change]:
    if not keys:
        return _gap(old, new)
    matcher = SequenceMatcher(None, [keys[0](s) for s, _ in old], [keys[0](s) for s, _ in new], autojunk=False)
    out: list[Change] = []
    i = j = 0
    for block in matcher.get_matching_blocks():
        out += _align(old[i : block.a], new[j : block.b], keys[1:])
        out += [_paired(old[block.a + k], new[block.b + k]) for k in range(block.size)]
        i, j = block.a + block.size, block.b + block.size
    return out


def _gap(old: Sequence[_Link], new: Sequence[_Link]) -> list[Change]:
    if len(old) == len(new) == 1:
        a, b = old[0][0], new[0][0]
        if (a.kind, a.signature, a.program) == (b.kind, b.signature, b.program) and a.signature:
            return [_paired(old[0], new[0])]
    gone = [Change(Status.VANISHED, s, None, hop, None, ()) for s, hop in old]
    return gone + [Change(Status.APPEARED, None, s, None, hop, ()) for s, hop in new]


def _paired(old: _Link, new: _Link) -> Change:
    (a, first), (b, second) = old, new
    pairs = [
        (Difference.NAME, a.name, b.name),
        (Difference.PLACE, str(a.position), str(b.position)),
        (Difference.VALUE, str(a.value), str(b.value)),
    ]
    if first is not None and second is not None:
        x, y = first.edge, second.edge
        pairs += [(Difference.SITE, str(x.site), str(y.site)), (Difference.KIND, x.kind.value, y.kind.value)]
        pairs += [(Difference.RULE, x.rule.value, y.rule.value), (Difference.WIRE, x.wire, y.wire)]
    details = tuple(Message(what, (v, w)) for what, v, w in pairs if v != w)
    moved = any(d.code in (Difference.NAME, Difference.PLACE, Difference.SITE) for d in details)
    if a.value != b.value:
        status = Status.CHANGED
    elif _bare(a) != _bare(b):
        status = Status.RENAMED
    else:
        status = Status.MOVED if moved else Status.SAME
    return Change(status, a, b, first, second, details)
