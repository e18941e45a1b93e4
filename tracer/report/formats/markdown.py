"""A trace as Markdown, for an issue or a document: the chain as a picture and a list, then hop by hop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.model import Trace
from tracer.report.formats import mermaid
from tracer.report.formats.marks import code, fence, folded, link, prose, words
from tracer.report.lines import Read
from tracer.report.links import Place
from tracer.report.snippets import Snippet
from tracer.report.text import plural
from tracer.report.views import Card, Chain, Ends, Fact, Name, PageView, page

CONTEXT = 2
"""Lines of source above and below a call."""
MAX_ITEMS = 15
"""Longer lists are cut, and say so: an issue on GitHub holds 65,536 characters. The JSON has them whole."""


def render(trace: Trace, read: Read) -> str:
    """The text, as GitHub and GitLab read it: folded parts are ``<details>``, the picture is a Mermaid block."""
    return "\n".join(_document(page(trace, read), mermaid.render(trace))) + "\n"


def _document(view: PageView, picture: str) -> Iterator[str]:
    hops = {f"#{card.anchor}": card.place.url for chain in view.chains for card in chain.cards}
    yield from (f"# {prose(view.title)}", "")
    if view.answer:
        yield from (words(view.answer, addresses=hops), "")
    yield from (words(view.sentence), "")
    for question, answer in view.questions:
        yield from (f"**{prose(question) or '…'}** {words(answer, addresses=hops)}", "")
    if view.chains:
        yield from (fence(picture.splitlines(), "mermaid"), "")
    for number, chain in enumerate(view.chains, 1):
        yield from _chain(chain, f" {number}" if len(view.chains) > 1 else "")
    if view.stops:
        yield from ("## Where the search stopped", "")
        items = [f"- {_end(end)}: {_fact(fact)}" for end in view.stops for fact in end.facts]
        yield from folded(plural(view.stop_count, "place"), _cut(items))
        yield ""
    yield from ("## Sources", "")
    for pin in view.pins:
        url = f" {prose(pin.url)}" if pin.url else ""
        yield f"- {prose(pin.repository)}:{url} at {link(code(pin.commit), pin.link)}"
    yield from ("", f"Made by tracer {code(view.version)}, which resolved the calls of {view.explored:,} functions.")


def _end(end: Ends) -> str:
    toward = f" {words(end.toward)}" if end.toward else ""
    return f"{code(end.symbol.full)}{toward}"


def _chain(chain: Chain, number: str) -> Iterator[str]:
    yield from (f"## Chain{number}: {words(chain.heading)}", "")
    program = ""
    for card in chain.cards:
        if card.program != program:
            program = card.program
            yield from ("", f"In {code(program)}:", "")
        # An item of its own number: a program's name between items begins a new list.
        yield f"{card.number}. {_step(card)} ({_place(card.place)})"
    yield ""
    for card in chain.cards:
        yield from _card(card)


def _step(card: Card) -> str:
    return f"{code(card.source.said)} {card.verb} {code(card.target.said)}"


def _card(card: Card) -> Iterator[str]:
    yield from (f"### {card.number}. {_step(card)}", "")
    tags = ", ".join((card.kind_words, *card.modifiers))
    wire = f" {code(card.wire)}" if card.wire else ""
    yield from (f"{tags}{wire}: {words(card.rule_words)}", "")
    yield from _snippet(card.snippet)
    yield f"- From {_name(card.source)}"
    yield f"- To {_name(card.target)}"
    yield f"- Rule: {prose(card.rule)}"
    yield from (f"- Evidence: {_fact(fact)}" for fact in card.evidence)
    yield from (f"- Also to know: {_fact(fact)}" for fact in card.notes)
    yield ""
    if card.definition is not None:
        yield from _snippet(card.definition)
    if card.ruled_out:
        yield from folded(f"Ruled out: {card.ruled_out_count} other", _cut(list(_candidates(card))))
        yield ""


def _candidates(card: Card) -> Iterator[str]:
    for group in card.ruled_out:
        for candidate in group.symbols:
            at = f" ({_place(candidate.place)})" if candidate.place is not None else ""
            yield f"- {code(candidate.text)}: {prose(group.reason)}{at}"


def _cut(items: Sequence[str]) -> Sequence[str]:
    if len(items) <= MAX_ITEMS:
        return items
    return (*items[:MAX_ITEMS], f"- … and {len(items) - MAX_ITEMS:,} more, all of them in the JSON")


def _snippet(snippet: Snippet) -> Iterator[str]:
    called = [line.number for line in snippet.lines if line.called]
    first, last = (called[0] - CONTEXT, called[-1] + CONTEXT) if called else (0, 0)
    lines = [line for line in snippet.lines if first <= line.number <= last]
    yield f"{_place(snippet.place)} in {prose(snippet.place.repository)}"
    yield ""
    if lines:
        language = "go" if snippet.place.text.rpartition(":")[0].endswith(".go") else "text"
        yield fence(["".join(span.text for span in line.spans) for line in lines], language)
    else:
        yield prose(snippet.missing or "no source")
    yield ""


def _name(name: Name) -> str:
    value = f" = {code(name.value)}" if name.value else ""
    signature = f" {code(name.signature)}" if name.signature else ""
    at = f" ({_place(name.place)})" if name.place is not None else ""
    return f"{code(name.full)}{signature}{value}{at}"


def _fact(fact: Fact) -> str:
    at = f" ({_place(fact.place)})" if fact.place is not None else ""
    return f"{prose(fact.text)}{at}"


def _place(place: Place) -> str:
    return link(code(place.text), place.url)
