"""The call graph around a trace as stable JSON; every field is described in docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.model import Surroundings, Trace
from tracer.report.exports import edge_row
from tracer.report.exports import symbol as symbol_json
from tracer.sentences import sentence


def around_json(trace: Trace, around: Sequence[Surroundings]) -> dict[str, Any]:
    """What stands around a trace, as plain data."""
    pins = {pin.repository: pin for pin in trace.pins}
    rows = [
        {
            "symbol": symbol_json(one.symbol, pins),
            "callers": [edge_row(hop.edge) for hop in one.callers],
            "callees": [edge_row(hop.edge) for hop in one.callees],
            "unresolved": [edge_row(failure) for failure in one.unresolved],
            "everyday": [
                {
                    "code": sentence(e.message),
                    "file": e.position.path,
                    "line": e.position.line,
                    "column": e.position.column,
                }
                for e in one.everyday
                if e.position is not None
            ],
        }
        for one in around
    ]
    return {"around": rows} if rows else {}
