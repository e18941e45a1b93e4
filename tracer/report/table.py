"""A table as a page of a site: what a command lists, with links to where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.report.text import Phrase


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under headings; the template ``table.html`` shows it as the data of an ``Extra``."""

    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Phrase, ...], ...]
