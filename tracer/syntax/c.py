"""Bytes of one C file -> what its functions do, step by step. No compiler: types and other files are not looked at."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import tree_sitter_c
from tree_sitter import Language, Node, Query, QueryCursor

from tracer.errors import CutShortError
from tracer.syntax.bounded import LONG, BoundedParser
from tracer.syntax.parse import query_text

_C = Language(tree_sitter_c.language())
_LOOPS = ("for_statement", "while_statement", "do_statement")
_SIGNAL_FIELDS = ("sa_handler", "sa_sigaction")
_MAX_DEPTH = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a function does: ``kind`` is call, handler, loop or return.

    ``name`` is the called function, the handler, or the call that an endless loop consists of. ``conditions`` are those
    of the statements around it, outermost first. ``after_loop`` is the line of an endless loop before it that nothing leaves, or 0.
    ``targets`` are the functions of this file that it calls, more than one where a pointer may hold several.
    """

    kind: str
    name: str
    text: str
    line: int
    column: int
    conditions: tuple[str, ...] = ()
    signal: str = ""
    after_loop: int = 0
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its body: ``line`` and ``column`` are those of its name, columns in bytes."""

    name: str
    static: bool
    line: int
    column: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CFile:
    """The functions of a file in their order, and its macros: names with their texts, None for function-like ones."""

    functions: tuple[Function, ...]
    macros: tuple[tuple[str, str | None], ...]

    def function(self, name: str) -> Function | None:
        """The function of that name."""
        return next((f for f in self.functions if f.name == name), None)


@functools.cache
def _query(name: str) -> Query:
    return Query(_C, query_text("c", name))


def extract(source: bytes) -> CFile:
    """What a file declares; what does not parse is left out. Raises CutShortError where parsing it takes too long."""
    parser = BoundedParser(_C, b")", with_text=True)
    root = parser.parse(source).root_node
    if parser.cut:
        raise CutShortError(LONG)
    found = QueryCursor(_query("declarations")).captures(root)
    named = [(node, name) for node in _ordered(found.get("function", ())) if (name := _declared(node)) is not None]
    names = {_text(name) for _, name in named}
    macros = [(_field(node, "name"), _field(node, "value")) for node in found.get("define", ())]
    like = [(_field(node, "name"), None) for node in found.get("macro", ())]
    functions = [
        Function(_text(name), _is_static(node), *_place(name), tuple(_Reader(names, {n for n, _ in like}).steps(node)))
        for node, name in named
    ]
    return CFile(tuple(functions), tuple(macros + like))


def _declared(node: Node) -> Node | None:
    """The name in a function's declarator, below pointers and parentheses."""
    at = node.child_by_field_name("declarator")
    for _ in range(_MAX_DEPTH):
        if at is None or at.type == "identifier":
            return at
        inner = at.child_by_field_name("declarator")
        at = inner if inner is not None else next((c for c in at.named_children if "declarator" in c.type), None)
    return None


def _is_static(node: Node) -> bool:
    return any(c.type == "storage_class_specifier" and c.text == b"static" for c in node.named_children)


class _Reader:
    """The steps of one function. ``functions`` and ``macros`` are the names of those of the file."""

    def __init__(self, functions: set[str], macros: set[str]) -> None:
        self.functions = functions
        self.macros = macros

    def steps(self, function: Node) -> Iterator[Step]:
        body = function.child_by_field_name("body")
        if body is None:
            return
        found = QueryCursor(_query("steps")).captures(body)
        loops = [loop for loop in _ordered(found.get("loop", ())) if _is_endless(loop)]
        leaving = (*found.get("break", ()), *found.get("return", ()))
        contexts = _contexts(body, {node.id for nodes in found.values() for node in nodes})
        endless = [loop for loop in loops if not _is_left(loop, leaving, contexts)]
        inside = {loop.id: _only_call(loop) for loop in loops}
        stores = _ordered((*found.get("assign", ()), *found.get("init", ())))
        nodes = _ordered((*found.get("call", ()), *found.get("return", ()), *loops))
        told = {call.id for call in inside.values() if call is not None}
        for node in nodes:
            if node.id in told:
                continue
            before = [loop for loop in endless if loop.end_byte <= node.start_byte]
            after = before[0].start_point[0] + 1 if before else 0
            conditions = contexts[node.id].conditions()
            if node.type == "call_expression":
                step = self.call(node, conditions, contexts, stores, after)
                if step is not None:
                    yield step
            elif node.type == "return_statement":
                yield Step("return", "", _text(node).rstrip(";"), *_place(node), conditions, "", after)
            else:
                call = inside[node.id]
                name = _text(call.child_by_field_name("function")) if call is not None else ""
                targets = (name,) if name in self.functions else ()
                head = _loop_head(node)
                text = f"{head} {_text(call)}" if call is not None else head
                yield Step("loop", name, text, *_place(node), conditions, "", after, targets)

    def call(
        self,
        node: Node,
        conditions: tuple[str, ...],
        contexts: Mapping[int, _Context],
        stores: Sequence[Node],
        after: int,
    ) -> Step | None:
        function = node.child_by_field_name("function")
        name = _text(function)
        if name in self.macros:
            return None
        place = _place(node)
        arguments = _arguments(node)
        before = [s for s in stores if s.end_byte <= node.start_byte]
        handler = _handler(name, arguments, [(s, _contains(contexts[s.id].block, node)) for s in before])
        if handler is not None:
            signal, given = handler
            targets = (given,) if given in self.functions else ()
            return Step("handler", given, _flat(node), *place, conditions, signal, after, targets)
        targets = (name,) if name in self.functions else self.held(name, stores)
        return Step("call", name, _flat(node), *place, conditions, "", after, targets)

    def held(self, name: str, stores: Sequence[Node]) -> tuple[str, ...]:
        """The functions that a pointer may hold; none where it is given anything else."""
        values = [_text(_value(store)).lstrip("&") for store in stores if _stored(store) == name]
        return tuple(dict.fromkeys(values)) if values and all(v in self.functions for v in values) else ()


def _handler(name: str, arguments: Sequence[Node], stores: Sequence[tuple[Node, bool]]) -> tuple[str, str] | None:
    """The signal and the function that a call of POSIX's ``sigaction`` or C's ``signal`` gives for it."""
    if name == "signal" and len(arguments) == 2:
        return _text(arguments[0]), _text(arguments[1]).lstrip("&")
    if name != "sigaction" or len(arguments) != 3:
        return None
    given = _handler_in(arguments[1])
    if given is None and arguments[1].type == "pointer_expression":
        given = _handler_of(_text(arguments[1].child_by_field_name("argument")), stores)
    return (_text(arguments[0]), given) if given is not None else None


def _handler_in(node: Node | None) -> str | None:
    """The handler in an initialiser: ``{.sa_handler = f}``, by itself or as a compound literal."""
    pending = [node] if node is not None else []
    while pending:
        at = pending.pop()
        if at.type == "initializer_pair":
            fields = [_text(c).lstrip(".") for c in at.children_by_field_name("designator")]
            if fields and fields[-1] in _SIGNAL_FIELDS:
                return _text(at.child_by_field_name("value")).lstrip("&")
        elif (
            at.type in ("pointer_expression", "compound_literal_expression", "initializer_list")
            or at.type == "parenthesized_expression"
        ):
            pending += at.named_children
    return None


def _handler_of(variable: str, stores: Sequence[tuple[Node, bool]]) -> str | None:
    """The handler that a variable holds at a call: the last one stored before it, where that is stored in any case.

    With each store it is given whether its block is one around the call.
    """
    for store, surely in reversed(stores):
        place = _text(_place_of(store))
        value = _value(store)
        given = None
        if place == variable:
            given = _handler_in(value)
        elif place in [f"{variable}.{field}" for field in _SIGNAL_FIELDS]:
            given = _text(value).lstrip("&")
        if given is not None:
            return given if surely else None
    return None


def _stored(store: Node) -> str:
    """The variable of a store: ``p`` of ``p = f`` and of ``void (*p)(int) = f``."""
    name = _declared(store) if store.type == "init_declarator" else _place_of(store)
    return _text(name)


def _place_of(store: Node) -> Node | None:
    return store.child_by_field_name("left" if store.type == "assignment_expression" else "declarator")


def _value(store: Node) -> Node | None:
    return store.child_by_field_name("right" if store.type == "assignment_expression" else "value")


def _is_endless(loop: Node) -> bool:
    """Whether the condition of a loop never fails: there is none, or a number other than 0."""
    condition = loop.child_by_field_name("condition")
    if condition is None:
        return loop.type == "for_statement"
    words = _text(condition).strip("() ")
    return words == "true" or (words.isdecimal() and words.strip("0") != "")


def _is_left(loop: Node, leaving: Sequence[Node], contexts: Mapping[int, _Context]) -> bool:
    """Whether a break, goto or return may leave a loop."""
    inside = [n for n in leaving if _contains(loop, n)]
    return any(n.type != "break_statement" or contexts[n.id].breakable == loop.id for n in inside)


def _contains(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _only_call(loop: Node) -> Node | None:
    """The call that is all of a loop's body."""
    body = loop.child_by_field_name("body")
    for _ in range(3):
        if body is None or body.type == "call_expression":
            return body
        children = [c for c in body.named_children if c.type != "comment"]
        body = children[0] if len(children) == 1 else None
    return None


def _loop_head(loop: Node) -> str:
    body = loop.child_by_field_name("body")
    text = loop.text or b""
    head = text[: body.start_byte - loop.start_byte] if body is not None else text
    return " ".join(head.decode("utf-8", "replace").split())


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
    """Where a node stands: the conditions around it as a linked list, the block, and what a break would leave."""

    condition: str
    above: _Context | None
    block: Node
    breakable: int

    def conditions(self) -> tuple[str, ...]:
        """What must hold for the node to be reached, by the statements around it, outermost first."""
        out: list[str] = []
        at: _Context | None = self
        while at is not None:
            if at.condition:
                out.append(at.condition)
            at = at.above
        return tuple(reversed(out))


def _contexts(body: Node, wanted: set[int]) -> dict[int, _Context]:
    """The contexts of some nodes of a body, by one walk from above: climbing to a parent costs as much as a walk."""
    out: dict[int, _Context] = {}
    pending = [(body, _Context("", None, body, 0))]
    while pending:
        node, context = pending.pop()
        if node.id in wanted:
            out[node.id] = context
        condition = node.child_by_field_name("condition")
        alternative = node.child_by_field_name("alternative")
        block = node if node.type in ("compound_statement", "if_statement", *_LOOPS) else context.block
        breakable = node.id if node.type in (*_LOOPS, "switch_statement") else context.breakable
        for child in node.named_children:
            words = ""
            if condition is not None and child.id != condition.id:
                negated = alternative is not None and alternative.id == child.id
                words = _condition(node, condition, negated=negated)
            elif node.type in ("preproc_if", "preproc_ifdef", "preproc_elif"):
                words = (node.text or b"").decode("utf-8", "replace").partition("\n")[0].strip()
            plain = not words and block is context.block and breakable == context.breakable
            pending.append((child, context if plain else _Context(words, context, block, breakable)))
    return out


def _condition(statement: Node, condition: Node, *, negated: bool) -> str:
    """What a statement says of those inside; a loop that never ends by its condition says nothing by it."""
    if statement.type == "do_statement" or (statement.type in _LOOPS and _is_endless(statement)):
        return ""
    words = _flat(condition)
    words = words[1:-1].strip() if words.startswith("(") and words.endswith(")") else words
    if statement.type == "switch_statement":
        return f"switch {words}"
    return f"not ({words})" if negated else words


def _arguments(call: Node) -> list[Node]:
    given = call.child_by_field_name("arguments")
    return [c for c in given.named_children if c.type != "comment"] if given is not None else []


def _ordered(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda n: (n.start_byte, -n.end_byte))


def _place(node: Node) -> tuple[int, int]:
    return node.start_point[0] + 1, node.start_point[1] + 1


def _field(node: Node, name: str) -> str:
    return _text(node.child_by_field_name(name)).strip()


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _flat(node: Node) -> str:
    return " ".join(_text(node).split())
