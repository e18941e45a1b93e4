"""Modules from their own repositories, as ``direct`` of GOPROXY says: git at a tag or at a commit (cmd/go/internal/modfetch, coderepo.go).

What is made of them is what a proxy would have given, so it has the hash that go.sum has. Of a pseudo-version its commit and that
commit's time must agree; whether the tag that it is built on is an ancestor is left to the go command.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tracer.codes import Lack, Message
from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.clones import ensure
from tracer.source.modpath import Refused, commit_named, directive, is_major, split_major
from tracer.source.packing import pack
from tracer.source.pins import Progress
from tracer.source.roots import RepoRoot, Roots, UnknownRootError, UnreachableError
from tracer.source.snapshot import git_command, git_environment, printable, run_git

# Files are as the commit has them, whatever attributes say of exports and of line ends (codehost/git.go, ReadZip).
_ATTRIBUTES = "* -export-subst -export-ignore\n"
_RAW = ("-c", "core.autocrlf=input", "-c", "core.eol=lf")


@dataclass(frozen=True, slots=True)
class _Place:
    """A module's version in a clone: its commit, the name by which that was found, and its folder."""

    url: str
    git_dir: Path
    commit: str
    ref: str
    folder: str
    mod: bytes | None


@dataclass(slots=True, eq=False)
class Direct:
    """Repositories of modules, cloned into a cache as those of investigations are."""

    roots: Roots
    cache: Path
    progress: Progress | None = None
    _places: dict[tuple[str, str], _Place] = field(default_factory=dict[tuple[str, str], _Place])
    _locks: dict[str, threading.Lock] = field(default_factory=dict[str, threading.Lock])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def root(self, path: str) -> RepoRoot:
        """The repository or proxy that has a module. Raises Refused."""
        try:
            return self.roots.of(path)
        except UnknownRootError as error:
            raise Refused(Message(Lack.DIRECT, (str(error),))) from error
        except UnreachableError as error:
            raise Refused(Message(Lack.FAILED, (f"https://{path}", str(error)[:200]))) from error

    def get(self, root: RepoRoot, path: str, version: str, kind: str, to: Path) -> None:
        """Writes the ``mod``, ``zip`` or ``info`` file of a module's version, as a proxy would give it.

        Raises Refused where the repository does not have it, and SourceError for one that the go command would not take.
        """
        try:
            place = self._place(root, path, version)
        except SourceError as error:
            raise Refused(Message(Lack.FAILED, (root.url, str(error.message)[:200]))) from error
        except OSError as error:
            raise Refused(Message(Lack.FAILED, (root.url, error.strerror or str(error)))) from error
        to.parent.mkdir(parents=True, exist_ok=True)
        if kind == "mod":
            to.write_bytes(place.mod if place.mod is not None else f"module {path}\n".encode())
        elif kind == "info":
            to.write_text(json.dumps(_info(place, version)), "utf-8")
        else:
            self._pack(place, f"{path}@{version}", to)

    def _place(self, root: RepoRoot, path: str, version: str) -> _Place:
        with self._lock:
            lock = self._locks.setdefault(root.url, threading.Lock())
        with lock:
            if (path, version) not in self._places:
                self._places[path, version] = self._find(root, path, version)
            return self._places[path, version]

    def _find(self, root: RepoRoot, path: str, version: str) -> _Place:
        head, major = split_major(path)
        # A page may have told the path with its major version, and in gopkg.in all do.
        head = path if root.path == path else head
        if head != root.path and not head.startswith(f"{root.path}/"):
            raise _none(f"{root.url} is the repository of {root.path}, which cannot have {path}")
        folder = posixpath.join(head[len(root.path) :].strip("/"), root.folder).strip("/")
        pseudo = commit_named(version)
        if pseudo is not None:
            ref, commit = pseudo[1], self._commit_of(root.url, path, pseudo[1])
        else:
            tag = version.removesuffix("+incompatible")
            ref = f"refs/tags/{folder}/{tag}" if folder else f"refs/tags/{tag}"
            commit = self._tagged(root.url, path, ref)
        if commit is None:
            raise _none(f"{root.url} has no {ref.removeprefix('refs/')}")
        git_dir = ensure(Pin(path, root.url, commit), self.cache, offline=False, progress=self.progress)
        if pseudo is not None and _time(git_dir, commit, "%Y%m%d%H%M%S") != pseudo[0]:
            raise _none(f"the commit {commit[:12]} of {root.url} is of another time than {version}")
        at, mod = _directory(git_dir, commit, root, path, folder, major)
        return _Place(root.url, git_dir, commit, ref, at, mod)

    def _tagged(self, url: str, name: str, ref: str) -> str | None:
        # Imported where it is needed, as in ``clones``.
        from tracer.source.remotes import ask_remote

        refs = ask_remote(name, url, ref, f"{ref}^{{}}")
        return refs.get(f"{ref}^{{}}") or refs.get(ref)

    def _commit_of(self, url: str, name: str, short: str) -> str | None:
        from tracer.source.remotes import full_commit

        at = self.cache / "commits" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.git"
        return full_commit(name, url, short, at.absolute(), self.progress)

    def _pack(self, place: _Place, name: str, to: Path) -> None:
        attributes = place.git_dir / "info" / "attributes"
        attributes.parent.mkdir(exist_ok=True)
        attributes.write_text(_ATTRIBUTES, "utf-8")
        command = git_command(place.git_dir, *_RAW, "archive", "--format=tar", place.commit, "--")
        with tempfile.TemporaryFile(dir=to.parent) as archive:
            done = subprocess.run(
                [*command, *([place.folder] if place.folder else [])],
                stdin=subprocess.DEVNULL,
                stdout=archive,
                stderr=subprocess.PIPE,
                check=False,
                env=git_environment(),
            )
            if done.returncode != 0:
                raise SourceError(f"git cannot read the commit: {printable(done.stderr)}", where=name)
            archive.seek(0)
            pack(archive, place.folder, name, _blob(place.git_dir, place.commit, "LICENSE"), to)


def _none(text: str) -> Refused:
    return Refused(Message(Lack.DIRECT, (text,)))


def _blob(git_dir: Path, commit: str, path: str) -> bytes | None:
    done = run_git(git_dir, "cat-file", "blob", f"{commit}:{path}")
    return done.stdout if done.returncode == 0 else None


def _time(git_dir: Path, commit: str, form: str) -> str:
    done = run_git(git_dir, "show", "-s", "--no-show-signature", "--format=%ct", commit)
    return time.strftime(form, time.gmtime(int(done.stdout.split()[-1])))


def _directory(
    git_dir: Path, commit: str, root: RepoRoot, path: str, folder: str, major: str
) -> tuple[str, bytes | None]:
    """The folder of a module and its go.mod: a major version may have a folder of its own (coderepo.go, findDir)."""
    own = _blob(git_dir, commit, posixpath.join(folder, "go.mod"))
    declared = directive(own, "module") if own is not None else ""
    # A path of gopkg.in was once taken as what replaces one without a version (golang.org/issue/34254).
    fits = own is not None and (is_major(declared, major) or (not major and declared.startswith("gopkg.in/")))
    if major.startswith("/") and root.path != path:
        below = posixpath.join(folder, major[1:])
        other = _blob(git_dir, commit, posixpath.join(below, "go.mod"))
        if other is not None and (fits or not is_major(directive(other, "module"), major)):
            which = "both have its major version" if fits else "have another one"
            raise _none(f"{folder or '.'} and {below} of {root.url} {which} at {commit[:12]}")
        if other is not None:
            return below, other
    if fits or (own is None and not folder and not major.startswith("/")):
        # Without a go.mod the root is a module of the first major versions.
        return folder, own
    said = f"its go.mod says {declared!r}" if own is not None else "it has no go.mod"
    raise _none(f"{root.url} has no module {path} in {folder or '.'} at {commit[:12]}: {said}")


def _info(place: _Place, version: str) -> Mapping[str, object]:
    origin = {"VCS": "git", "URL": place.url, "Hash": place.commit, "Subdir": place.folder}
    if place.ref.startswith("refs/"):
        origin["Ref"] = place.ref
    return {
        "Version": version,
        "Time": _time(place.git_dir, place.commit, "%Y-%m-%dT%H:%M:%SZ"),
        "Origin": {key: value for key, value in origin.items() if value},
    }
