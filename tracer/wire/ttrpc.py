"""ttrpc in generated code: gRPC's services without HTTP, from a daemon to the processes it starts.

The join key is service and method, written here as gRPC's full method (ttrpc, "PROTOCOL.md": request fields). A client
stub passes both to ``Client.Call``, or to ``NewStream``; a server gives ``RegisterService`` the service's name and a
description, in which a function literal stands for each method; before ttrpc 1.1 ``Register`` took the map itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Literal, Owner
from tracer.golang.flow.places import position
from tracer.golang.flow.solver import Target
from tracer.golang.program import Analysis
from tracer.model import EdgeKind, Evidence
from tracer.syntax import ast
from tracer.wire.model import Handler, Stub, is_stream, method_notes, spoken

_SENDERS = frozenset(("Call", "NewStream"))
_REGISTER = frozenset(("RegisterService", "Register"))
_SENDING = re.compile(rb"\.(?:Call|NewStream)\(")
_REGISTERING = re.compile(rb"\.(?:RegisterService|Register)\(")
_INTERCEPTING = re.compile(rb"\bWith(?:Chain)?Unary(?:Server|Client)Interceptor\(")


def _is_ttrpc(func: t.Func | None) -> bool:
    return func is not None and func.package.path.rsplit("/", 1)[-1] == "ttrpc"


@dataclass(eq=False)
class Ttrpc:
    """The ttrpc side of one program."""

    analysis: Analysis
    name: str = "ttrpc"
    kind: EdgeKind = EdgeKind.RPC
    rule: str = "full method"
    _stubs: list[Stub] | None = None
    _handlers: list[Handler] | None = None
    _implementations: dict[Handler, list[tuple[CallSite, Target]]] = field(
        default_factory=dict[Handler, "list[tuple[CallSite, Target]]"]
    )
    _between: list[tuple[str, Evidence]] | None = None

    # Clients

    def calls(self, info: Info, site: CallSite) -> list[Stub]:
        """The full method that a call sends, if it is such a call."""
        found = self.stub(info, site)
        return [found] if found is not None else []

    def serves(self, handler: Handler) -> bool:
        """Whether an implementation is registered."""
        return bool(self.implementations(handler))

    def notes(self, stub: Stub, handler: Handler) -> tuple[str, str]:
        """What is said of the call, and of the handler."""
        return method_notes(self.name, stub, handler)

    def stub(self, info: Info, site: CallSite) -> Stub | None:
        """The full method that a call sends, if it is a ttrpc call."""
        if not _is_ttrpc(site.func) or site.func is None or site.func.name not in _SENDERS:
            return None
        texts = [info.text(arg) for arg in site.node.args]
        named = [text for text in texts if text is not None]
        return Stub(info, site, f"/{named[0]}/{named[1]}") if len(named) >= 2 else None

    def stubs(self, method: str) -> list[Stub]:
        """The calls that send a full method."""
        return [stub for stub in self.every_stub() if stub.method == method]

    def every_stub(self) -> Iterator[Stub]:
        """All ttrpc calls of the program."""
        if self._stubs is None:
            found = [self.stub(info, site) for info in self._units(_SENDING) for site in info.calls]
            self._stubs = [stub for stub in found if stub is not None]
        yield from self._stubs

    # Servers

    def handlers(self, method: str) -> list[Handler]:
        """The handlers of a full method."""
        return [handler for handler in self.every_handler() if handler.method == method]

    def every_handler(self) -> Iterator[Handler]:
        """All handlers of the program."""
        if self._handlers is None:
            self._handlers = [h for info in self._units(_REGISTERING) for h in self._described(info)]
        yield from self._handlers

    def handled(self, owner: Owner) -> list[Handler]:
        """The full methods that a function literal is the handler of."""
        return [h for h in self.every_handler() if h.owner is owner] if isinstance(owner, Literal) else []

    def implementations(self, handler: Handler) -> list[tuple[CallSite, Target]]:
        """What a handler calls on the value that was registered: its interface calls, by the flow of that value."""
        found = self._implementations.get(handler)
        if found is None:
            info = handler.described
            found = self._implementations[handler] = [
                (site, target)
                for site in self.analysis.sites(handler.owner)
                if site.kind == "interface" and self.calls_implementation(info, site)
                for target in self.analysis.flow.dispatch(info, site).targets
                if target.rule == "flow"
            ]
        return found

    def calls_implementation(self, info: Info, site: CallSite) -> bool:
        """Whether a call is on a parameter of the function that registers, the implementation."""
        used = info.uses.get(site.recv) if site.recv is not None else None
        return isinstance(used, t.Var) and used.role == "param" and used.owner is info.func

    def between(self, sent: Stub, client: bool, /) -> list[Evidence]:
        """The interceptors that the program gives to its clients or its servers, each where it is given."""
        if self._between is None:
            self._between = [
                (site.func.name, Evidence(f"given to {site.func.name}: {spoken(arg)}", position(info.file, arg.pos)))
                for info in self._units(_INTERCEPTING)
                for site in info.calls
                if site.func is not None and _is_ttrpc(site.func) and "Interceptor" in site.func.name
                for arg in site.node.args
            ]
        side = "Client" if client else "Server"
        return [e for name, e in self._between if side in name and not is_stream(sent)]

    def _described(self, info: Info) -> Iterator[Handler]:
        for site in info.calls:
            if not _is_ttrpc(site.func) or site.func is None or site.func.name not in _REGISTER:
                continue
            service = next((c for a in site.node.args if (c := info.text(a))), None)
            for lit in site.node.args:
                literal = lit.x if isinstance(lit, ast.Unary) else lit
                if service is not None and isinstance(literal, ast.CompositeLit):
                    yield from self._methods(info, service, literal)

    def _methods(self, info: Info, service: str, lit: ast.CompositeLit) -> Iterator[Handler]:
        for pair in lit.elements:
            key, value = pair.key, pair.value
            if isinstance(key, ast.Ident) and isinstance(value, ast.CompositeLit):
                # Methods and Streams of a description.
                yield from self._methods(info, service, value)
                continue
            name = info.text(key)
            if isinstance(value, ast.CompositeLit):
                # A stream: what handles it is one of its fields.
                value = next(
                    (p.value for p in value.elements if isinstance(p.key, ast.Ident) and p.key.name == "Handler"), value
                )
            owner = info.literals.get(value) if isinstance(value, ast.FuncLit) else info.uses.get(value)
            if name is not None and isinstance(owner, t.Func | Literal):
                yield Handler(self.analysis, f"/{service}/{name}", owner, info, None, pair.value.pos)

    def _units(self, pattern: re.Pattern[bytes]) -> list[Info]:
        """The functions in which a pattern stands, of the files that import ttrpc."""
        out: dict[Info, None] = {}
        for file, _, at in self.analysis.text.search(pattern):
            if not any(path.rsplit("/", 1)[-1] == "ttrpc" for path in file.import_paths):
                continue
            declaration = file.declaration_at(at)
            if declaration is not None and declaration.kind in ("func", "method", "var"):
                out[self.analysis.checker.check(file.unit(declaration))] = None
        return list(out)
