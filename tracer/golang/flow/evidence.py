"""The way of a value as evidence: the places on it that a reader would name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.flow.state import State
from tracer.golang.load.package import File
from tracer.golang.summary.nodes import Element, Entry, FieldNode, Global, Local, Node, Pos, Result
from tracer.model import Evidence, Position, shortened

_Parents = dict[State, tuple[State, File | None, Pos] | None]


def position(file: File | None, pos: Pos) -> Position | None:
    """A place in a file as a position; None for the standard library, whose source is in no repository."""
    if file is None or file.package.is_std:
        return None
    return Position(file.package.origin.repository, file.path, *file.place(pos))


def func_position(func: t.Func) -> Position | None:
    return position(func.file, func.pos)


def promotion_note(typ: t.Type, name: str, embedded: t.Field) -> Evidence:
    words = f"{t.describe(typ)} gets {name} from its embedded {embedded.name}"
    return Evidence(words, position(embedded.file, embedded.pos))


def way_of(state: State, kin: int) -> tuple[Evidence, ...]:
    """The shortest way of some values to a state, from where they are made, as positions; calls and names are left out."""
    parents: _Parents = {state: None}
    queue = deque([state])
    while queue:
        current = queue.popleft()
        for made, file, pos in current.made:
            if made & kin:
                return tuple(_notes(current, file, pos, parents))
        for source, file, pos in current.ins:
            if source.mask & kin and source not in parents:
                parents[source] = (current, file, pos)
                queue.append(source)
    return ()


def _notes(made: State, file: File | None, pos: Pos, parents: _Parents) -> Iterator[Evidence]:
    target, last = made, None
    while True:
        note = _note(target.node)
        place = position(file, pos)
        if note and place is not None and place != last:
            last = place
            yield Evidence(note, place)
        following = parents[target]
        if following is None:
            return
        target, file, pos = following


def _note(target: Node | None) -> str:
    match target:
        case FieldNode(field=f):
            return f"stored in the field {f.struct.rsplit('/', 1)[-1]}.{f.name}".replace("field .", "field ")
        case Entry(var=var) | (Local(role="param") as var):
            if var.role != "param":
                return ""
            owner = var.owner.full_name if var.owner is not None else ""
            return f"passed as {var.name or 'an argument'} to {shortened(owner)}"
        case Global(var=var):
            return f"assigned to the variable {var.name}"
        case Result(owner=owner):
            return f"returned by {shortened(owner.full_name)}"
        case Element(whole=FieldNode(field=f)):
            return f"stored as an element of the field {f.name}"
        case Element(whole=Local(name=name) | Entry(var=Local(name=name)) | Global(var=t.Var(name=name))):
            return f"stored as an element of {name}"
        case _:
            return ""
