"""Further pages of a site, beside those of its traces: what they are called, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracer.model import Pin, Position
from tracer.report.contents import Item
from tracer.report.language import Language
from tracer.report.links import Links
from tracer.report.sources import Mark


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: the ``data`` of its template, its ``items`` in the contents and the search, its ``marks`` in the sources."""

    data: object
    items: tuple[Item, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """A page: ``name`` is its file's name without the ending, ``title`` a message of the catalogs.

    ``show`` gives what it shows, in a language, with the links of the site. ``pins`` are the repositories that it
    speaks of, and the files of ``places`` have pages of their own; those of the site's traces have them anyway. Of the
    images that it tells of, by name, ``images`` has the address.
    """

    name: str
    title: str
    template: str
    show: Callable[[Links, Language], Shown]
    pins: tuple[Pin, ...] = ()
    places: tuple[Position, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict[str, str])
