"""ttrpc in generated code: gRPC's services without HTTP, from a daemon to the processes it starts.

The join key is service and method, written here as gRPC's full method (ttrpc, "PROTOCOL.md": request fields). A client
stub passes both to ``Client.Call``, or to ``NewStream``; a server gives ``RegisterService`` the service's name and a
description, in which a function literal stands for each method; before ttrpc 1.1 ``Register`` took the map itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.codes import Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Literal, Owner, Site, UnitSummary
from tracer.wire.model import Form, Handler, Side
from tracer.wire.reading import Composite, Where, arguments, calling, constants, package_called, parameter_called_on
from tracer.wire.service import Dialect, Service, Standing

_SENDERS = {"Call": Form.UNARY, "NewStream": Form.STREAM}
_REGISTER = frozenset(("RegisterService", "Register"))
_UNARY = frozenset((Form.UNARY,))


def ttrpc(analysis: Analysis) -> Service:
    """The ttrpc side of one program."""
    return Service(analysis, TTRPC)


def _uses_ttrpc(file: File) -> bool:
    return any(_is_ttrpc(path) for path in file.import_paths)


def _is_ttrpc(path: str) -> bool:
    return path.rsplit("/", 1)[-1] == "ttrpc"


_SENDING = calling(_SENDERS, _uses_ttrpc, before=rb"\.")
_REGISTERING = calling(sorted(_REGISTER), _uses_ttrpc, before=rb"\.")


# Clients


def _sending(_: str | None) -> Where:
    """The full method stands nowhere as a whole."""
    return _SENDING


def _sent(site: Site) -> tuple[str, Form] | None:
    if site.name not in _SENDERS or not _is_ttrpc(package_called(site)):
        return None
    named = constants(site)
    return (f"/{named[0]}/{named[1]}", _SENDERS[site.name]) if len(named) >= 2 else None


# Servers


def _describing(_: str | None) -> Where:
    return _REGISTERING


def _described(analysis: Analysis, unit: UnitSummary) -> Iterator[Handler]:
    for site in unit.sites:
        if site.name not in _REGISTER or not _is_ttrpc(package_called(site)):
            continue
        given = arguments(site)
        service = next((value for value in given if isinstance(value, str)), None)
        for value in given:
            if service is not None and isinstance(value, Composite):
                yield from _methods(analysis, service, value)


def _methods(analysis: Analysis, service: str, described: Composite) -> Iterator[Handler]:
    for entry in described.entries:
        value = entry.value
        if entry.name and isinstance(value, Composite):
            # Methods and Streams of a description.
            yield from _methods(analysis, service, value)
            continue
        if isinstance(value, Composite):
            # A stream: what handles it is one of its fields.
            value = value.field("Handler")
        if entry.key is not None and isinstance(value, t.Func | Literal):
            yield Handler(analysis, f"/{service}/{entry.key}", value, entry.place)


def _around(_: Analysis, owner: Owner) -> Iterable[UnitSummary]:
    return (owner.unit,) if isinstance(owner, Literal) else ()


def _calls_registered(site: Site) -> bool:
    """Whether a call is on a parameter of the function that registers, the implementation."""
    param = parameter_called_on(site)
    return param is not None and param.owner is site.unit.func


def _registered(analysis: Analysis, handler: Handler, site: Site) -> Iterator[Target]:
    """The methods of what the function that registers is given."""
    if isinstance(handler.owner, Literal):
        yield from (target for target in analysis.flow.dispatch(site).targets if target.rule is Rule.FLOW)


def _may_register(_: Analysis, handler: Handler) -> bool:
    # Methods that are no literals of the call that registers them are not followed.
    return not isinstance(handler.owner, Literal)


# Interceptors


def _standing(func: t.Func) -> Standing | None:
    if "Interceptor" not in func.name or not _is_ttrpc(func.package.path):
        return None
    return Standing(Side.CLIENT if "Client" in func.name else Side.SERVER, _UNARY)


TTRPC = Dialect(
    "ttrpc",
    sending=_sending,
    describing=_describing,
    intercepting=calling(
        (f"With{chain}Unary{side}Interceptor" for chain in ("", "Chain") for side in ("Server", "Client")), _uses_ttrpc
    ),
    sent=_sent,
    described=_described,
    around=_around,
    calls_registered=_calls_registered,
    registered=_registered,
    may_register=_may_register,
    standing=_standing,
)
