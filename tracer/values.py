"""What a constant, a package variable or a field ends up as: its value, who reads it, where it goes, what overrides it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracer.conditions import conditional
from tracer.golang import types as t
from tracer.golang.check.info import Info, Node
from tracer.golang.flow.places import position
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.strings import texts
from tracer.golang.types.literals import as_go, quote
from tracer.model import Evidence, Position, Symbol, shortened
from tracer.syntax import ast

MAX_PLACES = 400
MAX_ENTRIES = 8
MAX_NESTING = 2
UNKNOWN = "*"
# A star, question mark or bracket of the text itself (fnmatch).
_LITERAL = re.compile(r"\[([*?\[])\]")
Subject = t.Const | t.Var | t.Field


@dataclass(frozen=True, slots=True)
class Told:
    """What one program says of a constant, variable or field."""

    values: tuple[Evidence, ...]
    parts: tuple[Evidence, ...]
    readers: tuple[Evidence, ...]
    goes: tuple[Evidence, ...]
    overrides: tuple[Evidence, ...]
    cut: str


def told(analysis: Analysis, subject: Subject) -> Told:
    """All but the chains; what is met twice is told once."""
    reader = _Reader(analysis, subject)
    starts = list(reader.reads())
    reader.walk(starts)
    values, overrides = reader.values(), list(reader.overrides(starts))
    readers = [
        Evidence(f"{shortened(info.name)}: {_line(info.file, e.pos)}", position(info.file, e.pos)) for info, e in starts
    ]
    return Told(
        tuple(dict.fromkeys(values)),
        tuple(reader.parts()),
        tuple(dict.fromkeys(readers)),
        tuple(dict.fromkeys(reader.found)),
        tuple(dict.fromkeys(overrides)),
        reader.cut,
    )


def symbol(analysis: Analysis, subject: Subject) -> Symbol:
    """A constant, variable or field as the model's record."""
    if not isinstance(subject, t.Field):
        return analysis.symbol(subject)
    place = position(subject.file, subject.pos)
    return Symbol(f"{subject.struct}.{subject.name}", "field", place, analysis.name, t.describe(subject.type))


def expression(subject: Subject) -> str:
    """The line that declares it; empty for what the standard library declares."""
    return _line(subject.file, subject.pos) if subject.file is not None and not subject.file.package.is_std else ""


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
    cut: str = ""

    def reads(self) -> Iterator[tuple[Info, ast.Expr]]:
        """The expressions that read it."""
        if isinstance(self.subject, t.Field):
            for node in self.analysis.flow.following(("f", self.subject.declared)):
                if node[0] == "x" and not self.is_written(self.subject, node[1], node[2]):
                    yield node[1], node[2]
            return
        for info, read in self.analysis.readers(self.subject):
            yield info, read.node

    # Values

    def values(self) -> list[Evidence]:
        """The constant's value; of a variable or field, what is stored in it."""
        subject = self.subject
        if isinstance(subject, t.Const):
            value = self.analysis.symbol(subject).value or "unknown"
            return [Evidence(value, position(subject.file, subject.pos))]
        holder: Node = ("f", subject.declared) if isinstance(subject, t.Field) else ("v", subject)
        out: list[Evidence] = []
        for node in (holder, ("e", holder)):
            for source, file, pos in self.analysis.flow.stores(node):
                out.append(Evidence(f"{self.text(source)}: {_line(file, pos)}", position(file, pos)))
        return sorted(out, key=lambda e: (str(e.position), e.note))

    def text(self, source: Node, depth: int = 0) -> str:
        """What a stored value is: its constant, the entries of a literal, or the texts that it may be."""
        if source[0] != "x":
            return UNKNOWN
        info, e = source[1], source[2]
        value = self.constant(info, e)
        if value is not None:
            return value
        if isinstance(e, ast.CompositeLit) and depth < MAX_NESTING:
            entries: list[str] = []
            for pair in e.elements[:MAX_ENTRIES]:
                key = f"{self.text(('x', info, pair.key), depth + 1)}: " if pair.key is not None else ""
                entries.append(key + self.text(("x", info, pair.value), depth + 1))
            return "{" + ", ".join(entries) + (", …}" if len(e.elements) > MAX_ENTRIES else "}")
        found = texts(self.analysis, info, e) if _is_text(info.types.get(e, t.UNKNOWN)) else frozenset((UNKNOWN,))
        return " or ".join(_pattern(text) for text in sorted(found)) or UNKNOWN

    def constant(self, info: Info, e: ast.Expr) -> str | None:
        """A constant expression's value as Go source."""
        x = info.operands.get(e)
        return as_go(x.value, x.type) if x is not None and x.value is not None else None

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
                    value = self.analysis.symbol(used).value or "unknown"
                    yield Evidence(f"{shortened(used.full_name)} = {value}", position(used.file, used.pos))

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

    def walk(self, starts: Iterable[tuple[Info, ast.Expr]]) -> None:
        """Follows the value into the fields and variables that it is stored in, and from there to who reads them.

        There it ends: who gets the value as an argument or a result is told, and what they do with it is another question.
        """
        queue = deque(_State(("x", info, e)) for info, e in starts)
        seen = set(queue)
        while queue:
            if len(seen) > MAX_PLACES:
                self.cut = f"its value goes to more than {MAX_PLACES} places"
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
        if following[0] != "x" or state.node[0] != "x":
            return _State(following, state.key, stored)
        info, e, given = following[1], following[2], state.node[2]
        match e:
            case ast.CompositeLit():
                pair = next((p for p in e.elements if p.value is given), None)
                inner = self.constant(info, pair.key) if pair is not None and pair.key is not None else None
                return _State(following, inner, stored)
            case ast.Index() if e.x is given:
                wanted = self.constant(info, e.indices[0]) if e.indices else None
                other = state.key is not None and wanted is not None and state.key != wanted
                return None if other else _State(following, None, stored)
            case _:
                return _State(following, state.key, stored)

    def may_hold(self, node: Node) -> bool:
        """Whether a place is of the value's kind, or holds such values."""
        inner = node
        while inner[0] == "h":
            inner = inner[1]
        return _holds(self.analysis.flow.type_of(inner), self.kind, 0)

    @property
    def kind(self) -> t.Type:
        subject = self.subject
        if isinstance(subject, t.Const):
            value = self.analysis.checker.value_of(subject)
            return t.default_type(value.type) if value is not None else t.UNKNOWN
        return subject.type if isinstance(subject, t.Field) else self.analysis.flow.type_of(("v", subject))

    def note(self, node: Node, after: _State) -> None:
        """Tells of a place that a reader would name: a field, a variable, an entry, a look-up, a parameter, a result."""
        following, key = after.node, after.key
        at = position(node[1].file, node[2].pos) if node[0] == "x" else None
        line = f": {_line(node[1].file, node[2].pos)}" if node[0] == "x" else ""
        match following:
            case ("f", t.Field() as f):
                self.found.append(Evidence(f"stored in the field {shortened(f.struct)}.{f.name}{line}", at))
            case ("v", t.Var() as var) if var.role == "global":
                self.found.append(Evidence(f"stored in the variable {shortened(var.full_name)}{line}", at))
            case ("v", t.Var() as var) if var.role == "param" and node[0] == "x":
                self.found.append(Evidence(f"passed as {var.name}{line}", at))
            case ("x", Info() as info, ast.CompositeLit()) if key is not None:
                self.found.append(Evidence(f"an entry under {key}{line}", at))
            case ("x", Info() as info, ast.Index() as e):
                words = f"looked up in {shortened(info.name)}: {_line(info.file, e.pos)}"
                self.found.append(Evidence(words, position(info.file, e.pos)))
                self.remember(info, e)
            case ("x", Info() as info, e) if node[0] == "f":
                if not self.is_written(node[1], info, e):
                    words = f"read in {shortened(info.name)}: {_line(info.file, e.pos)}"
                    self.found.append(Evidence(words, position(info.file, e.pos)))
                    self.remember(info, e)
            case ("r", owner, int()):
                self.found.append(Evidence(f"returned by {shortened(owner.full_name)}{line}", at))
            case _:
                pass

    def note_calls(self, node: Node) -> None:
        """Tells of calls that get the value and whose source is not among the programs'."""
        if node[0] != "x":
            return
        info = node[1]
        for site, _ in self.analysis.flow.uses_of(info).arguments.get(node[2], ()):
            if site.func is not None and site.func.package.is_std:
                words = f"passed to {shortened(site.func.full_name)}: {_line(info.file, node[2].pos)}"
                self.found.append(Evidence(words, position(info.file, node[2].pos)))

    def is_written(self, field: t.Field, info: Info, e: ast.Expr) -> bool:
        """Whether an expression is where something is stored in a field or an element of it, rather than a read."""
        holder: Node = ("f", field.declared)
        stores = [store for node in (holder, ("e", holder)) for store in self.analysis.flow.stores(node)]
        return any(file is info.file and pos == e.pos for _, file, pos in stores)

    def remember(self, info: Info, e: ast.Expr) -> None:
        place = position(info.file, e.pos)
        if info.func is not None and place is not None:
            self.readers.setdefault(info.func, []).append(place)

    # What overrides it

    def overrides(self, starts: Sequence[tuple[Info, ast.Expr]]) -> Iterator[Evidence]:
        """Other results of the functions that return it, and what else is stored where it is stored."""
        for info, e in starts:
            self.remember(info, e)
        for func, places in self.readers.items():
            results = [note for place in places for note in self.analysis.other_results(func, place)]
            yield from conditional(func, dict.fromkeys(results))
        starting = {(info.file.path, info.file.place(e.pos)[0]) for info, e in starts}
        holders: list[Node] = list(self.holders)
        if isinstance(self.subject, t.Field):
            holders.append(("f", self.subject.declared))
        for holder in holders:
            if holder[0] == "f" and holder[1].tag:
                words = f"a decoder may set {shortened(holder[1].struct)}.{holder[1].name} by its tag {holder[1].tag}"
                yield Evidence(words, position(holder[1].file, holder[1].pos))
            if holder[0] == "f" and holder[1] is self.subject:
                continue
            for node in (holder, ("e", holder)):
                for source, file, pos in self.analysis.flow.stores(node):
                    if (file.path, file.place(pos)[0]) not in starting and not self.is_from_here(source, starts):
                        words = f"something else may be stored there: {_line(file, pos)}"
                        yield Evidence(words, position(file, pos))

    def is_from_here(self, source: Node, starts: Sequence[tuple[Info, ast.Expr]]) -> bool:
        """Whether a stored expression is one of the reads, or a literal that holds one."""
        return source[0] == "x" and any(_within(source[2], e) for _, e in starts)


def _pattern(text: str) -> str:
    """A text of ``strings.texts``: quoted where all of it is known, else with its stars."""
    known = _LITERAL.sub(r"\1", text)
    return quote(known) if UNKNOWN not in _LITERAL.sub("", text) else quote(known)[1:-1]


def _within(outer: ast.Expr, e: ast.Expr) -> bool:
    """Whether an expression is another, or a value in that literal."""
    if outer is e:
        return True
    if isinstance(outer, ast.Unary):
        return _within(outer.x, e)
    return isinstance(outer, ast.CompositeLit) and any(_within(pair.value, e) for pair in outer.elements)


def _is_holder(node: Node) -> bool:
    """Whether a node is a field or a package variable."""
    return node[0] == "f" or (node[0] == "v" and node[1].role == "global")


def _is_handed_on(node: Node) -> bool:
    """Whether a node is a parameter or a result."""
    return node[0] == "r" or (node[0] == "v" and node[1].role == "param")


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
