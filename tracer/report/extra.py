"""Further pages of a site, beside those of its traces: what they are called, and what they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.model import Pin
from tracer.report.contents import Item
from tracer.report.language import Language
from tracer.report.links import Links


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the ``data`` of its template, and its ``items`` in the contents and the search."""

    data: object
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """A page: ``name`` is its file's name without the ending, ``title`` a message of the catalogs.

    ``show`` gives what it shows, in a language, with the links of the site. ``pins`` are the repositories that it
    speaks of; those of the site's traces are known anyway.
    """

    name: str
    title: str
    template: str
    show: Callable[[Links, Language], Shown]
    pins: tuple[Pin, ...] = ()
