"""What a constant, a package variable or a field ends up as: its value, who reads it, where it goes, what overrides it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracer.codes import Argument, Gap, Message, Note
from tracer.conditions import conditional
from tracer.golang import explanations
from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.flow.evidence import position
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.strings import texts, written
from tracer.golang.summary.nodes import (
    AddressOf,
    Composite,
    Expression,
    FieldNode,
    Global,
    Holder,
    IndexOf,
    Local,
    Node,
    Result,
    Unary,
)
from tracer.golang.types.literals import as_go
from tracer.model import Evidence, Position, Symbol, shortened
from tracer.syntax import ast

MAX_PLACES = 400
MAX_ENTRIES = 8
MAX_NESTING = 2
UNKNOWN = "*"
# A star, question mark or bracket of the text itself (fnmatch).
Subject = t.Const | t.Var | t.Field


@dataclass(frozen=True, slots=True)
class Told:
    """What one program says of a constant, variable or field."""

    values: tuple[Evidence, ...]
    parts: tuple[Evidence, ...]
    readers: tuple[Evidence, ...]
    goes: tuple[Evidence, ...]
    overrides: tuple[Evidence, ...]
    cut: Message | None


def told(analysis: Analysis, subject: Subject) -> Told:
    """All but the chains; what is met twice is told once."""
    reader = _Reader(analysis, subject)
    starts = list(reader.reads())
    reader.walk(starts)
    values, overrides = reader.values(), list(reader.overrides(starts))
    readers = [_seen(Note.READ_BY, e) for e in starts]
    return Told(
        tuple(dict.fromkeys(values)),
        tuple(reader.parts()),
        tuple(dict.fromkeys(readers)),
        tuple(dict.fromkeys(reader.found)),
        tuple(dict.fromkeys(overrides)),
        reader.cut,
    )


def expression(subject: Subject) -> str:
    """The line that declares it; empty for what the standard library declares."""
    return _line(subject.file, subject.pos) if subject.file is not None and not subject.file.package.is_std else ""


def value_told(symbol: Symbol) -> Argument:
    """The value of a constant as Go source, if it is known."""
    return symbol.value if symbol.value is not None else Message(Note.VALUE_UNKNOWN)


@dataclass(frozen=True, slots=True)
class _State:
    """A place that the value is followed to, the key of its entry there, and whether it was stored somewhere on the way."""

    node: Node
    key: str | None = None
    stored: bool = False


@dataclass
class _Reader:
    analysis: Analysis
    subject: Subject
    found: list[Evidence] = field(default_factory=list[Evidence])
    holders: dict[Node, None] = field(default_factory=dict[Node, None])
    readers: dict[t.Func, list[Position]] = field(default_factory=dict["t.Func", "list[Position]"])
    cut: Message | None = None

    def reads(self) -> Iterator[Expression]:
        """The expressions that read it."""
        if isinstance(self.subject, t.Field):
            for node in self.analysis.flow.following(self.holder):
                if isinstance(node, Expression) and not self.is_written(node):
                    yield node
            return
        for unit in dict.fromkeys(unit for unit, _ in self.analysis.readers(self.subject)):
            details = self.analysis.details(unit)
            for read in details.info.reads:
                node = details.node(read.node) if read.obj is self.subject else None
                if node is not None:
                    yield node

    @property
    def holder(self) -> Node:
        """The node of a variable or field."""
        assert not isinstance(self.subject, t.Const)
        nodes = self.analysis.nodes
        return nodes.field(self.subject.declared) if isinstance(self.subject, t.Field) else nodes.variable(self.subject)

    # Values

    def values(self) -> list[Evidence]:
        """The constant's value; of a variable or field, what is stored in it."""
        subject = self.subject
        if isinstance(subject, t.Const):
            value = value_told(self.analysis.symbol(subject))
            return [Evidence(Note.VALUE, (value,), position(subject.file, subject.pos))]
        out: list[Evidence] = []
        for node in self.parts_of(self.holder):
            for source, file, pos in self.analysis.flow.stores(node):
                out.append(Evidence(Note.VALUE_STORED, (self.text(source), _line(file, pos)), position(file, pos)))
        return sorted(out, key=lambda e: (str(e.position), *map(str, e.arguments)))

    def parts_of(self, node: Node) -> tuple[Node, Node]:
        """A node and its elements."""
        return node, self.analysis.nodes.element(node)

    def text(self, source: Node | None, depth: int = 0) -> str:
        """What a stored value is: its constant, the entries of a literal, or the texts that it may be."""
        if not isinstance(source, Expression):
            return UNKNOWN
        value = self.constant(source)
        if value is not None:
            return value
        if isinstance(source, Composite) and depth < MAX_NESTING:
            entries: list[str] = []
            keys = source.fields or source.keys
            for key, inner in list(zip(keys, source.values, strict=True))[:MAX_ENTRIES]:
                shown = "" if key is None else f"{UNKNOWN if isinstance(key, str) else self.text(key, depth + 1)}: "
                entries.append(shown + self.text(inner, depth + 1))
            return "{" + ", ".join(entries) + (", …}" if len(source.values) > MAX_ENTRIES else "}")
        found = texts(self.analysis, source) if _is_text(source.type) else frozenset((UNKNOWN,))
        return " or ".join(written(text) for text in sorted(found)) or UNKNOWN

    def constant(self, node: Expression) -> str | None:
        """The value of a constant expression as Go source."""
        details = self.analysis.details(node.unit)
        return _constant(details.info, details.syntax(node))

    def parts(self) -> Iterator[Evidence]:
        """The constants that a constant's expression names, each with its value, and theirs."""
        if not isinstance(self.subject, t.Const):
            return
        seen = {self.subject}
        pending = [self.subject]
        while pending:
            const = pending.pop(0)
            if const.file is None or const.value is None:
                continue
            for used in self.named(const.value, const.file):
                if used not in seen and used.file is not None:
                    seen.add(used)
                    pending.append(used)
                    value = value_told(self.analysis.symbol(used))
                    yield Evidence(Note.CONSTANT, (shortened(used.full_name), value), position(used.file, used.pos))

    def named(self, e: ast.Expr, file: File) -> Iterator[t.Const]:
        """The declared constants that a constant expression names."""
        match e:
            case ast.Ident() | ast.Selector():
                scope = self.analysis.checker.scope(file)
                found = scope.lookup(e.name) if isinstance(e, ast.Ident) else self.analysis.checker.qualified(e, scope)
                if isinstance(found, t.Const):
                    yield found
            case ast.Binary():
                yield from self.named(e.x, file)
                yield from self.named(e.y, file)
            case ast.Unary():
                yield from self.named(e.x, file)
            case ast.Call():
                for arg in e.args:
                    yield from self.named(arg, file)
            case _:
                pass

    # Where it goes

    def walk(self, starts: Iterable[Expression]) -> None:
        """Follows the value into the fields and variables that it is stored in, and from there to who reads them.

        There it ends: who gets the value as an argument or a result is told, and what they do with it is another question.
        """
        queue = deque(_State(e) for e in starts)
        seen = set(queue)
        while queue:
            if len(seen) > MAX_PLACES:
                self.cut = Message(Gap.TOO_MANY_PLACES, (str(MAX_PLACES),))
                return
            state = queue.popleft()
            self.note_calls(state.node)
            for following in self.analysis.flow.following(state.node):
                after = self.step(state, following)
                if after is None or not self.may_hold(following):
                    continue
                self.note(state.node, after)
                if after in seen:
                    continue
                seen.add(after)
                if _is_holder(following) and not state.stored:
                    self.holders[following] = None
                if not (_is_handed_on(following) or (_is_holder(following) and state.stored)):
                    queue.append(after)

    def step(self, state: _State, following: Node) -> _State | None:
        """The next place, with the key under which the value lies there; None where another key is looked up."""
        stored = state.stored or _is_holder(following)
        key = state.key
        match following:
            case Composite() if following.fields is None and state.node in following.values:
                key = self.constant_key(following, following.values.index(state.node))
            case Composite() if state.node in following.values:
                key = None
            case IndexOf() if following.x is state.node:
                details = self.analysis.details(following.unit)
                e = details.syntax(following)
                index = e.indices[0] if isinstance(e, ast.Index) and e.indices else None
                wanted = _constant(details.info, index)
                if key is not None and wanted is not None and key != wanted:
                    return None
                key = None
            case _:
                pass
        return _State(following, key, stored)

    def constant_key(self, literal: Composite, at: int) -> str | None:
        """The constant key of an entry of a literal."""
        details = self.analysis.details(literal.unit)
        e = details.syntax(literal)
        return _constant(details.info, e.elements[at].key) if isinstance(e, ast.CompositeLit) else None

    def may_hold(self, node: Node) -> bool:
        """Whether a place is of the value's kind, or holds such values."""
        inner = node
        while isinstance(inner, Holder):
            inner = inner.whole
        return _holds(inner.type, self.kind, 0)

    @property
    def kind(self) -> t.Type:
        subject = self.subject
        if isinstance(subject, t.Const):
            value = self.analysis.checker.value_of(subject)
            return t.default_type(value.type) if value is not None else t.UNKNOWN
        return self.holder.type

    def note(self, node: Node, after: _State) -> None:
        """Tells of a place that a reader would name: a field, a variable, an entry, a look-up, a parameter, a result."""
        following, key = after.node, after.key
        at = position(node.unit.file, node.pos) if isinstance(node, Expression) else None
        line = (_line(node.unit.file, node.pos),) if isinstance(node, Expression) else ()
        match following:
            case FieldNode(field=f):
                note = Note.INTO_FIELD if line else Note.STORED_IN_FIELD
                self.found.append(Evidence(note, (f"{shortened(f.struct)}.{f.name}", *line), at))
            case Global(var=var):
                note = Note.INTO_VARIABLE if line else Note.STORED_IN_VARIABLE
                self.found.append(Evidence(note, (shortened(var.full_name), *line), at))
            case Local(role="param", name=name) if isinstance(node, Expression):
                self.found.append(Evidence(Note.AS_ARGUMENT, (name, *line), at))
            case Composite() if key is not None:
                self.found.append(Evidence(Note.ENTRY if line else Note.UNDER_KEY, (key, *line), at))
            case IndexOf() as e:
                self.found.append(_seen(Note.LOOKED_UP, e))
                self.remember(e)
            case Expression() as e if isinstance(node, FieldNode):
                if not self.is_written(e, node):
                    self.found.append(_seen(Note.READ_IN, e))
                    self.remember(e)
            case Result(owner=owner):
                note = Note.AS_RESULT if line else Note.RETURNED
                self.found.append(Evidence(note, (shortened(owner.full_name), *line), at))
            case _:
                pass

    def note_calls(self, node: Node) -> None:
        """Tells of calls that get the value and whose source is not among the programs'."""
        if not isinstance(node, Expression):
            return
        for site, _ in self.analysis.flow.uses_of(node.unit).arguments.get(node, ()):
            if site.func is not None and site.func.package.is_std:
                file = node.unit.file
                given = (shortened(site.func.full_name), _line(file, node.pos))
                self.found.append(Evidence(Note.TO_LIBRARY, given, position(file, node.pos)))

    def is_written(self, e: Expression, holder: Node | None = None) -> bool:
        """Whether an expression is where something is stored in a field or an element of it, rather than a read."""
        stores = [store for node in self.parts_of(holder or self.holder) for store in self.analysis.flow.stores(node)]
        return any(file is e.unit.file and pos == e.pos for _, file, pos in stores)

    def remember(self, e: Expression) -> None:
        place = position(e.unit.file, e.pos)
        if e.unit.func is not None and place is not None:
            self.readers.setdefault(e.unit.func, []).append(place)

    # What overrides it

    def overrides(self, starts: Sequence[Expression]) -> Iterator[Evidence]:
        """Other results of the functions that return it, and what else is stored where it is stored."""
        for e in starts:
            self.remember(e)
        for func, places in self.readers.items():
            results = [note for place in places for note in explanations.other_results(self.analysis, func, place)]
            yield from conditional(self.analysis, func, dict.fromkeys(results))
        starting = {(e.unit.file.path, e.unit.file.place(e.pos)[0]) for e in starts}
        holders: list[Node] = list(self.holders)
        if isinstance(self.subject, t.Field):
            holders.append(self.holder)
        for holder in holders:
            if isinstance(holder, FieldNode):
                f = holder.field
                if f.tag and f.file is not None:
                    named = f"{shortened(f.struct)}.{f.name}"
                    yield Evidence(Note.SET_BY_DECODER, (named, f.tag), position(f.file, f.pos))
                if f is self.subject:
                    continue
            for node in self.parts_of(holder):
                for source, file, pos in self.analysis.flow.stores(node):
                    if (file.path, file.place(pos)[0]) not in starting and not any(_within(source, e) for e in starts):
                        yield Evidence(Note.OTHERWISE_STORED, (_line(file, pos),), position(file, pos))


def _constant(info: Info, e: ast.Expr | None) -> str | None:
    """The value of a constant expression as Go source."""
    x = info.operands.get(e) if e is not None else None
    return as_go(x.value, x.type) if x is not None and x.value is not None else None


def _seen(note: Note, e: Expression) -> Evidence:
    """What a function does, with the line that shows it."""
    return Evidence(note, (shortened(e.unit.name), _line(e.unit.file, e.pos)), position(e.unit.file, e.pos))


def _within(outer: Node | None, e: Expression) -> bool:
    """Whether a stored expression is another, or a literal that holds it."""
    if outer is e:
        return True
    if isinstance(outer, Unary | AddressOf):
        return _within(outer.x, e)
    return isinstance(outer, Composite) and any(_within(value, e) for value in outer.values)


def _is_holder(node: Node) -> bool:
    """Whether a node is a field or a package variable."""
    return isinstance(node, FieldNode | Global)


def _is_handed_on(node: Node) -> bool:
    """Whether a node is a parameter or a result."""
    return isinstance(node, Result) or (isinstance(node, Local) and node.role == "param")


def _is_text(typ: t.Type) -> bool:
    under = t.underlying(typ)
    return isinstance(under, t.Basic) and under.name in ("string", "untyped string")


def _holds(typ: t.Type, kind: t.Type, depth: int) -> bool:
    """Whether a value of a type is one of the kind, or a container of them."""
    if typ is t.UNKNOWN:
        return False
    if isinstance(typ, t.TypeParam) or t.identical(typ, kind) or t.identical(t.underlying(typ), t.underlying(kind)):
        return True
    if isinstance(typ, t.Basic):
        return t.identical(t.default_type(typ), kind)
    match t.underlying(typ):
        case t.Slice() | t.Array() | t.Pointer() | t.Chan() as one if depth < 2:
            return _holds(one.elem, kind, depth + 1)
        case t.Map() as pairs if depth < 2:
            return _holds(pairs.elem, kind, depth + 1)
        case t.Tuple() as several:
            return any(_holds(x, kind, depth + 1) for x in several.types)
        case _:
            return False


def _line(file: File, pos: ast.Pos) -> str:
    return file.line_at(pos)
