"""A trace as JSON: documented in docs/json.md and stable."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version

from tracer.model import Edge, Evidence, Hop, Pin, Position, Stop, Symbol, Trace, Unresolved
from tracer.report.links import permalink

SCHEMA = 1
Json = dict[str, object]


def tool_version() -> str:
    """The installed version of tracer."""
    try:
        return version("tracer")
    except PackageNotFoundError:
        return "0.0.0"


def dumps(data: object) -> str:
    """JSON text with a fixed order of keys and two blanks of indent."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def to_json(trace: Trace) -> Json:
    """A trace as plain data."""
    pins = {pin.repository: pin for pin in trace.pins}
    chains = [[hop(h, pins) for h in chain] for chain in trace.chains]
    return {
        "schema": SCHEMA,
        "tool": {"name": "tracer", "version": tool_version()},
        "title": trace.title,
        "entry": symbol(trace.entry, pins),
        "target": symbol(trace.target, pins) if trace.target else None,
        "found": trace.found,
        "hops": chains[0] if len(chains) == 1 else [],
        "chains": chains,
        "stops": [_stop(s, pins) for s in trace.stops],
        "pins": [{"repository": p.repository, "url": p.url, "commit": p.commit} for p in trace.pins],
        "questions": [{"question": q, "answer": a} for q, a in trace.questions],
        "explored": trace.explored,
    }


def hop(h: Hop, pins: dict[str, Pin]) -> Json:
    """One hop as plain data."""
    call = position(h.edge.site, pins)
    assert call is not None
    return {
        "kind": h.edge.kind.value,
        "rule": h.edge.rule,
        "modifiers": [m.value for m in h.edge.modifiers],
        "wire": h.edge.wire or None,
        "from": symbol(h.source, pins),
        "to": symbol(h.target, pins),
        "call": {**call, "code": h.code},
        "evidence": [_evidence(e, pins) for e in h.edge.evidence],
        "ruled_out": [
            {"symbol": r.symbol, "reason": r.reason, "position": position(r.position, pins)} for r in h.edge.ruled_out
        ],
        "notes": [_evidence(e, pins) for e in h.notes],
    }


def symbol(s: Symbol, pins: dict[str, Pin]) -> Json:
    return {
        "name": s.name,
        "kind": s.kind,
        "program": s.program,
        "signature": s.signature,
        "value": s.value,
        "position": position(s.position, pins),
    }


def position(p: Position | None, pins: dict[str, Pin]) -> Json | None:
    if p is None:
        return None
    pin = pins.get(p.repository)
    return {
        "repository": p.repository,
        "path": p.path,
        "line": p.line,
        "column": p.column,
        "permalink": permalink(pin, p) if pin else None,
    }


def _evidence(e: Evidence, pins: dict[str, Pin]) -> Json:
    return {"note": e.note, "position": position(e.position, pins)}


def _stop(s: Stop, pins: dict[str, Pin]) -> Json:
    return {"symbol": symbol(s.symbol, pins), "position": position(s.position, pins), "reason": s.reason}


def edge_row(row: Edge | Unresolved) -> Json:
    """One call for ``tracer edges``: in the terms of x/tools' callgraph, or the reason why it has no callee."""
    place = {"file": row.site.path, "line": row.site.line, "column": row.site.column}
    if isinstance(row, Unresolved):
        return {"caller": row.caller, "callee": None, **place, "kind": "unresolved", "reason": row.reason.value, "detail": row.detail}
    kind = "static" if row.kind.value == "call" else row.kind.value
    return {"caller": row.caller, "callee": row.callee, **place, "kind": kind, "rule": row.rule}


def dumps_line(data: object) -> str:
    """JSON on one line."""
    return json.dumps(data, ensure_ascii=False)
