"""Methods that a server has only because the compiler wants them: they answer that they are not implemented.

protoc-gen-go-grpc makes a type with a method for each of a service's, whose whole body returns an error of the code
``Unimplemented``; a server embeds it, so that it compiles when the service gets a method more (its README, "Future-proofing
services"). It is told by that body and by the embedding, whatever the type is called.
"""

from __future__ import annotations

from tracer.codes import Note
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.evidence import promotion_note
from tracer.golang.program import Analysis
from tracer.model import Evidence
from tracer.wire.reading import only_result

_CODE = "google.golang.org/grpc/codes.Unimplemented"
_ERRORS = frozenset(("google.golang.org/grpc/status.Error", "google.golang.org/grpc/status.Errorf"))


def fallback(analysis: Analysis, target: Target) -> tuple[Evidence, ...]:
    """What shows that a method is such a fallback: its embedding, and its answer. Empty where it is none."""
    func = target.owner
    if not isinstance(func, t.Func) or target.via is None:
        return ()
    selection = t.select(target.via, func.name, None, analysis.checker.signature_of)
    if selection is None or selection.func is not func or not selection.path:
        return ()
    answer = only_result(analysis, func)
    if answer is None:
        return ()
    call, code, place = answer
    known = call.func is not None and call.func.full_name in _ERRORS
    if not known or not isinstance(code, t.Const) or code.full_name != _CODE:
        return ()
    says = Evidence(Note.NOT_IMPLEMENTED, (), place)
    return promotion_note(target.via, func.name, selection.path[-1]), says
