"""What is written to parts of a value: elements, keys and what a pointer points to, under any name of the value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracer.golang import types as t
from tracer.golang.check.info import Info, Node, root_of
from tracer.golang.flow.places import Call, Emit, Growing, Place
from tracer.golang.load.package import File
from tracer.syntax import ast

if TYPE_CHECKING:
    from tracer.golang.flow.solver import Flow


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """What is stored in a part of a value, an element or, with ``key``, a map's key, of a type."""

    key: bool
    type: t.Type
    sources: tuple[tuple[Node, File, ast.Pos], ...]

    def to(self, kind: str, typ: t.Type) -> tuple[tuple[Node, File, ast.Pos], ...]:
        """The sources, if that is what a part of this kind and type may hold: keys are no place that pointers lead to."""
        return self.sources if self.key == (kind == "k") and t.identical(self.type, typ) else ()


class Writes:
    """The stores of one program to parts of values."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._storing: dict[t.Type, list[tuple[t.Func, t.Var]]] = {}
        self._writes: dict[Node, Growing[Write]] = {}
        self._written_at: dict[Node, tuple[Write, ...]] = {}

    def written(self, node: Node, holder: Node, place: Place, emit: Emit) -> None:
        """What is written to a part of the value that a variable or field holds, under this name or another."""
        root = root_of(holder)
        match root:
            case ("v", t.Var() as var) if var.role == "global":
                self.flow.index.look_at(self.flow.mentions.writers_of_global, var)
                self.flow.tell_stored(node, emit)
            case ("v", t.Var() as var):
                info = self.flow.checker.var_infos.get(var)
                if info is not None:
                    for source, pos in info.flows.get(node, ()):
                        emit(source, info.file, pos)
            case ("f", t.Field() as f):
                self.flow.index.look_at(self.flow.mentions.writers_of_field, f)
                self.flow.tell_stored(node, emit)
            case _:
                return
        self.aliases(root, node, place, emit)

    def aliases(self, start: Node, part: Node, place: Place, emit: Emit) -> None:
        """What is written to a part of a value under another name: the value goes to variables that are written through.

        It may go there inside of a container or as an element of one, so the types tell which writes there are to this part.
        """
        wanted = self.flow.type_of(part)
        writes = self._writes_through(start)
        place.needs.append(writes.anchor)

        def written(write: Write) -> None:
            for source, file, pos in write.to(part[0], wanted):
                emit(source, file, pos)

        writes.listen(self.flow.kept(place, written))
        for func, receiver in self._storing_methods(t.deref(self.flow.type_of(start))):
            self._aliases_in_method(func, receiver, part[0], wanted, place, emit)

    def _writes_through(self, start: Node) -> Growing[Write]:
        """What is stored in parts of a value under the names of all that it goes to."""
        found = self._writes.get(start)
        if found is None:
            found = self._writes[start] = Growing[Write]()
            writes = found
            visits = self.flow.forwards.visited(start)
            writes.anchor.needs.append(visits.anchor)

            def visited(node: Node) -> None:
                for write in self._writes_under(node) if node != start else ():
                    writes.add(write)

            visits.listen(self.flow.kept(writes.anchor, visited))
        return found

    def _writes_under(self, node: Node) -> tuple[Write, ...]:
        """What is stored in parts of a value under one name."""
        found = self._written_at.get(node)
        if found is None:
            found = self._written_at[node] = tuple(self._find_writes(node))
        return found

    def _find_writes(self, node: Node) -> Iterator[Write]:
        match node:
            case ("f", t.Field() as f):
                self.flow.index.look_at(self.flow.mentions.writers_of_field, f)
                local = None
            case ("v", t.Var() as var) if var.role == "global":
                self.flow.index.look_at(self.flow.mentions.writers_of_global, var)
                local = None
            case ("v", t.Var() as var):
                local = self.flow.checker.var_infos.get(var)
                if local is None:
                    return
            case ("x", Info() as info, ast.Call() | ast.Unary(op="<-")):
                local = info
            case _:
                return
        parts = (
            self.flow.index.stored_parts.get(node, ())
            if local is None
            else self.flow.index.uses_in(local).parts.get(node, ())
        )
        for at in parts:
            if local is None:
                sources = tuple(self.flow.index.stored.get(at, ()))
            else:
                sources = tuple([(source, local.file, pos) for source, pos in local.flows[at]])
            yield Write(at[0] == "k", self.flow.type_of(at), sources)

    def _storing_methods(self, typ: t.Type) -> list[tuple[t.Func, t.Var]]:
        """The methods of a declared container type that store in their receiver, which they may get through an interface."""
        found = self._storing.get(typ)
        if found is None:
            found = list[tuple[t.Func, t.Var]]()
            for func in self.flow.container_methods(typ):
                info = self.flow.index.info(self.flow.checker.unit_of(func))
                if info.receiver is not None and self.flow.index.uses_in(info).parts.get(("v", info.receiver)):
                    found.append((func, info.receiver))
            self._storing[typ] = found
        return found

    def _aliases_in_method(
        self, func: t.Func, receiver: t.Var, kind: str, wanted: t.Type, place: Place, emit: Emit
    ) -> None:
        """What a method stores in its receiver, if it is called through an interface: which value that is, is not told."""

        def called(call: Call) -> None:
            if call[1].kind != "interface":
                return
            stored = [x for write in self._writes_under(("v", receiver)) for x in write.to(kind, wanted)]
            for source, file, pos in stored:
                # What is only moved inside a receiver is what was stored there before.
                moved = source[2] if source[0] == "x" else None
                while isinstance(moved, ast.Index | ast.Star):
                    moved = moved.x
                if moved is None or source[1].uses.get(moved) is not receiver:
                    emit(source, file, pos)

        calls = self.flow.calls_of(func)
        place.needs.append(calls.anchor)
        calls.listen(self.flow.kept(place, called))

    def methods_take_address(self, typ: t.Type) -> bool:
        return any(func.pointer for func in self.flow.container_methods(typ))
