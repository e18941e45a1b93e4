"""The way of a value as evidence: the places on it that a reader would name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tracer.codes import Note
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
    about = (t.describe(typ), name, embedded.name)
    return Evidence(Note.FROM_EMBEDDED, about, position(embedded.file, embedded.pos))


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
        place = position(file, pos)
        note = _note(target.node, place) if place is not None and place != last else None
        if note is not None:
            last = place
            yield note
        following = parents[target]
        if following is None:
            return
        target, file, pos = following


def _note(target: Node | None, place: Position) -> Evidence | None:
    """What happens to a value where it flows into a node; None for what a reader would not name."""
    match target:
        case FieldNode(field=f):
            return Evidence(Note.STORED_IN_FIELD, (f"{f.struct.rsplit('/', 1)[-1]}.{f.name}".removeprefix("."),), place)
        case Entry(var=var) | (Local(role="param") as var) if var.role == "param":
            owner = shortened(var.owner.full_name) if var.owner is not None else ""
            if not var.name:
                return Evidence(Note.PASSED_UNNAMED, (owner,), place)
            return Evidence(Note.PASSED, (var.name, owner), place)
        case Global(var=var):
            return Evidence(Note.ASSIGNED, (var.name,), place)
        case Result(owner=owner):
            return Evidence(Note.RETURNED, (shortened(owner.full_name),), place)
        case Element(whole=FieldNode(field=f)):
            return Evidence(Note.STORED_AS_ELEMENT_OF_FIELD, (f.name,), place)
        case Element(whole=Local(name=name) | Entry(var=Local(name=name)) | Global(var=t.Var(name=name))):
            return Evidence(Note.STORED_AS_ELEMENT, (name,), place)
        case _:
            return None
