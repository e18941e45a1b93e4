"""Modules at versions: of Go's module cache, of tracer's own, or fetched from proxies and repositories; checked against go.sum.

tracer's cache has the form of the go command's (``go help goproxy``), so it is a proxy as well: ``GOPROXY=file://…``.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
import threading
from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.codes import Lack, Message
from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.goenv import Settings
from tracer.source.modpath import Refused, commit_named
from tracer.source.modtrees import ModuleFolder, ModuleTree, ModuleZip
from tracer.source.modzip import checked, escaped, hashed
from tracer.source.pins import Progress

if TYPE_CHECKING:
    from tracer.source.proxy import Proxies

Sums = Mapping[str, frozenset[str]]
"""What go.sum files have: ``path version`` or ``path version/go.mod`` -> the ``h1:`` hashes."""

_AT_ONCE = 16
_HOSTS = ("github.com", "gitlab.com", "bitbucket.org")
# What may be otherwise the next time, whether or not somebody puts the module into a cache.
_PASSING = (Lack.OFFLINE, Lack.SWITCHED_OFF, Lack.FAILED, Lack.NOT_HERE)
_MAJOR = re.compile(r"/v\d+$")


class ModuleStore:
    """The modules of a session. Close it when done."""

    def __init__(self, settings: Settings, cache: Path, *, offline: bool, progress: Progress | None = None) -> None:
        self.settings = settings
        self.offline = offline
        self._own = cache / "modules"
        self._cache = cache
        self._making = threading.Lock()
        self._proxies: Proxies | None = None
        self._progress = progress
        self._trees: dict[str, ModuleTree | None] = {}
        self._mods: dict[str, bytes | None] = {}
        self._lacks: dict[str, Message] = {}
        self._lock = threading.Lock()
        self._counts = [0, 0]

    def _get(self, path: str, version: str, kind: str, to: Path) -> None:
        # Imported where something is fetched: most answers need nothing that speaks HTTP. Made once for all threads.
        from tracer.source.proxy import proxies

        with self._making:
            if self._proxies is None:
                self._proxies = proxies(self.settings, self._cache, self._progress)
        self._proxies.get(path, version, kind, to)

    def close(self) -> None:
        for tree in self._trees.values():
            if tree is not None:
                tree.close()

    def tree(self, path: str, version: str, sums: Sums) -> ModuleTree | None:
        """The files of a module; None where they cannot be had, ``why`` says why not.

        Raises SourceError for a module that is not what go.sum says, or that the go command would not take.
        """
        name = f"{path}@{version}"
        if name not in self._trees:
            self._trees[name] = self._find(path, version, sums)
        return self._trees[name]

    def requirements(self, path: str, version: str, sums: Sums) -> bytes | None:
        """The go.mod of a module; None where it cannot be had. Raises SourceError, as ``tree`` does."""
        name = f"{path}@{version}"
        if name not in self._mods:
            self._mods[name] = self._find_mod(path, version, sums)
        return self._mods[name]

    def why(self, path: str, version: str) -> Message:
        """Why a module cannot be had."""
        return self._lacks.get(f"{path}@{version}", Message(Lack.OFFLINE))

    def may_have(self, path: str, version: str, why: Message) -> bool:
        """Whether it is worth looking again for a module that was missing, and why it was."""
        if why.code not in _PASSING and why.code not in (Lack.DIRECT, Lack.NO_SUCH_VERSION):
            return False
        if any(at.is_file() for at in self._paths(path, version, "zip")) or self._folder(path, version).is_dir():
            return True
        places = self.settings.places(path)
        return not self.offline and why.code in _PASSING and bool(places) and places[0].address != "off"

    def get_trees(self, modules: Collection[tuple[str, str]], sums: Sums) -> None:
        """Looks for the files of several modules at once."""
        self._at_once(self.tree, [m for m in modules if f"{m[0]}@{m[1]}" not in self._trees], sums)

    def get_requirements(self, modules: Collection[tuple[str, str]], sums: Sums) -> None:
        """Looks for the go.mod of several modules at once."""
        self._at_once(self.requirements, [m for m in modules if f"{m[0]}@{m[1]}" not in self._mods], sums)

    def opened(self, name: str) -> ModuleTree | None:
        """A module that was used, by its name in positions, ``path@version``."""
        return self._trees.get(name)

    def pins(self) -> dict[str, Pin]:
        """What the modules that were used are to those who link to them, by their names in positions."""
        return {name: self._pin(name) for name, tree in self._trees.items() if tree is not None}

    # Files

    def _at_once(
        self, one: Callable[[str, str, Sums], object], modules: Collection[tuple[str, str]], sums: Sums
    ) -> None:
        if not modules:
            return
        self._counts = [0, len(modules)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for done in [pool.submit(one, path, version, sums) for path, version in modules]:
                done.result()

    def _paths(self, path: str, version: str, kind: str) -> tuple[Path, Path]:
        """Where a file of a version is, in Go's cache and in our own."""
        name = f"{escaped(path)}/@v/{escaped(version, is_version=True)}.{kind}"
        return self.settings.module_cache / "cache" / "download" / name, self._own / name

    def _folder(self, path: str, version: str) -> Path:
        return self.settings.module_cache / f"{escaped(path)}@{escaped(version, is_version=True)}"

    def _find(self, path: str, version: str, sums: Sums) -> ModuleTree | None:
        name = f"{path}@{version}"
        theirs, ours = self._paths(path, version, "zip")
        folder = self._folder(path, version)
        if folder.is_dir() and not theirs.with_suffix(".partial").exists():
            self._verify(name, f"{path} {version}", _text(theirs.with_suffix(".ziphash")), sums, str(folder))
            return ModuleFolder(name, folder)
        for at in (theirs, ours):
            if at.is_file():
                kept = _text(at.with_suffix(".ziphash")) or checked(at, name)
                self._verify(name, f"{path} {version}", kept, sums, str(at))
                return ModuleZip(name, at)
        return ModuleZip(name, ours) if self._fetch_zip(path, version, sums, ours) else None

    def _fetch_zip(self, path: str, version: str, sums: Sums, to: Path) -> bool:
        """Fetches a zip; only one that is checked gets its name."""
        name = f"{path}@{version}"
        with _beside(to) as part:
            if not self._fetch(path, version, "zip", part):
                return False
            found = checked(part, name)
            self._verify(name, f"{path} {version}", found, sums, "what was fetched")
            to.with_suffix(".ziphash").write_text(found, "utf-8")
            part.replace(to)
        info = self._paths(path, version, "info")
        if not any(at.is_file() for at in info):
            with contextlib.suppress(Refused, SourceError):
                self._get(path, version, "info", info[1])
        return True

    def _find_mod(self, path: str, version: str, sums: Sums) -> bytes | None:
        name = f"{path}@{version}"
        theirs, ours = self._paths(path, version, "mod")
        for at in (theirs, ours):
            if at.is_file():
                data = at.read_bytes()
                self._verify_mod(name, path, version, data, sums, str(at))
                return data
        with _beside(ours) as part:
            if not self._fetch(path, version, "mod", part):
                return None
            data = part.read_bytes()
            self._verify_mod(name, path, version, data, sums, "what was fetched")
            part.replace(ours)
        return data

    def _fetch(self, path: str, version: str, kind: str, to: Path) -> bool:
        if self.offline:
            self._lacks[f"{path}@{version}"] = Message(Lack.OFFLINE)
            return False
        try:
            self._get(path, version, kind, to)
        except Refused as refused:
            self._lacks[f"{path}@{version}"] = refused.why
            return False
        with self._lock:
            self._counts[0] += 1
            if self._progress is not None:
                self._progress(f"fetched {path} {version}", *self._counts)
        return True

    def _verify_mod(self, name: str, path: str, version: str, data: bytes, sums: Sums, what: str) -> None:
        if f"{path} {version}/go.mod" in sums:
            found = hashed({"go.mod": lambda: io.BytesIO(data)})
            self._verify(f"{name}/go.mod", f"{path} {version}/go.mod", found, sums, what)

    def _verify(self, name: str, line: str, found: str, sums: Sums, what: str) -> None:
        """Raises SourceError where go.sum has another hash."""
        wanted = sums.get(line)
        if wanted and found and found not in wanted:
            raise SourceError(
                f"{what} is not what go.sum says: it is {found}, and go.sum has {', '.join(sorted(wanted))}",
                where=name,
                hint="somebody changed one of them: look which is right, and remove the other",
            )

    # Links

    def _pin(self, name: str) -> Pin:
        path, _, version = name.rpartition("@")
        for at in self._paths(path, version, "info"):
            found = _origin(_text(at))
            if found is not None:
                url, commit, folder = found
                return Pin(name, url, commit, folder)
        parts = path.split("/")
        if parts[0] not in _HOSTS or len(parts) < 3 or _MAJOR.search(path):
            # Whether a major version is a folder or a branch, its path does not tell.
            return Pin(name, "", version, "")
        folder = "/".join(parts[3:])
        tag = version.removesuffix("+incompatible")
        pseudo = commit_named(version)
        commit = pseudo[1] if pseudo is not None else f"{folder}/{tag}" if folder else tag
        return Pin(name, f"https://{'/'.join(parts[:3])}", commit, folder)


def read_sums(text: str) -> dict[str, frozenset[str]]:
    """What a go.sum has (Go reference, "go.sum files")."""
    found: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[2].startswith("h1:"):
            key = f"{words[0]} {words[1]}"
            found[key] = found.get(key, frozenset()) | {words[2]}
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _origin(text: str) -> tuple[str, str, str] | None:
    """Repository, commit and folder of a version, where its .info has them."""
    try:
        origin = json.loads(text)["Origin"]
        url, commit, folder = origin["URL"], origin["Hash"], origin.get("Subdir", "")
    except (ValueError, KeyError, TypeError):
        return None
    return (url, commit, folder) if all(isinstance(x, str) for x in (url, commit, folder)) else None


@contextlib.contextmanager
def _beside(to: Path) -> Generator[Path]:
    """A name beside a file, for what becomes it when it is checked; nothing is left where it does not."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"the cache cannot be written: {error.strerror or error}",
            where=str(to.parent),
            hint="free some room, or name another folder by TRACER_CACHE",
        ) from error
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".") as folder:
        yield Path(folder) / to.name
