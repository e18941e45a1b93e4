"""Permalinks: a position at a pinned commit as an address on the web, where the host is one whose form is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from tracer.model import Pin, Position
from tracer.report.text import one_line

_SSH = re.compile(r"(?:ssh://)?(?:[\w.-]+@)([\w.-]+)[:/](?:\d+/)?(.+)")
_WEB = re.compile(r"(?:https?|git)://(?:[^/@]*@)?([\w.-]+)/(.+)")
_NAMES = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)+", re.ASCII)
# A commit, a release of Go or a module's: tags that are never moved.
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}|go1(?:\.\d+)+|(?:[\w.-]+/)*v\d+\.\d+\.\d+[\w.-]*", re.ASCII)

File = tuple[str, str]
"""A file: repository and path."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position as shown: ``text`` is ``path:line``.

    ``url`` is its permalink, None where none can be had; ``page`` is the line in this site's own page of the file. What
    ``is_changed`` stands in a work tree, in a file that the commit has otherwise or not at all.
    """

    repository: str
    text: str
    url: str | None
    page: str = ""
    is_changed: bool = False

    @property
    def href(self) -> str:
        """Where the place leads: this site's page of the file or, without one, the permalink."""
        return self.page or self.url or ""

    @property
    def short(self) -> str:
        """The place without the file's directories."""
        return self.text.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a trace's positions: ``pages`` has the address of a file's own page, seen from ``root``.

    ``led`` gathers the lines of those pages that were linked to: they have to be there for whoever follows.
    """

    pins: Mapping[str, Pin]
    pages: Mapping[File, str] = field(default_factory=dict[File, str])
    root: str = ""
    led: dict[File, set[int]] = field(default_factory=dict[File, set[int]], compare=False, repr=False)

    def beneath(self, root: str) -> Links:
        """The same links as they are written in a page from which ``root`` leads to the site's folder."""
        return replace(self, root=root)

    def page(self, position: Position) -> str:
        """The line in this site's page of the file; empty where the file has none."""
        name = self.pages.get((position.repository, position.path))
        if name is None:
            return ""
        self.led.setdefault((position.repository, position.path), set()).add(position.line)
        return f"{self.root}{name}#L{position.line}"

    def permalink(self, position: Position) -> str | None:
        """The address of a line at its pinned commit, or None if the host's form is not known."""
        pin = self.pins.get(position.repository)
        return permalink(pin, position.path, position.line) if pin is not None else None

    def place(self, position: Position | None) -> Place | None:
        """A position as text and link."""
        if position is None:
            return None
        text = one_line(f"{position.path}:{position.line}")
        pin = self.pins.get(position.repository)
        is_changed = pin is not None and pin.is_changed(position.path)
        return Place(one_line(position.repository), text, self.permalink(position), self.page(position), is_changed)


def permalink(pin: Pin, path: str, line: int) -> str | None:
    """``https://github.com/<owner>/<repo>/blob/<sha>/<path>#L<line>``, or GitLab's form of it."""
    base = _base(pin)
    # The commit has not what is told of a file that was changed since.
    if base is None or pin.is_changed(path):
        return None
    address, folder = base
    return f"{address}{folder}blob/{pin.commit}/{encoded(pin.path_of(path))}#L{line}"


def commit_link(pin: Pin) -> str | None:
    """The address of the tree at the pinned commit."""
    base = _base(pin)
    return f"{base[0]}{base[1]}tree/{pin.commit}" if base is not None else None


def shown_url(url: str) -> str:
    """A pin's URL as it may be shown: without user or password, and empty if it names a place on this machine."""
    found = _split(url)
    if found is None:
        return ""
    scheme = "http" if url.startswith("http://") else "https"
    return one_line(f"{scheme}://{found[0]}/{found[1]}")


def _base(pin: Pin) -> tuple[str, str] | None:
    found = _split(pin.url)
    if found is None or not _COMMIT.fullmatch(pin.commit):
        return None
    host, path = found
    if not _NAMES.fullmatch(path) or ".." in path:
        return None
    if host == "github.com" and path.count("/") == 1:
        return f"https://github.com/{path}", "/"
    if host == "gitlab.com" or host.startswith("gitlab."):
        return f"https://{host}/{path}", "/-/"
    return None


def _split(url: str) -> tuple[str, str] | None:
    """Host and path of a remote URL."""
    found = _WEB.fullmatch(url) or _SSH.fullmatch(url)
    if found is None:
        return None
    path = found[2].rstrip("/").removesuffix(".git")
    return found[1].lower(), path


def encoded(path: str) -> str:
    """A path of a repository as part of an address; undecodable bytes as they were."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    return quote(raw, safe="/")
