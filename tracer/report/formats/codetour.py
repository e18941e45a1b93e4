"""A trace as a CodeTour: VS Code walks through the chain, a step a hop, at the pinned commit.

A tour has one ``ref``, that of the repository where the chain begins. Steps in another repository carry their text with
them (``contents``), as the extension's own exported tours do. The extension runs commands from links of a description,
so no text of the source may become one: it looks for ``[…]``, ``>> `` at the start of a line, and code fences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tracer.model import Hop, Pin, Position, Symbol, Trace
from tracer.report.answers import questions
from tracer.report.exports import dumps
from tracer.report.formats.marks import prose, words
from tracer.report.lines import Lines, Read
from tracer.report.links import encoded
from tracer.report.text import Phrase, one_line, visible
from tracer.report.views import Card, Fact, page

SCHEMA = "https://aka.ms/codetour-schema"
MARGIN = 40
"""Lines around the place that a step of another repository carries with it."""
_SAFE_CODE = re.compile(r"[\w .,:;/()*=+\"'-]+")

Step = dict[str, Any]


def render(trace: Trace, read: Read) -> str:
    """The text of the ``.tour`` file."""
    view = page(trace, read)
    home = _home(trace)
    maker = _Maker(home.repository if home is not None else "", Lines(read))
    first = "\n\n".join(_words(one) for one in (view.answer, view.sentence) if one)
    steps = [maker.step(trace.entry.position, view.title, first)]
    for shown, chain in zip(view.chains, trace.chains, strict=True):
        for card, hop in zip(shown.cards, chain, strict=True):
            steps.append(maker.hop(card, hop))
        if chain and chain[-1].target.position is not None:
            steps.append(maker.end(chain[-1].target))
    tour: dict[str, Any] = {"$schema": SCHEMA, "title": view.title}
    told = [view.title, "".join(piece.text for piece in view.answer)]
    told += [f"{one_line(q)} {one_line(a)}" for q, a in questions(trace)]
    tour["description"] = " ".join(filter(None, told))
    if home is not None:
        tour["ref"] = one_line(home.commit)
    return dumps({**tour, "steps": steps}) + "\n"


def _home(trace: Trace) -> Pin | None:
    name = trace.entry.position.repository if trace.entry.position is not None else ""
    return next((pin for pin in trace.pins if pin.repository == name), None)


@dataclass(frozen=True, slots=True)
class _Maker:
    home: str
    lines: Lines

    def hop(self, card: Card, hop: Hop) -> Step:
        title = f"{card.number}. {card.source.said} {card.verb} {card.target.said}"
        parts = [_words(card.rule_words)]
        parts += [f"Wire: {_code(card.wire)}"] if card.wire else []
        parts += [f"Evidence: {_fact(fact)}" for fact in card.evidence]
        parts += [f"Also to know: {_fact(fact)}" for fact in card.notes]
        parts += [f"Ruled out: {card.ruled_out_count}"] if card.ruled_out_count else []
        parts += [f"[The line on the web]({card.place.url})"] if card.place.url is not None else []
        return self.step(hop.edge.site, title, "\n\n".join(parts))

    def end(self, target: Symbol) -> Step:
        value = f" = {target.value}" if target.value is not None else ""
        return self.step(target.position, f"Here: {one_line(target.short + value)}", _code(target.name + value))

    def step(self, position: Position | None, title: str, words: str) -> Step:
        return {**self._place(position), "title": one_line(title), "description": words}

    def _place(self, position: Position | None) -> Step:
        if position is None:
            return {}
        if position.repository == self.home and _inside(position.path):
            return {"file": position.path, "line": position.line}
        # The lines before the window stay empty, so that the numbers are those of the file.
        window = self.lines.window(position, MARGIN, MARGIN)
        if not window:
            return {}
        contents = "\n" * (window[0][0] - 1) + "\n".join(visible(text) for _, text in window) + "\n"
        file = encoded(f"{position.repository}/{position.path}".replace("..", "__").lstrip("/"))
        return {"file": file, "line": position.line, "contents": contents}


def _inside(path: str) -> bool:
    """Whether a path stays below the folder it is joined to."""
    plain = path == visible(path) and "\\" not in path
    return plain and not path.startswith("/") and ".." not in path.split("/") and bool(path)


def _words(sentence: Phrase) -> str:
    return words(sentence, _code)


def _code(text: str) -> str:
    text = one_line(text)
    return f"`{text}`" if _SAFE_CODE.fullmatch(text) else prose(text)


def _fact(fact: Fact) -> str:
    return f"{prose(fact.text)}{f' ({_code(fact.place.text)})' if fact.place is not None else ''}"
