"""The kinds of wires that there are. One more is a module beside these, its name here, and its words in terminal and report."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang.program import Analysis
from tracer.wire.grpc import grpc
from tracer.wire.model import Wire
from tracer.wire.process import Process
from tracer.wire.ttrpc import ttrpc

WIRES: tuple[Callable[[Analysis], Wire], ...] = (grpc, ttrpc, Process)


def wires_of(analysis: Analysis) -> tuple[Wire, ...]:
    """Each kind of wire as one program has it."""
    return tuple(wire(analysis) for wire in WIRES)
