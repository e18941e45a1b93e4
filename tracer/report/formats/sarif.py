"""A trace as SARIF 2.1.0: a result with a codeFlow for each chain, a threadFlow for each program that it runs through.

Places where the search ended are results of the kind ``open``: there was not enough to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from tracer.model import EdgeKind, Hop, Pin, Position, Stop, Symbol, Trace
from tracer.report.answers import questions
from tracer.report.exports import dumps
from tracer.report.lines import Lines, Read
from tracer.report.links import encoded, shown_url
from tracer.report.text import Phrase, one_line, plural, visible
from tracer.report.views import Card, Chain, page
from tracer.report.words import program_name
from tracer.sentences import sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULES = (
    ("chain", "A chain of calls from the entry to the target or to a remote method, every hop proven by a rule."),
    ("stop", "The search ended here, since no rule could decide where the call leads."),
)
_KINDS = {"method": "function", "func": "function", "closure": "function", "const": "variable", "var": "variable"}

Json = dict[str, Any]


def render(trace: Trace, read: Read) -> str:
    """The text of the log file, with one run."""
    view = page(trace, read)
    maker = _Maker(Lines(read), {pin.repository: f"SRC{i}" for i, pin in enumerate(trace.pins)})
    chains = [
        maker.chain(number, trace, shown, hops)
        for number, (shown, hops) in enumerate(zip(view.chains, trace.chains, strict=True), 1)
        if hops
    ]
    properties = {
        "title": view.title,
        "answer": _plain(view.sentence),
        "titleAnswer": _plain(view.answer),
        "found": trace.found,
        "explored": trace.explored,
        "questions": [{"question": one_line(q), "answer": one_line(a)} for q, a in questions(trace)],
    }
    rules = [{"id": name, "shortDescription": {"text": words}} for name, words in _RULES]
    provenance = [_provenance(pin, maker.bases[pin.repository]) for pin in trace.pins if shown_url(pin.url)]
    run: Json = {
        "tool": {"driver": {"name": "tracer", "version": view.version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            maker.bases[pin.repository]: {"description": _message(f"{pin.repository} at {pin.commit}")}
            for pin in trace.pins
        },
        "results": [*chains, *(maker.stop(stop) for stop in dict.fromkeys(trace.stops))],
        "properties": properties,
    }
    if provenance:
        run["versionControlProvenance"] = provenance
    return dumps(_whole({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})) + "\n"


def _whole(value: Json) -> Json:
    """The same without halves of surrogate pairs, which are no text: strict readers refuse them (RFC 8259, section 8.2)."""

    def text(each: object) -> object:
        if isinstance(each, str):
            return each.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(each, dict):
            return _whole(cast("Json", each))
        return [text(x) for x in cast("list[object]", each)] if isinstance(each, list) else each

    return {key: text(each) for key, each in value.items()}


@dataclass(frozen=True, slots=True)
class _Maker:
    lines: Lines
    bases: dict[str, str]

    def chain(self, number: int, trace: Trace, shown: Chain, hops: Sequence[Hop]) -> Json:
        last = hops[-1]
        related = [
            place for card, hop in zip(shown.cards, hops, strict=True) for place in self._related(card.number, hop)
        ]
        title = f"{trace.title} {_plain(shown.heading)}: {plural(len(hops), 'hop')}"
        return {
            "ruleId": "chain",
            "ruleIndex": 0,
            "kind": "informational",
            "level": "none",
            "message": _message(title),
            "locations": [self.location(last.edge.site, last.code)],
            "codeFlows": [{"message": _message(f"Chain {number}"), "threadFlows": self._flows(shown.cards, hops)}],
            "relatedLocations": [{"id": i, **place} for i, place in enumerate(related, 1)],
        }

    def _flows(self, cards: Sequence[Card], hops: Sequence[Hop]) -> list[Json]:
        """The hops by program, in the order in which a program is first entered."""
        flows: dict[str, list[Json]] = {program_name(hops[0].source): [self._step(hops[0].source, 0, "It begins here")]}
        for card, hop in zip(cards, hops, strict=True):
            words = f"{card.number}. {card.source.said} {card.verb} {card.target.said}. {_plain(card.rule_words)}"
            step = {
                "location": self.location(hop.edge.site, words, hop.source, hop.code),
                "kinds": list(
                    dict.fromkeys(("usage" if hop.edge.kind is EdgeKind.READ else "call", hop.edge.kind.value))
                ),
                "nestingLevel": card.number,
                "executionOrder": card.number,
                "importance": "essential" if hop.edge.wire or card.number == len(hops) else "important",
                "properties": {"rule": hop.edge.rule.value, "modifiers": list(card.modifiers), "wire": card.wire},
            }
            flows.setdefault(card.program, []).append(step)
        end = hops[-1].target
        value = f" = {end.value}" if end.value is not None else ""
        flows.setdefault(program_name(end), []).append(self._step(end, len(hops) + 1, f"{end.short}{value}"))
        return [{"id": name, "message": _message(name), "locations": steps} for name, steps in flows.items()]

    def _step(self, symbol: Symbol, order: int, words: str) -> Json:
        return {"location": self.location(symbol.position, words, symbol), "executionOrder": order}

    def _related(self, number: int, hop: Hop) -> Iterable[Json]:
        for word, facts in (("evidence", hop.edge.evidence), ("to know", hop.notes)):
            for fact in dict.fromkeys(facts):
                yield self.location(fact.position, f"Hop {number}, {word}: {sentence(fact.message)}")
        for other in dict.fromkeys(hop.edge.ruled_out):
            yield self.location(other.position, f"Hop {number}, ruled out: {other.symbol}: {sentence(other.message)}")

    def stop(self, stop: Stop) -> Json:
        return {
            "ruleId": "stop",
            "ruleIndex": 1,
            "kind": "open",
            "level": "none",
            "message": _message(f"{stop.symbol.short}: {sentence(stop.message)}"),
            "locations": [self.location(stop.position or stop.symbol.position, "", stop.symbol)],
            "properties": {"toward": one_line(stop.toward)},
        }

    def location(self, at: Position | None, words: str, symbol: Symbol | None = None, code: str = "") -> Json:
        out: Json = {}
        if at is not None:
            region: Json = {"startLine": max(1, at.line)}
            column, text = self.lines.column(at), self.lines.text(at)
            if column is not None:
                region["startColumn"] = column
            shown = text if text is not None else code
            if shown:
                region["snippet"] = {"text": visible(shown)}
            artifact: Json = {"uri": _relative(at.path)}
            if at.repository in self.bases:
                artifact["uriBaseId"] = self.bases[at.repository]
            out["physicalLocation"] = {"artifactLocation": artifact, "region": region}
        if symbol is not None:
            name = {"name": one_line(symbol.short), "fullyQualifiedName": one_line(symbol.name)}
            out["logicalLocations"] = [{**name, "kind": _KINDS.get(symbol.kind, "member")}]
        if words.strip():
            out["message"] = _message(words)
        return out


def _provenance(pin: Pin, base: str) -> Json:
    url = quote(shown_url(pin.url), safe=":/@~.-_%")
    return {"repositoryUri": url, "revisionId": one_line(pin.commit), "mappedTo": {"uriBaseId": base}}


def _relative(path: str) -> str:
    """A path as a reference that no reader can take for an absolute one."""
    text = encoded(path)
    return f"./{text}" if text.startswith("/") or not text else text


def _message(text: str) -> Json:
    """Text in which nothing is a placeholder or a link (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    shown = one_line(text) or "-"
    shown = re.sub(r"[{}]", lambda found: found[0] * 2, shown)
    *parts, last = shown.split("]")
    linked = [*(part.startswith("(") for part in parts[1:]), last.startswith("(")]
    told = [part.replace("[", "\\[") if is_link else part for part, is_link in zip(parts, linked, strict=False)]
    return {"text": "]".join([*told, last])}


def _plain(sentence: Phrase) -> str:
    return "".join(piece.text for piece in sentence)
