"""What every kind of wire has: calls that leave the process, and what answers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tracer.codes import Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Owner, Site
from tracer.model import EdgeKind, Evidence, Position


class Form(StrEnum):
    """Whether a call has one request and one answer, or opens a stream of them."""

    UNARY = "unary"
    STREAM = "stream"


class Side(StrEnum):
    """The end of a wire that sends, and the one that answers."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stub:
    """A call that leaves the process: ``method`` is what it asks for, the full method ``/package.Service/Method``."""

    site: Site
    method: str
    form: Form = Form.UNARY


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Handler:
    """What answers a full method: the function that unpacks the request.

    ``place`` is where a service description says so; ``variable`` is the package variable that holds the description.
    """

    analysis: Analysis
    method: str
    owner: Owner
    place: Position | None
    variable: t.Var | None = None


class Wire(Protocol):
    """One kind of wire in one program."""

    @property
    def analysis(self) -> Analysis: ...

    @property
    def name(self) -> str:
        """The protocol; wires of one name meet."""
        ...

    @property
    def kind(self) -> EdgeKind: ...

    @property
    def rule(self) -> Rule:
        """The rule that proves an edge over it."""
        ...

    @property
    def is_answered(self) -> bool:
        """Whether a call is nothing but the wire: where nobody answers, it is undecided."""
        ...

    def sites(self) -> Sequence[Site]:
        """All calls of this kind; what they send is not looked for."""
        ...

    def sends(self, site: Site) -> bool:
        """Whether a call is of this kind."""
        ...

    def calls(self, site: Site) -> Sequence[Stub]:
        """What a call sends, if it is of this kind; a call may send one of several."""
        ...

    def is_unnamed(self, site: Site, /) -> bool:
        """Whether a call may ask for what nobody can tell."""
        ...

    def stubs(self, method: str) -> Sequence[Stub]:
        """The calls that send a full method."""
        ...

    def handlers(self, method: str) -> Sequence[Handler]:
        """What answers a full method in this program, as far as it is described."""
        ...

    def every_handler(self) -> Sequence[Handler]:
        """All handlers that this program describes."""
        ...

    def handled(self, owner: Owner) -> Sequence[Handler]:
        """The full methods that a function is the handler of."""
        ...

    def implementations(self, handler: Handler, /) -> Sequence[Target]:
        """What a handler calls: the methods of the values that were registered for its service."""
        ...

    def serves(self, handler: Handler) -> bool:
        """Whether the program answers; one that only links generated code in, and registers nothing, does not."""
        ...

    def may_serve(self, handler: Handler, /) -> bool:
        """Whether a handler that nothing is seen to be registered for may have something, in a way that is not followed."""
        ...

    def served(self, owner: Owner, site: Site, /) -> Sequence[Target] | None:
        """What a call in a handler reaches on the registered values; None for any other call."""
        ...

    def unregistered(self, owner: Owner, /) -> Handler | None:
        """The handler that a function's code is part of, if nothing can be registered for it."""
        ...

    def notes(self, stub: Stub, handler: Handler) -> tuple[Evidence, Evidence]:
        """What there is to say of the call, and of the handler, without their places."""
        ...

    def between(self, stub: Stub, side: Side, /) -> Sequence[Evidence]:
        """The interceptors that may stand between: those that the program gives to its clients, or to its servers.

        They are of the call's form; to which connection or server each is given is not asked.
        """
        ...


def every_stub(wire: Wire) -> Iterator[Stub]:
    """All that the calls of a wire send."""
    return (stub for site in wire.sites() for stub in wire.calls(site))
