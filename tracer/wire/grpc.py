"""gRPC in generated code: which functions call a full method, and what serves it.

The join key is the full method ``/package.Service/Method`` (https://grpc.io, "PROTOCOL-HTTP2": Path). A client stub passes
it to ``Invoke`` or ``NewStream`` of a google.golang.org/grpc connection, or of an interface that one fits, or to the
functions ``Invoke`` and ``NewClientStream`` with the connection as an argument; a server's ``grpc.ServiceDesc`` holds the service's name and,
for each method, its name and handler; ``RegisterService`` binds a value to the description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Node, Owner
from tracer.golang.flow.places import position
from tracer.golang.flow.solver import Target
from tracer.golang.load.package import Package, Unit
from tracer.golang.program import Analysis
from tracer.model import EdgeKind, Evidence
from tracer.syntax import ast
from tracer.wire.model import Handler, Stub, is_stream, method_notes, spoken

GRPC = "google.golang.org/grpc"
FULL_METHOD = re.compile(r"^/[\w.\-]+/\w+$")
_SENDING = re.compile(rb"\b(?:Invoke|NewStream|NewClientStream)\(")
# What a program gives its servers and clients to stand between (google.golang.org/grpc, interceptor.go and options).
_OPTIONS = frozenset(
    f"{prefix}{form}"
    for prefix in ("", "With")
    for form in (
        "UnaryInterceptor",
        "StreamInterceptor",
        "ChainUnaryInterceptor",
        "ChainStreamInterceptor",
        "StatsHandler",
    )
)
_SENDERS = frozenset(("Invoke", "NewStream", "NewClientStream"))


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A ``RegisterService`` call: ``value`` is the node of the implementation."""

    info: Info
    site: CallSite
    value: Node


@dataclass(eq=False)
class Grpc:
    """The gRPC side of one program."""

    analysis: Analysis
    name: str = "gRPC"
    kind: EdgeKind = EdgeKind.RPC
    rule: str = "full method"
    _handlers: dict[str, list[Handler]] = field(default_factory=dict[str, list[Handler]])
    _implementations: dict[Handler, list[tuple[CallSite, Target]]] = field(
        default_factory=dict[Handler, "list[tuple[CallSite, Target]]"]
    )
    _by_func: dict[Owner, list[Handler]] = field(default_factory=dict[Owner, list[Handler]])
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
        """The full method that a call sends, if it is a gRPC call."""
        fun = site.node.fun
        if not isinstance(fun, ast.Selector):
            if site.func is None or site.func.package.path != GRPC or site.func.name not in _SENDERS:
                return None
        elif fun.sel.name not in _SENDERS or not self._is_grpc(site):
            return None
        for arg in site.node.args:
            value = info.text(arg)
            if value is not None and FULL_METHOD.match(value):
                return Stub(info, site, value)
        return None

    def _is_grpc(self, site: CallSite) -> bool:
        if site.func is not None:
            return site.func.package.path == GRPC
        # An interface of someone's own for connections takes the options of gRPC's calls.
        signature = site.selection.signature if site.selection is not None else None
        return signature is not None and signature.variadic and _is_named(_element(signature.params[-1]), "CallOption")

    def stubs(self, method: str) -> list[Stub]:
        """The calls that send a full method."""
        out: list[Stub] = []
        for info in self._holding(method):
            for site in info.calls:
                stub = self.stub(info, site)
                if stub is not None and stub.method == method:
                    out.append(stub)
        return out

    def every_stub(self) -> Iterator[Stub]:
        """All calls that send a full method."""
        seen: set[Info] = set()
        for file, _, at in self.analysis.text.search(_SENDING):
            declaration = file.declaration_at(at)
            if declaration is None or declaration.kind not in ("func", "method", "var"):
                continue
            info = self.analysis.checker.check(file.unit(declaration))
            if info not in seen:
                seen.add(info)
                yield from (stub for site in info.calls for stub in self.calls(info, site))

    def _holding(self, method: str) -> Iterator[Info]:
        """The functions that hold the method's text, or the name of a constant that does."""
        seen: set[Info] = set()
        text = f'"{method}"'.encode()
        for file, _, at in self.analysis.text.search(re.compile(re.escape(text))):
            declaration = file.declaration_at(at)
            if declaration is None:
                continue
            if declaration.kind != "const":
                infos = [self.analysis.checker.check(file.unit(declaration))]
            else:
                infos = self._readers_of(file.package, declaration.names, method)
            for info in infos:
                if info not in seen:
                    seen.add(info)
                    yield info

    def _readers_of(self, package: Package, names: tuple[str, ...], method: str) -> list[Info]:
        out: list[Info] = []
        for name in names:
            obj = self.analysis.checker.resolver.lookup(package, name)
            if isinstance(obj, t.Const) and self.analysis.checker.declarations.constant(obj).value == method:
                out += [info for info, _ in self.analysis.readers(obj)]
        return out

    # Servers

    def handlers(self, method: str) -> list[Handler]:
        """The handlers of a full method in this program's service descriptions."""
        service = method.rsplit("/", 1)[0].lstrip("/")
        if service not in self._handlers:
            self._handlers[service] = list(self._described(service))
        return [h for h in self._handlers[service] if h.method == method]

    def handled(self, owner: Owner) -> list[Handler]:
        """The full methods that a function is the handler of."""
        if owner not in self._by_func:
            named = self._mentions_in_descriptions(owner) if isinstance(owner, t.Func) else ()
            self._by_func[owner] = [h for h in named if h.owner is owner]
        return self._by_func[owner]

    def _mentions_in_descriptions(self, func: t.Func) -> Iterator[Handler]:
        for file in func.package.files:
            if func.name.encode() not in file.source or b"ServiceDesc" not in file.source:
                continue
            for declaration in file.facts.declarations:
                text = file.source[declaration.start : declaration.end]
                if declaration.kind == "var" and func.name.encode() in text:
                    yield from self._descriptions(self.analysis.checker.check(file.unit(declaration)))

    def every_handler(self) -> Iterator[Handler]:
        """All handlers in this program's service descriptions."""
        seen: set[Info] = set()
        for file, _, at in self.analysis.text.search(re.compile(rb"ServiceName:")):
            declaration = file.declaration_at(at)
            if declaration is not None and declaration.kind in ("var", "func", "method"):
                info = self.analysis.checker.check(file.unit(declaration))
                if info not in seen:
                    seen.add(info)
                    yield from self._descriptions(info)

    def _described(self, service: str) -> Iterator[Handler]:
        text = re.compile(rb'ServiceName:\s*"' + re.escape(service.encode()) + b'"')
        for file, _, at in self.analysis.text.search(text):
            declaration = file.declaration_at(at)
            if declaration is not None and declaration.kind in ("var", "func", "method"):
                for handler in self._descriptions(self.analysis.checker.check(file.unit(declaration))):
                    if handler.method.startswith(f"/{service}/"):
                        yield handler

    def _descriptions(self, info: Info) -> Iterator[Handler]:
        for node, typ in list(info.types.items()):
            if isinstance(node, ast.CompositeLit) and _is_named(typ, "ServiceDesc"):
                yield from self._methods(info, node)

    def _methods(self, info: Info, desc: ast.CompositeLit) -> Iterator[Handler]:
        parts = _keys(desc)
        service = info.text(parts.get("ServiceName"))
        variable = self._variable(info, desc)
        for key, name_key in (("Methods", "MethodName"), ("Streams", "StreamName")):
            rows = parts.get(key)
            for row in rows.elements if isinstance(rows, ast.CompositeLit) else ():
                if not isinstance(row.value, ast.CompositeLit):
                    continue
                entry = _keys(row.value)
                name = info.text(entry.get(name_key))
                handler = entry.get("Handler")
                func = info.uses.get(handler) if handler is not None else None
                if service and name and isinstance(func, t.Func):
                    yield Handler(self.analysis, f"/{service}/{name}", func, info, variable, row.value.pos)

    def _variable(self, info: Info, desc: ast.CompositeLit) -> t.Var | None:
        """The package variable that a description is the value of."""
        for target, sources in info.flows.items():
            if target[0] == "v" and any(s == ("x", info, desc) for s, _ in sources):
                return target[1] if isinstance(target[1], t.Var) else None
        return None

    def registrations(self, handler: Handler) -> list[Registration]:
        """The calls that register an implementation for a handler's service."""
        if handler.variable is None:
            return []
        out: list[Registration] = []
        for info, read in self.analysis.readers(handler.variable):
            for site in info.calls:
                fun = site.node.fun
                if not isinstance(fun, ast.Selector) or fun.sel.name != "RegisterService":
                    continue
                described, *rest = site.node.args
                inner = described.x if isinstance(described, ast.Unary) else described
                if rest and inner is read.node:
                    out.append(Registration(info, site, ("x", info, rest[0])))
        return out

    def implementations(self, handler: Handler) -> list[tuple[CallSite, Target]]:
        """What a handler calls: the methods of the values that are registered for its service."""
        found = self._implementations.get(handler)
        if found is None:
            found = self._implementations[handler] = self._find_implementations(handler)
        return found

    def _find_implementations(self, handler: Handler) -> list[tuple[CallSite, Target]]:
        info = self.analysis.info(handler.owner)
        out: list[tuple[CallSite, Target]] = []
        registrations = self.registrations(handler)
        for site in info.calls:
            if site.kind != "interface" or site.selection is None or not self.calls_implementation(info, site):
                continue
            assert isinstance(site.node.fun, ast.Selector)
            for registration in registrations:
                place = position(registration.info.file, registration.site.node.pos)
                note = Evidence("registered as the service's implementation", place)
                found = self.analysis.flow.methods_reaching(
                    registration.value, site.node.fun.sel.name, site.selection.recv
                )
                out += [
                    (site, Target(x.owner, "registration", x.via, (note, *x.evidence)))
                    for x in found.targets
                    if x.rule == "flow"
                ]
        return out

    def between(self, sent: Stub, client: bool, /) -> list[Evidence]:
        """The interceptors that the program gives to its clients or its servers, each where it is given."""
        if self._between is None:
            self._between = list(dict.fromkeys(self._interceptors()))
        other = "Unary" if is_stream(sent) else "Stream"
        # What is given to a client is a DialOption, and they are all called With….
        fitting = [(name, e) for name, e in self._between if name.startswith("With") is client and other not in name]
        return [evidence for _, evidence in fitting]

    def _interceptors(self) -> Iterator[tuple[str, Evidence]]:
        """Each with the name of the option."""
        for info in self._importing(_OPTIONS):
            for site in info.calls:
                func = site.func
                if func is None or func.package.path != GRPC or func.name not in _OPTIONS:
                    continue
                for arg in site.node.args:
                    note = f"given to {func.name}: {spoken(arg)}"
                    yield func.name, Evidence(note, position(info.file, arg.pos))

    def _importing(self, names: Iterable[str]) -> Iterator[Info]:
        """The functions outside of gRPC that select one of some names, of the files that import it."""
        units: dict[tuple[str, int], Unit] = {}
        for name in names:
            for file, at in self.analysis.text.mentions(name):
                declaration = file.declaration_at(at) if GRPC in file.import_paths else None
                if declaration is not None and declaration.kind in ("func", "method", "var"):
                    units[file.path, declaration.start] = file.unit(declaration)
        for _, unit in sorted(units.items()):
            if not unit.file.package.path.startswith(GRPC):
                yield self.analysis.checker.check(unit)

    def calls_implementation(self, info: Info, site: CallSite) -> bool:
        """Whether a call is on the handler's first parameter, the registered value."""
        recv = site.recv
        while isinstance(recv, ast.TypeAssert):
            recv = recv.x
        used = info.uses.get(recv) if recv is not None else None
        return isinstance(used, t.Var) and used.role == "param" and used.index == 0


def _is_named(typ: t.Type, name: str) -> bool:
    base = t.deref(typ)
    return (
        isinstance(base, t.Named)
        and base.obj.name == name
        and base.obj.package is not None
        and base.obj.package.path == GRPC
    )


def _element(typ: t.Type) -> t.Type:
    return typ.elem if isinstance(typ, t.Slice) else typ


def _keys(lit: ast.CompositeLit) -> dict[str, ast.Expr]:
    return {pair.key.name: pair.value for pair in lit.elements if isinstance(pair.key, ast.Ident)}
