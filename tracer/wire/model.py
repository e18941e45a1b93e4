"""What every kind of wire has: calls that leave the process, and what answers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tracer.codes import Argument, Message, Note, Rule
from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Owner
from tracer.golang.flow.solver import Target
from tracer.golang.program import Analysis
from tracer.model import EdgeKind, Evidence, Position
from tracer.syntax import ast


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """A call that leaves the process: ``method`` is the full method ``/package.Service/Method``."""

    info: Info
    site: CallSite
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """What a service description gives for a full method: the function that unpacks the request.

    ``described`` and ``pos`` are where that stands; ``variable`` is the package variable that holds the description.
    """

    analysis: Analysis
    method: str
    owner: Owner
    described: Info
    variable: t.Var | None
    pos: ast.Pos


class Wire(Protocol):
    """One kind of wire in one program."""

    name: str
    kind: EdgeKind
    rule: Rule

    def calls(self, info: Info, site: CallSite) -> list[Stub]:
        """The full method that a call sends, if it is a call of this kind; a call may have several."""
        ...

    def stubs(self, method: str) -> list[Stub]:
        """The calls that send a full method."""
        ...

    def every_stub(self) -> Iterator[Stub]:
        """All calls of this kind."""
        ...

    def handlers(self, method: str) -> list[Handler]:
        """The handlers of a full method in this program's service descriptions."""
        ...

    def every_handler(self) -> Iterator[Handler]:
        """All handlers in this program's service descriptions."""
        ...

    def handled(self, owner: Owner) -> list[Handler]:
        """The full methods that a function is the handler of."""
        ...

    def implementations(self, handler: Handler) -> list[tuple[CallSite, Target]]:
        """What a handler calls, each with the call: the methods of the values that were registered for its service."""
        ...

    def serves(self, handler: Handler) -> bool:
        """Whether the program answers; one that only links generated code in, and registers nothing, does not."""
        ...

    def notes(
        self, stub: Stub, handler: Handler, site: Position, described: Position | None
    ) -> tuple[Evidence, Evidence]:
        """What the call shows, and what the description of the handler."""
        ...

    def calls_implementation(self, info: Info, site: CallSite) -> bool:
        """Whether a call in a handler is on the registered value."""
        ...

    def between(self, sent: Stub, client: bool, /) -> list[Evidence]:
        """The interceptors that may stand between: those that the program gives to its clients, or to its servers.

        They are of the call's form, unary or a stream; to which connection or server each is given is not asked.
        """
        ...


def is_stream(sent: Stub) -> bool:
    """Whether a call opens a stream, by the name of the function that sends (``NewStream``, ``NewClientStream``)."""
    match sent.site.node.fun:
        case ast.Selector(sel=ast.Ident(name=name)) | ast.Ident(name=name):
            return name.endswith("Stream")
        case _:
            return False


def spoken(e: ast.Expr) -> Argument:
    """An expression as a reader would name it: ``metrics.UnaryServerInterceptor()``."""
    return Message(Note.LITERAL_GIVEN) if isinstance(e, ast.FuncLit) else _named(e)


def _named(e: ast.Expr) -> str:
    match e:
        case ast.Ident():
            return e.name
        case ast.Selector():
            return f"{_named(e.x)}.{e.sel.name}"
        case ast.Call():
            return f"{_named(e.fun)}({'…' if e.args else ''})"
        case ast.FuncLit():
            return "func(…) {…}"
        case _:
            return "…"


def method_notes(
    protocol: str, stub: Stub, handler: Handler, site: Position, described: Position | None
) -> tuple[Evidence, Evidence]:
    """What a stub and a handler of generated code show."""
    name = handler.owner.full_name.rsplit("/", 1)[-1]
    return Evidence(Note.SENDS, (stub.method, protocol), site), Evidence(Note.DESCRIBED, (name,), described)
