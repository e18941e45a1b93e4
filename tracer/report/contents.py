"""What a site holds, as one list: hops, wires, symbols and files. It is a page, and the data of the search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model import Symbol
from tracer.report.language import Language
from tracer.report.links import File, Links
from tracer.report.sources import Told
from tracer.report.text import one_line
from tracer.report.views import Card, PageView
from tracer.report.words import said


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be found: ``name`` is what is typed, ``detail`` tells it from others."""

    kind: str
    name: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The things of a site by kind, each sorted."""

    hops: tuple[Item, ...]
    changes: tuple[Item, ...]
    wires: tuple[Item, ...]
    symbols: tuple[Item, ...]
    files: tuple[Item, ...]


def contents(
    told: Sequence[Told],
    views: Sequence[PageView],
    further: Sequence[Item],
    counts: Mapping[File, int],
    links: Links,
    language: Language,
) -> Contents:
    """Everything that a site has a place for; ``further`` is what its other pages hold, changes and wires.

    ``counts`` are the lines of its files.
    """

    def among(view: PageView) -> str:
        """What tells a trace's hops from those of others."""
        return f" · {view.title}" if len(views) > 1 else ""

    hops = [
        Item("hop", f"{card.number}. {_text(card)}", f"{card.place.short}{among(view)}", f"{one.page}#{card.anchor}")
        for one, view in zip(told, views, strict=True)
        for chain in view.chains
        for card in chain.cards
    ]
    wires = {item for item in further if item.kind == "wire"} | {
        Item("wire", card.wire, f"{card.source.short} → {card.target.short}", f"{one.page}#{card.anchor}")
        for one, view in zip(told, views, strict=True)
        for chain in view.chains
        for card in chain.cards
        if card.wire
    }
    symbols = {item for symbol in _symbols(told) for item in _item(symbol, links)}
    files = [
        Item("file", one_line("/".join(file)), language.plural("{n} line", "{n} lines", counts[file]), name)
        for file, name in links.pages.items()
    ]
    return Contents(
        tuple(dict.fromkeys(hops)),
        tuple(item for item in further if item.kind == "change"),
        tuple(sorted(wires, key=lambda i: (i.name, i.href))),
        tuple(sorted(symbols, key=lambda i: (i.name.lower(), i.name, i.detail, i.href))),
        tuple(sorted(files, key=lambda i: i.name)),
    )


def _text(card: Card) -> str:
    return "".join(piece.text for piece in card.sentence)


def _symbols(told: Sequence[Told]) -> Iterable[Symbol]:
    for one in told:
        for chain in one.trace.chains:
            for hop in chain:
                yield from (hop.source, hop.target)
        for around in one.around:
            for hop in (*around.callers, *around.callees):
                yield from (hop.source, hop.target)


def _item(symbol: Symbol, links: Links) -> Iterable[Item]:
    place = links.place(symbol.position)
    if place is not None and place.href:
        yield Item(symbol.kind, said(symbol), f"{one_line(symbol.name)} · {place.short}", place.href)


def search_script(found: Contents) -> str:
    """The search's data as a script: pages that are opened from disk can load nothing else.

    Only ASCII leaves here, so no text can end the script or hide in it.
    """
    rows = [
        [i.kind, i.name, i.detail, i.href]
        for part in (found.hops, found.changes, found.wires, found.symbols, found.files)
        for i in part
    ]
    # The one file to mail holds this inside its own text, where "</script>" would end it.
    text = json.dumps(rows, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")
    return f"window.tracerContents = {text};\n"
