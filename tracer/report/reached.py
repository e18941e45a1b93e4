"""The wires that a trace leads to."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model import Hop, Trace


@dataclass(frozen=True, slots=True)
class Reached:
    """A wire that an entry reaches: the hop over it, by how many hops in all, and the wires that were crossed before."""

    hop: Hop
    count: int
    before: tuple[str, ...]


def reached(trace: Trace) -> tuple[Reached, ...]:
    """Where the chains of a trace leave a program for the last time, in their order."""
    return tuple(
        Reached(chain[-1], len(chain), tuple(hop.edge.wire for hop in chain[:-1] if hop.edge.wire))
        for chain in trace.chains
        if chain and chain[-1].edge.wire
    )
