"""Services over a wire: what gRPC and ttrpc share, whose stubs name a service's method and whose servers describe it.

A protocol is described by a ``Dialect``; what a program sends and serves in it is looked for here, and found once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracer.codes import Note, Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Literal, Owner, Site, UnitSummary
from tracer.model import EdgeKind, Evidence
from tracer.wire.model import Form, Handler, Side, Stub
from tracer.wire.reading import Place, Where, places, spoken_arguments, units_at

_BETWEEN = {Side.CLIENT: Note.CLIENT_INTERCEPTOR, Side.SERVER: Note.SERVER_INTERCEPTOR}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an interceptor stands that a function takes: at which end, and between calls of which forms."""

    side: Side
    forms: frozenset[Form]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is a protocol's own.

    ``sending`` is where a full method is sent, ``describing`` where a service is described (None: any), and
    ``intercepting`` where interceptors are given. ``sent`` tells what a call sends, ``described`` the handlers of a
    unit's descriptions, ``around`` the units whose descriptions may name a function; ``called`` the calls of a handler
    on what is registered for it, ``may_register`` whether something may be in a way that is not followed; ``standing`` what a function does with interceptors.
    """

    name: str
    sending: Callable[[str | None], Where]
    describing: Callable[[str | None], Where]
    intercepting: Where
    sent: Callable[[Site], tuple[str, Form] | None]
    described: Callable[[Analysis, UnitSummary], Iterator[Handler]]
    around: Callable[[Analysis, Owner], Iterable[UnitSummary]]
    calls_registered: Callable[[Site], bool]
    registered: Callable[[Analysis, Handler, Site], Iterator[Target]]
    may_register: Callable[[Analysis, Handler], bool]
    standing: Callable[[t.Func], Standing | None]


@dataclass(slots=True, eq=False)
class Service:
    """The services that one program asks and serves in one protocol."""

    analysis: Analysis
    dialect: Dialect
    kind: EdgeKind = EdgeKind.RPC
    rule: Rule = Rule.FULL_METHOD
    is_answered: bool = True
    _places: dict[re.Pattern[bytes], list[Place]] = field(default_factory=dict["re.Pattern[bytes]", "list[Place]"])
    _units: dict[Where, list[UnitSummary]] = field(default_factory=dict[Where, list[UnitSummary]])
    _sites: list[Site] | None = None
    _described: dict[UnitSummary, list[Handler]] = field(default_factory=dict[UnitSummary, list[Handler]])
    _handled: dict[Owner, list[Handler]] = field(default_factory=dict[Owner, list[Handler]])
    _registered: dict[Handler, dict[Site, list[Target]]] = field(
        default_factory=dict[Handler, "dict[Site, list[Target]]"]
    )
    _interceptors: list[tuple[Standing, Evidence]] | None = None

    @property
    def name(self) -> str:
        return self.dialect.name

    # Clients

    def sites(self) -> Sequence[Site]:
        """All calls that send a full method."""
        if self._sites is None:
            self._sites = [
                site for unit in self._in(self.dialect.sending(None)) for site in unit.sites if self.sends(site)
            ]
        return self._sites

    def sends(self, site: Site) -> bool:
        """Whether a call sends a full method."""
        return self.dialect.sent(site) is not None

    def calls(self, site: Site) -> list[Stub]:
        """The full method that a call sends, if it is such a call."""
        found = self.dialect.sent(site)
        return [Stub(site, *found)] if found is not None else []

    def is_unnamed(self, _: Site, /) -> bool:
        """What sends no full method is no call of this kind."""
        return False

    def stubs(self, method: str) -> list[Stub]:
        """The calls that send a full method."""
        stubs = (
            stub for unit in self._in(self.dialect.sending(method)) for site in unit.sites for stub in self.calls(site)
        )
        return [stub for stub in stubs if stub.method == method]

    # Servers

    def handlers(self, method: str) -> list[Handler]:
        """The handlers of a full method."""
        service = method.rsplit("/", 1)[0].removeprefix("/")
        return [
            h for unit in self._in(self.dialect.describing(service)) for h in self._in_unit(unit) if h.method == method
        ]

    def every_handler(self) -> list[Handler]:
        """All handlers in the program's service descriptions."""
        return [handler for unit in self._in(self.dialect.describing(None)) for handler in self._in_unit(unit)]

    def handled(self, owner: Owner) -> list[Handler]:
        """The full methods that a function is the handler of."""
        found = self._handled.get(owner)
        if found is None:
            around = self.dialect.around(self.analysis, owner)
            found = self._handled[owner] = [h for unit in around for h in self._in_unit(unit) if h.owner is owner]
        return found

    def implementations(self, handler: Handler) -> list[Target]:
        """What a handler calls: the methods of the values that are registered for its service."""
        return [target for targets in self._on_registered(handler).values() for target in targets]

    def serves(self, handler: Handler) -> bool:
        """Whether an implementation is registered."""
        return bool(self.implementations(handler))

    def may_serve(self, handler: Handler) -> bool:
        """Whether an implementation may be registered, in a way that is not followed."""
        return self.dialect.may_register(self.analysis, handler)

    def served(self, owner: Owner, site: Site) -> list[Target] | None:
        """What a call in a handler reaches on the registered values; None for any other call."""
        handlers = self._handling(owner) if site.kind is t.CallKind.INTERFACE else []
        if not handlers or not self.dialect.calls_registered(site):
            return None
        return [target for handler in handlers for target in self._on_registered(handler).get(site, ())]

    def unregistered(self, owner: Owner) -> Handler | None:
        """The handler that a function's code is part of, if no code that runs gives its description away."""
        handlers = self._handling(owner)
        return next(iter(handlers), None) if not any(map(self.may_serve, handlers)) else None

    def _handling(self, owner: Owner) -> list[Handler]:
        """The handlers that an owner's code is part of: a generated one hands a literal with its call on to an interceptor."""
        found = self.handled(owner)
        if found or not isinstance(owner, Literal):
            return found
        around = [x for x in owner.unit.literals if owner.name.startswith(x.name + "$")]
        outer: list[Owner] = [*reversed(around), *([owner.unit.func] if owner.unit.func is not None else [])]
        for one in outer:
            if found := self.handled(one):
                break
        return found

    def _on_registered(self, handler: Handler) -> dict[Site, list[Target]]:
        found = self._registered.get(handler)
        if found is None:
            found = self._registered[handler] = {
                site: list(self.dialect.registered(self.analysis, handler, site))
                for site in self.analysis.sites_within(handler.owner)
                if site.kind is t.CallKind.INTERFACE and self.dialect.calls_registered(site)
            }
        return found

    # What stands between

    def notes(self, stub: Stub, handler: Handler) -> tuple[Evidence, Evidence]:
        """What there is to say of the call, and of the handler."""
        name = handler.owner.full_name.rsplit("/", 1)[-1]
        return Evidence(Note.SENDS, (stub.method, self.name)), Evidence(Note.DESCRIBED, (name,))

    def between(self, stub: Stub, side: Side) -> list[Evidence]:
        """The interceptors that the program gives to its clients or its servers, each where it is given."""
        if self._interceptors is None:
            self._interceptors = list(dict.fromkeys(self._find_interceptors()))
        return [e for standing, e in self._interceptors if standing.side is side and stub.form in standing.forms]

    def _find_interceptors(self) -> Iterator[tuple[Standing, Evidence]]:
        units = self._in(self.dialect.intercepting)
        for unit in sorted(units, key=lambda unit: (unit.file.path, unit.unit.declaration.start)):
            for site in unit.sites:
                standing = self.dialect.standing(site.func) if site.func is not None else None
                if site.func is not None and standing is not None:
                    note = _BETWEEN[standing.side]
                    for spoken, place in spoken_arguments(self.analysis, site):
                        yield standing, Evidence(note, (site.func.name, spoken), place)

    # Units, each looked for once

    def _in(self, where: Where) -> list[UnitSummary]:
        found = self._units.get(where)
        if found is None:
            # All that is described is searched for at once, and a unit summarised when its service is asked for.
            at = self._places.get(where.pattern)
            if at is None:
                at = self._places[where.pattern] = places(self.analysis, where)
            found = self._units[where] = units_at(self.analysis, at, where)
        return found

    def _in_unit(self, unit: UnitSummary) -> list[Handler]:
        found = self._described.get(unit)
        if found is None:
            found = self._described[unit] = list(self.dialect.described(self.analysis, unit))
        return found
