"""gRPC in generated code: which functions call a full method, and what serves it.

The join key is the full method ``/package.Service/Method`` (https://grpc.io, "PROTOCOL-HTTP2": Path). A client stub passes
it to ``Invoke`` or ``NewStream`` of a google.golang.org/grpc connection, or of an interface that one fits, or to the
functions ``Invoke`` and ``NewClientStream`` with the connection as an argument; a server's ``grpc.ServiceDesc`` holds the service's name and,
for each method, its name and handler; ``RegisterService`` binds a value to the description.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tracer.codes import Note, Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Owner, Site, UnitSummary
from tracer.model import Evidence, is_full_method
from tracer.wire.model import Form, Handler, Side
from tracer.wire.reading import (
    Composite,
    Where,
    calling,
    composites,
    constants,
    is_passed,
    naming,
    package_called,
    parameter_called_on,
    passed_with,
    variable_of,
    variables_naming,
)
from tracer.wire.service import Dialect, Service, Standing

_GRPC = "google.golang.org/grpc"
_SENDERS = {"Invoke": Form.UNARY, "NewStream": Form.STREAM, "NewClientStream": Form.STREAM}
_SENDING = calling(_SENDERS)
_DESCRIBING = naming("ServiceName:")
_BOTH = frozenset(Form)
# What a program gives its servers and clients to stand between (google.golang.org/grpc, interceptor.go and options): what is
# given to a client is a DialOption, and they are all called With….
_STANDING = {
    prefix + option: Standing(side, forms)
    for prefix, side in (("", Side.SERVER), ("With", Side.CLIENT))
    for option, forms in (
        ("UnaryInterceptor", frozenset((Form.UNARY,))),
        ("ChainUnaryInterceptor", frozenset((Form.UNARY,))),
        ("StreamInterceptor", frozenset((Form.STREAM,))),
        ("ChainStreamInterceptor", frozenset((Form.STREAM,))),
        ("StatsHandler", _BOTH),
    )
}


def grpc(analysis: Analysis) -> Service:
    """The gRPC side of one program."""
    return Service(analysis, GRPC)


# Clients


def _sending(method: str | None) -> Where:
    return _SENDING if method is None else naming(f'"{method}"')


def _sent(site: Site) -> tuple[str, Form] | None:
    form = _SENDERS.get(site.name)
    if form is None or not _is_grpc(site):
        return None
    method = next((text for text in constants(site) if is_full_method(text)), None)
    return (method, form) if method is not None else None


def _is_grpc(site: Site) -> bool:
    package = package_called(site)
    if package:
        return package == _GRPC
    # An interface of someone's own for connections takes the options of gRPC's calls.
    signature = site.selection.signature if site.selection is not None else None
    if signature is None or not signature.variadic:
        return False
    last = signature.params[-1]
    return _is_named(last.elem if isinstance(last, t.Slice) else last, "CallOption")


# Servers


def _describing(service: str | None) -> Where:
    if service is None:
        return _DESCRIBING
    return replace(_DESCRIBING, beside=f'"{service}"'.encode())


def _described(analysis: Analysis, unit: UnitSummary) -> Iterator[Handler]:
    for description in composites(unit, lambda typ: _is_named(typ, "ServiceDesc")):
        service = description.field("ServiceName")
        variable = variable_of(description)
        for rows, name_of in (("Methods", "MethodName"), ("Streams", "StreamName")):
            listed = description.field(rows)
            for row in listed.entries if isinstance(listed, Composite) else ():
                if isinstance(row.value, Composite):
                    name, func = row.value.field(name_of), row.value.field("Handler")
                    if isinstance(service, str) and isinstance(name, str) and isinstance(func, t.Func):
                        yield Handler(analysis, f"/{service}/{name}", func, row.place, variable)


def _around(analysis: Analysis, owner: Owner) -> Iterable[UnitSummary]:
    return variables_naming(analysis, owner, b"ServiceDesc") if isinstance(owner, t.Func) else ()


def _calls_registered(site: Site) -> bool:
    """Whether a call is on the handler's first parameter, the registered value."""
    param = parameter_called_on(site)
    return param is not None and param.index == 0


def _registered(analysis: Analysis, handler: Handler, site: Site) -> Iterator[Target]:
    """The methods of the values that are registered with the handler's description."""
    if handler.variable is None or site.selection is None:
        return
    for registration, value in passed_with(analysis, handler.variable, "RegisterService"):
        note = Evidence(Note.REGISTERED, (), analysis.place(registration))
        found = analysis.flow.methods_reaching(value, site.name, site.selection.recv)
        for target in found.targets:
            if target.rule is Rule.FLOW:
                yield replace(target, rule=Rule.REGISTRATION, evidence=(note, *target.evidence))


def _may_register(analysis: Analysis, handler: Handler) -> bool:
    return handler.variable is None or is_passed(analysis, handler.variable)


# Interceptors


def _uses_grpc(file: File) -> bool:
    return _GRPC in file.import_paths and not file.package.path.startswith(_GRPC)


def _standing(func: t.Func) -> Standing | None:
    return _STANDING.get(func.name) if func.package.path == _GRPC else None


def _is_named(typ: t.Type, name: str) -> bool:
    base = t.deref(typ)
    if isinstance(base, t.Absent):
        return base.name == f"{_GRPC}.{name}"
    if not isinstance(base, t.Named) or base.obj.package is None:
        return False
    return base.obj.name == name and base.obj.package.path == _GRPC


GRPC = Dialect(
    "gRPC",
    sending=_sending,
    describing=_describing,
    intercepting=calling(_STANDING, _uses_grpc),
    sent=_sent,
    described=_described,
    around=_around,
    calls_registered=_calls_registered,
    registered=_registered,
    may_register=_may_register,
    standing=_standing,
)
