"""A table as a page of a site: what a command lists, in groups, with links to where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.report.text import Phrase

Cell = tuple[Phrase, ...]
"""What stands in a cell, one below the other."""


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` under the table's columns; the first one names the row. ``kind`` is one of the table's, or empty."""

    anchor: str
    kind: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with a heading of their own."""

    heading: Phrase
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The data of the template ``table.html``: ``kinds`` of rows, which the style sheet knows, can be hidden; each has its words."""

    lead: str
    summary: tuple[Phrase, ...]
    kinds: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
