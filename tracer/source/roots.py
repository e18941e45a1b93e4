"""Module path -> the repository that has it: told by the path, or by the page at ``?go-get=1`` (cmd/go/internal/vcs)."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPException
from urllib.parse import urlsplit

from tracer.source.credentials import Credentials
from tracer.source.goenv import Settings
from tracer.source.web import NoneThereError, opened

# The hosts whose paths tell, as vcsPaths has them, and then any path with an element ``….git``.
_KNOWN = (
    ("github.com", re.compile(r"(github\.com/[\w.\-]+/[\w.\-]+)(/[\w.\-]+)*", re.ASCII)),
    ("bitbucket.org", re.compile(r"(bitbucket\.org/[\w.\-]+/[\w.\-]+)(/[\w.\-]+)*", re.ASCII)),
    ("git.apache.org", re.compile(r"(git\.apache\.org/[a-z0-9_.\-]+\.git)(/[\w.\-]+)*", re.ASCII)),
    ("git.openstack.org", re.compile(r"(git\.openstack\.org/[\w.\-]+/[\w.\-]+)(\.git)?(/[\w.\-]+)*", re.ASCII)),
)
_HOST = re.compile(r"[a-z0-9.\-][a-z0-9\-]*\.[a-z0-9.\-]+", re.ASCII)
_ELEMENT = re.compile(r"~?[\w.\-]+", re.ASCII)
_REPOSITORY = re.compile(r"~?[\w.\-]+\.(bzr|fossil|git|hg|svn)", re.ASCII)
_SECURE = ("https", "ssh", "git+ssh")
_MOST = 1 << 20


class UnknownRootError(Exception):
    """Why no repository was found for a path."""


class UnreachableError(Exception):
    """Why the page that would tell it could not be read now."""


@dataclass(frozen=True, slots=True)
class RepoRoot:
    """A repository, or with ``kind`` ``mod`` a module proxy: its address, the path that stands for its root, and where in it modules begin."""

    url: str
    path: str
    kind: str = "git"
    folder: str = ""


@dataclass(slots=True, eq=False)
class Roots:
    """The repositories of module paths, each page read once."""

    settings: Settings
    credentials: Credentials
    _pages: dict[str, tuple[RepoRoot, ...]] = field(default_factory=dict[str, "tuple[RepoRoot, ...]"])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, path: str) -> RepoRoot:
        """The repository of a module (RepoRootForImportPath). Raises UnknownRootError and UnreachableError."""
        found = _told(path) or self._looked_up(path)
        if found.kind not in ("git", "mod"):
            raise UnknownRootError(f"{path} is kept in {found.kind}, and git alone is read")
        if found.kind == "git" and not self.settings.allows_git(found.path):
            raise UnknownRootError(f"GOVCS forbids git for {found.path}")
        scheme = urlsplit(found.url).scheme
        if scheme not in _SECURE and not (scheme in ("http", "git") and self.settings.is_insecure(path)):
            raise UnknownRootError(
                f"{path} is at {found.url[:200]}, which is not secure, and GOINSECURE does not name it"
            )
        return found

    def _looked_up(self, path: str) -> RepoRoot:
        found = _matching(self._page(path), path)
        if found.path != path and found not in self._page(found.path):
            # A page has no say over what is above it, unless the page there agrees.
            raise UnknownRootError(f"the pages of {path} and {found.path} disagree about its repository")
        if found.folder.startswith(("/", "-")):
            raise UnknownRootError(f"the page of {path} names the folder {found.folder[:100]!r}")
        return found

    def _page(self, path: str) -> tuple[RepoRoot, ...]:
        with self._lock:
            if path not in self._pages:
                self._pages[path] = self._read(path)
            return self._pages[path]

    def _read(self, path: str) -> tuple[RepoRoot, ...]:
        host = path.partition("/")[0]
        if "." not in host:
            raise UnknownRootError(f"{path} does not begin with a host")
        is_insecure = self.settings.is_insecure(path)
        why = ""
        for scheme in ("https", "http") if is_insecure else ("https",):
            url = f"{scheme}://{path}{'' if '/' in path else '/'}?go-get=1"
            try:
                with opened(url, self.credentials, is_secure=not is_insecure) as page:
                    text = page.read(_MOST)
            except NoneThereError:
                raise UnknownRootError(f"there is no page {url}") from None
            except (OSError, HTTPException, ValueError) as error:
                why = f"{url}: {error}"
                continue
            found = _imports(text.decode("utf-8", "replace"))
            if not found:
                raise UnknownRootError(f"the page {url} has no go-import meta tag")
            return found
        raise UnreachableError(why)


def _told(path: str) -> RepoRoot | None:
    for host, form in _KNOWN:
        if path == host or path.startswith(f"{host}/"):
            found = form.fullmatch(path)
            if found is None or (found[1].endswith((".git", ".hg", ".svn", ".bzr")) and host != "git.apache.org"):
                raise UnknownRootError(f"{path} is no path of a repository of {host}")
            return RepoRoot(f"https://{found[1]}", found[1])
    host, *elements = path.split("/")
    if not _HOST.fullmatch(host) or not all(map(_ELEMENT.fullmatch, elements)):
        return None
    for count, found in enumerate(map(_REPOSITORY.fullmatch, elements), 1):
        if found is not None:
            root = "/".join((host, *elements[:count]))
            return RepoRoot(f"https://{root}", root, found[1])
    return None


def _matching(rows: tuple[RepoRoot, ...], path: str) -> RepoRoot:
    """The one of a page that is for a path; a proxy's before a repository's (matchGoImport)."""
    fitting = [row for row in rows if path == row.path or path.startswith(f"{row.path}/")]
    best = [row for row in fitting if row.kind == "mod"] or fitting
    if len(best) != 1:
        how_many = "several go-import meta tags" if best else "no go-import meta tag"
        raise UnknownRootError(f"its page has {how_many} for {path}")
    return best[0]


def _imports(text: str) -> tuple[RepoRoot, ...]:
    reader = _Head()
    reader.feed(text)
    return tuple(reader.found)


class _Head(HTMLParser):
    """The go-import meta tags of a page, to the end of its head (parseMetaGoImports)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[RepoRoot] = []
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_over |= tag == "body"
        given = dict(attrs)
        words = (given.get("content") or "").split()
        if not self._is_over and tag == "meta" and given.get("name") == "go-import" and len(words) in (3, 4):
            prefix, kind, url = words[:3]
            self.found.append(RepoRoot(url, prefix.rstrip("/"), kind, words[3] if len(words) == 4 else ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_over |= tag == "head"
