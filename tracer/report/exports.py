"""A trace as stable JSON; every field is described in docs/json.md."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracer.codes import Message, Note
from tracer.diff import Comparison
from tracer.model import (
    Artifact,
    ArtifactStep,
    Beginnings,
    Check,
    ConstantReport,
    Edge,
    EdgeKind,
    Evidence,
    Explanation,
    Hop,
    Modifier,
    Pin,
    Position,
    RuledOut,
    Stop,
    Symbol,
    Trace,
    Unresolved,
    Wanted,
    WireEnd,
    WireRow,
)
from tracer.report.answers import IMAGE, parts
from tracer.report.lines import Lines, Read, no_source
from tracer.report.links import Links, commit_link, shown_url
from tracer.report.reached import reached as wires_of
from tracer.report.snippets import Files, Snippet
from tracer.report.text import Phrase, hidden
from tracer.report.views import Card, page, tool_version
from tracer.sentences import sentence, text

if TYPE_CHECKING:
    from tracer.systems import SystemMap

SCHEMA = "tracer.trace/1"
Json = dict[str, Any]

_BEYOND_ASCII = re.compile(r"[^\n\x20-\x7e]")


def to_json(trace: Trace, source: Files | Read | None = None) -> Json:
    """The trace as plain dictionaries, lists, strings and numbers; with ``source`` also the lines that its page shows."""
    files = source if isinstance(source, Files) else Files(source or no_source)
    made = _Maker(Links({pin.repository: pin for pin in trace.pins}), Lines(files.read), source is not None)
    view = page(trace, files)
    chains = [
        [made.hop(card, hop) for card, hop in zip(shown.cards, chain, strict=True)]
        for shown, chain in zip(view.chains, trace.chains, strict=True)
    ]
    links = made.links
    return {
        "schema": SCHEMA,
        "tool": {"name": "tracer", "version": tool_version()},
        "title": trace.title,
        "answer": _words(view.sentence),
        "title_answer": _answer(trace, trace.answer) if trace.answer else None,
        "entry": _symbol(links, trace.entry),
        "target": _symbol(links, trace.targets[0]) if trace.targets else None,
        "targets": [_symbol(links, target) for target in trace.targets],
        "found": trace.found,
        "hops": chains[0] if trace.targets and trace.branches[0][1] else [],
        "chains": chains,
        "stops": [_stop(links, stop) for stop in dict.fromkeys(trace.stops)],
        "pins": [_pin(pin) for pin in sorted(trace.pins, key=lambda p: (p.repository, p.commit))],
        "explored": trace.explored,
        "questions": [{"question": question} | _answer(trace, answer) for question, answer in trace.questions],
        "wanted": _wanted(trace.wanted),
    }


def _wanted(wanted: Wanted) -> Json:
    kinds = [kind.value for kind in wanted.kinds]
    return {"kinds": kinds, "methods": list(wanted.methods), "depth": wanted.depth, "across": wanted.across}


def reached(trace: Trace) -> Json:
    """The wires that a trace leads to, as ``tracer reach --json`` prints them."""
    links = Links({pin.repository: pin for pin in trace.pins})
    return {
        "schema": "tracer.reach/1",
        "answer": _words(page(trace, no_source).sentence),
        "entry": _symbol(links, trace.entry),
        "wanted": _wanted(trace.wanted),
        "found": trace.found,
        "reached": [
            {
                "wire": one.hop.edge.wire,
                "kind": one.hop.edge.kind.value,
                "from": one.hop.source.program,
                "to": _symbol(links, one.hop.target),
                "call": {**_position(links, one.hop.edge.site), "code": one.hop.code},
                "hops": one.count,
                "before": list(one.before),
            }
            for one in wires_of(trace)
        ],
        "stops": [_stop(links, stop) for stop in dict.fromkeys(trace.stops)],
        "pins": [_pin(pin) for pin in sorted(trace.pins, key=lambda p: (p.repository, p.commit))],
        "explored": trace.explored,
    }


def _answer(trace: Trace, answer: str) -> Json:
    pieces = list(parts(answer, trace))
    named = [name for _, name in pieces if name is not None and not name.startswith(IMAGE)]
    return {
        "answer": "".join(words for words, _ in pieces),
        "symbols": list(dict.fromkeys(named)),
    }


def comparison(found: Comparison) -> Json:
    """A chain at two pins, as ``tracer diff --json`` prints it."""
    old = Links({pin.repository: pin for pin in found.before.pins})
    new = Links({pin.repository: pin for pin in found.after.pins})
    return {
        "schema": "tracer.diff/1",
        "found": [found.before.found, found.after.found],
        "pins": [[_pin(pin) for pin in trace.pins] for trace in (found.before, found.after)],
        "changes": [
            {
                "status": c.status.value,
                "before": _symbol(old, c.before) if c.before is not None else None,
                "after": _symbol(new, c.after) if c.after is not None else None,
                "details": [sentence(detail) for detail in c.details],
                "differences": [_coded(detail) for detail in c.details],
            }
            for c in found.changes
        ],
    }


def symbol(named: Symbol, pins: Mapping[str, Pin]) -> Json:
    """A symbol; its position has a permalink where its repository is among ``pins``."""
    return _symbol(Links(pins), named)


def edge_row(row: Edge | Unresolved) -> Json:
    """One call in the flat form of ``tracer edges``: a resolved one has ``callee``, an unresolved one an empty one and a ``reason``."""
    place = {"file": row.site.path, "line": row.site.line, "column": row.site.column}
    if isinstance(row, Unresolved):
        why = {"text": row.text, "reason": sentence(Message(row.reason)), "detail": sentence(row.detail)}
        return {"caller": row.caller, "callee": "", **place, "kind": "unresolved", **why}
    # x/tools' word for a call whose callee is known without dispatch.
    kind = "static" if row.kind is EdgeKind.CALL else row.kind.value
    why: Json = {"bounded": sentence(row.bounded)} if row.bounded is not None else {}
    if any(e.note is Note.DOES_NOT_RUN for e in row.evidence):
        why["runs"] = False
    return {"caller": row.caller, "callee": row.callee, **place, "kind": kind, "rule": row.rule.value, **why}


def explanation(explained: Explanation) -> Json:
    """How one call was resolved, as ``tracer explain --json`` prints it."""
    links = Links({})
    failure = explained.unresolved
    return {
        "caller": explained.caller,
        "site": _position(links, explained.site),
        "code": explained.code,
        "kind": explained.kind,
        "parts": _facts(links, explained.parts),
        "targets": [
            {"callee": e.callee, "kind": e.kind.value, "rule": e.rule.value, "evidence": _facts(links, e.evidence)}
            for e in explained.edges
        ],
        "ruled_out": [_ruled_out(links, r) for r in _ordered_candidates(explained.ruled_out)],
        "unresolved": _unresolved(failure) if failure is not None else None,
        "bounded": sentence(explained.bounded) if explained.bounded is not None else "",
        **_coded(explained.bounded, "bounded_"),
    }


def wire_row(row: WireRow) -> Json:
    """A full method with its ends, as ``tracer wires --json`` prints it."""
    links = Links({})

    def end(found: WireEnd) -> Json:
        return {
            "program": found.program,
            "symbol": found.symbol,
            "site": _position(links, found.site) if found.site is not None else None,
            "implementation": found.implementation or None,
            "declared": _maybe_position(links, found.declared),
            "fallback": found.fallback,
            "undecided": found.undecided,
        }

    return {
        "method": row.method,
        "protocol": row.protocol,
        "whole": row.whole,
        "stubs": [end(found) for found in row.stubs],
        "servers": [end(found) for found in row.servers],
    }


def beginnings(found: Beginnings, pins: Mapping[str, Pin]) -> Json:
    """Where chains to a symbol begin, as ``tracer callers --transitive --json`` prints it."""
    links = Links(pins)
    return {
        "schema": "tracer.beginnings/1",
        "symbol": _symbol(links, found.symbol),
        "up_to": found.up_to.value,
        "chains": [[_way(links, hop) for hop in chain] for chain in found.chains],
        "unknown": [edge_row(row) for row in found.unknown],
        "cut": sentence(found.cut) if found.cut is not None else None,
        **_coded(found.cut, "cut_"),
    }


def system(found: SystemMap, pins: Mapping[str, Pin]) -> Json:
    """The map of a system, as ``tracer map --format json`` prints it."""
    links = Links(pins)
    return {
        "schema": "tracer.map/1",
        "programs": list(found.programs),
        "between": [
            {
                "from": one.source,
                "to": one.target or None,
                "protocol": one.protocol or None,
                "kind": one.kind.value,
                "service": one.service or None,
                "sent": [
                    {
                        "method": sent.method or None,
                        "certain": sent.certain,
                        "own": sent.own,
                        "call": _position(links, sent.place),
                    }
                    for sent in one.sent
                ],
            }
            for one in found.between
        ],
        "stores": [
            {"program": one.program, "store": one.store, "library": one.library, "use": _position(links, one.place)}
            for one in found.keeps
        ],
    }


def constant(found: ConstantReport, pins: Mapping[str, Pin]) -> Json:
    """What a constant ends up as, as ``tracer constant --json`` prints it."""
    links = Links(pins)
    return {
        "schema": "tracer.constant/1",
        "symbol": _symbol(links, found.symbol),
        "expression": found.expression or None,
        "values": _facts(links, found.values),
        "parts": _facts(links, found.parts),
        "readers": _facts(links, found.readers),
        "goes": _facts(links, found.goes),
        "overrides": _facts(links, found.overrides),
        "chains": [[_way(links, hop) for hop in chain] for chain in found.chains],
        "cut": sentence(found.cut) if found.cut is not None else None,
        **_coded(found.cut, "cut_"),
    }


def _way(links: Links, hop: Hop) -> Json:
    return {
        "kind": hop.edge.kind.value,
        "rule": hop.edge.rule.value,
        "from": _symbol(links, hop.source),
        "to": _symbol(links, hop.target),
        "call": {**_position(links, hop.edge.site), "code": hop.code},
        "wire": hop.edge.wire or None,
    }


def artifact(found: Artifact, pins: Mapping[str, Pin]) -> Json:
    """An image and how it is made, as ``tracer artifact --json`` prints it."""
    links = Links(pins)

    def step(one: ArtifactStep) -> Json:
        return {
            "kind": one.kind.value,
            "text": one.text,
            "note": sentence(one.note) if one.note is not None else None,
            **_coded(one.note),
            "position": _position(links, one.position),
            "steps": [step(inner) for inner in one.steps],
        }

    return {
        "schema": "tracer.artifact/1",
        "name": found.name,
        "steps": [step(one) for one in found.steps],
        "handlers": dict(found.handlers),
    }


def check(found: Check, pins: Mapping[str, Pin]) -> Json:
    """The verdicts on the claims of an investigation, as ``tracer check --json`` prints them."""
    links = Links(pins)
    return {
        "schema": "tracer.check/1",
        "investigation": found.investigation,
        "title": found.title,
        "holds": found.holds,
        "pins": [{"repository": p.repository, "wanted": p.wanted or None, "read": p.read} for p in found.pins],
        "claims": [
            {
                "claim": text(v.claim),
                "about": v.about,
                "holds": v.holds,
                "evidence": _facts(links, v.evidence),
                "broken": sentence(v.broken) if v.broken is not None else None,
                **_coded(v.broken, "broken_"),
                "instead": _facts(links, v.instead),
            }
            for v in found.verdicts
        ],
    }


def dumps(value: Trace | Json | Sequence[Json], read: Read | None = None) -> str:
    """The JSON text of a trace or of what the functions here give: an indent of two blanks, keys in the documented order.

    Letters stand as they are; control and formatting characters are escaped, so the text is safe to print. ``read`` is
    as in ``to_json``.
    """
    return _text(to_json(value, read) if isinstance(value, Trace) else value, indent=2)


def dumps_line(value: Json) -> str:
    """The same on one line."""
    return _text(value, indent=None)


def _text(value: Json | Sequence[Json], *, indent: int | None) -> str:
    return _BEYOND_ASCII.sub(_escaped, json.dumps(value, indent=indent, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if not hidden(char):
        return char
    return json.dumps(char)[1:-1] if ord(char) != 0x7F else "\\u007f"


@dataclass(frozen=True, slots=True)
class _Maker:
    """What the hops of one trace are written with; ``sources`` is whether source was at hand."""

    links: Links
    lines: Lines
    sources: bool

    def hop(self, card: Card, hop: Hop) -> Json:
        edge, links = hop.edge, self.links
        return {
            "number": card.number,
            "kind": edge.kind.value,
            "rule": edge.rule.value,
            "explanation": _words(card.rule_words),
            "modifiers": [m.value for m in Modifier if m in edge.modifiers],
            "from": _symbol(links, hop.source),
            "to": _symbol(links, hop.target),
            "call": {**_position(links, edge.site), "code": hop.code, "snippet": self._snippet(card.snippet)},
            "declaration": self._snippet(card.definition),
            "wire": edge.wire or None,
            "evidence": self._facts(edge.evidence),
            "notes": self._facts(hop.notes),
            "ruled_out": [_ruled_out(links, c) for c in _ordered_candidates(edge.ruled_out)],
        }

    def _snippet(self, shown: Snippet | None) -> Json | None:
        if shown is None or not self.sources:
            return None
        return {
            "first": shown.lines[0].number if shown.lines else None,
            "lines": ["".join(span.text for span in line.spans) for line in shown.lines],
            "called": [line.number for line in shown.lines if line.called],
            "missing": shown.missing or None,
        }

    def _facts(self, evidence: Sequence[Evidence]) -> list[Json]:
        texts = [self.lines.text(e.position) if e.position is not None else None for e in evidence]
        return [{**fact, "line": text} for fact, text in zip(_facts(self.links, evidence), texts, strict=True)]


def _words(sentence: Phrase) -> str:
    return "".join(piece.text for piece in sentence)


def _symbol(links: Links, symbol: Symbol) -> Json:
    return {
        "name": symbol.name,
        "short": symbol.short,
        "kind": symbol.kind,
        "program": symbol.program,
        "signature": symbol.signature,
        "value": symbol.value,
        "position": _maybe_position(links, symbol.position),
    }


def _position(links: Links, position: Position) -> Json:
    return {
        "repository": position.repository,
        "path": position.path,
        "line": position.line,
        "column": position.column,
        "permalink": links.permalink(position),
    }


def _maybe_position(links: Links, position: Position | None) -> Json | None:
    return _position(links, position) if position is not None else None


def _facts(links: Links, evidence: Sequence[Evidence]) -> list[Json]:
    return [
        {"note": sentence(e.message), **_coded(e.message), "position": _maybe_position(links, e.position)}
        for e in evidence
    ]


def _coded(message: Message | None, of: str = "") -> Json:
    """The code and the arguments of a message, with its key before theirs; a message inside of it has its own."""
    if message is None:
        return {f"{of}code": None, f"{of}arguments": []}
    inner = [a if isinstance(a, str) else {"text": sentence(a), **_coded(a)} for a in message.arguments]
    return {f"{of}code": message.code.value, f"{of}arguments": inner}


def _unresolved(failure: Unresolved) -> Json:
    return {
        "reason": sentence(Message(failure.reason)),
        **_coded(Message(failure.reason)),
        "detail": sentence(failure.detail),
        **_coded(failure.detail, "detail_"),
    }


def _ruled_out(links: Links, candidate: RuledOut) -> Json:
    position = _maybe_position(links, candidate.position)
    reason = {"reason": sentence(candidate.message), **_coded(candidate.message)}
    return {"symbol": candidate.symbol, **reason, "position": position}


def _stop(links: Links, stop: Stop) -> Json:
    position = _maybe_position(links, stop.position)
    where = {"symbol": _symbol(links, stop.symbol), "position": position}
    return {**where, "reason": sentence(stop.message), **_coded(stop.message), "toward": stop.toward or None}


def _pin(pin: Pin) -> Json:
    url = shown_url(pin.url) or None
    row: Json = {"repository": pin.repository, "url": url, "commit": pin.commit, "permalink": commit_link(pin)}
    return row | {"changed": [path for path, _ in pin.changed]} if pin.changed else row


def _order(position: Position | None) -> tuple[str, str, int, int]:
    if position is None:
        return "", "", 0, 0
    return position.repository, position.path, position.line, position.column


def _ordered_candidates(candidates: Sequence[RuledOut]) -> list[RuledOut]:
    return sorted(dict.fromkeys(candidates), key=lambda c: (sentence(c.message), c.symbol, _order(c.position)))
