"""The kinds of wires that there are. One more is a module beside these, its name here, and its words in terminal and report."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang.program import Analysis
from tracer.wire.grpc import GRPC, grpc
from tracer.wire.model import Wire
from tracer.wire.process import Process
from tracer.wire.service import Dialect
from tracer.wire.ttrpc import TTRPC, ttrpc

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (GRPC, TTRPC)}
WIRES: tuple[Callable[[Analysis], Wire], ...] = (grpc, ttrpc, Process)


def wires_of(analysis: Analysis) -> tuple[Wire, ...]:
    """Each kind of wire as one program has it."""
    return tuple(wire(analysis) for wire in WIRES)
