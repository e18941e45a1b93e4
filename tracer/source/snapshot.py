"""The files of one pin, read from the git object store; from a work tree only what its owner asks for as it stands."""

from __future__ import annotations

import functools
import hashlib
import os
import posixpath
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import IO

from tracer.errors import SourceError
from tracer.model import Pin

_LFS = b"version https://git-lfs.github.com/spec/"
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Components that no checkout can have; only a tree that was made by hand names them.
_UNSAFE = re.compile(r"(?:^|/)(?:\.{0,2}|\.git)(?:/|\Z)")
_CREDENTIALS = re.compile(r"(https?://)[^/@\s]+@")
_MAX_LINKS = 40
# One page: a write of this size never waits for the reader, however small the system makes the pipe.
_REQUEST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path of the tree that is reported and not followed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a work tree has other than its commit: the contents of files and of links by path, and what is gone."""

    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    links: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    gone: frozenset[str] = frozenset()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is not as the commit has it."""
        return tuple(sorted({*self.files, *self.links, *self.gone}))


@dataclass(frozen=True, slots=True)
class _Listing:
    """One ``ls-tree``: path -> blob id of files and of links, and the paths that are neither."""

    files: dict[str, str]
    links: dict[str, str]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Directory:
    files: list[str] = field(default_factory=list[str])
    directories: list[str] = field(default_factory=list[str])
    links: list[str] = field(default_factory=list[str])


def git_environment() -> dict[str, str]:
    """The environment for reading objects: nothing of the caller's repository or configuration has a say.

    No protocol is allowed, so that a partial clone cannot reach for the network (git before 2.45 has no
    ``GIT_NO_LAZY_FETCH``).
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def git_command(git_dir: Path, *arguments: str) -> list[str]:
    """The command line that reads the object store at ``git_dir``."""
    options = (f"--git-dir={git_dir}", "--no-replace-objects", "-c", "core.quotePath=false")
    return ["git", *options, *arguments]


def run_git(git_dir: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Runs git on an object store and gives what it said, whatever its exit code; SourceError without a git."""
    try:
        return subprocess.run(
            git_command(git_dir, *arguments),
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=git_environment(),
        )
    except OSError as error:
        raise no_git(error) from error


def no_git(error: OSError) -> SourceError:
    """The error for a git that cannot be started."""
    return SourceError(f"git cannot be run: {error.strerror or error}", hint="install git and have it in PATH")


def blob_id(data: bytes, commit: str) -> str:
    """The id that git gives a content in the repository of a commit (git-hash-object)."""
    algorithm = hashlib.sha256 if len(commit) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest()


class Snapshot:
    """The files of a repository at one commit.

    Paths are relative to the root, with ``/``; undecodable bytes in them are kept as surrogates. Links inside the
    tree are followed, and ``resolve`` gives the real path; what leaves the tree is in ``skipped``. Blobs come from
    one git process that lives until ``close``; several threads may read at once. Whatever looks at the tree raises
    SourceError where the commit is not there.
    """

    def __init__(self, repository: str, url: str, git_dir: Path, commit: str, changes: Changes | None = None) -> None:
        """The tree of ``commit`` (a full SHA) in the object store at ``git_dir``, listed when it is first looked at.

        With ``changes`` it is the tree with those; a blob of them has the id that git would give it.
        """
        self._changes = changes or Changes()
        self.is_head = changes is not None
        texts = {**self._changes.files, **self._changes.links}
        ids = {path: blob_id(data, commit) for path, data in texts.items()}
        self._changed_ids = ids
        self._own = {ids[path]: data for path, data in texts.items()}
        self.pin = Pin(repository, url, commit, changed=tuple((p, ids.get(p, "")) for p in self._changes.paths))
        self._git_dir = git_dir
        self._batch: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()
        if not _SHA.fullmatch(commit):
            raise self._error(f"{commit!r} is not a full commit SHA", "give 40 or 64 lower-case hex digits")

    def verify(self) -> None:
        """Raises SourceError where the tree of the commit cannot be read: a clone may have the one and lack the other."""
        _ = self._listing

    @property
    def name(self) -> str:
        """What the repository is called in positions."""
        return self.pin.repository

    @property
    def commit(self) -> str:
        return self.pin.commit

    @property
    def standing(self) -> str:
        """Which commit it is, and how many files are other than that has them."""
        count = len(self._changes.paths)
        changed = f" + {count} changed file{'s' if count > 1 else ''}" if count else ""
        return f"{'HEAD ' if self.is_head else ''}{self.pin.commit[:7]}{changed}"

    @property
    def files(self) -> Mapping[str, str]:
        """Real path -> blob id, of every regular file, by path."""
        return self._listing.files

    @functools.cached_property
    def links(self) -> Mapping[str, str]:
        """Path of a link -> real path of the file or directory it leads to, of every link that stays in the tree."""
        walked = ((path, self._walk(path)[0]) for path in self._targets)
        return {path: real for path, real in walked if real is not None}

    @functools.cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """What is in the tree and not among ``files`` and ``links``, by path."""
        walked = ((path, *self._walk(path)) for path in self._targets)
        links = (Skipped(path, reason) for path, real, reason in walked if real is None)
        return tuple(sorted((*self._listing.skipped, *links), key=lambda s: s.path))

    def resolve(self, path: str) -> str | None:
        """The real path of a file or directory, links followed at every component; None if there is none."""
        if path in self._listing.files or path in self._directories:
            return path
        return self._walk(path)[0]

    def is_dir(self, path: str) -> bool:
        """Whether ``path`` is a real directory; the root is ``""``."""
        return path in self._directories

    def listdir(self, path: str) -> tuple[str, ...]:
        """The names of the files directly in a real directory, and of links to files; nothing if there is no such directory."""
        entry = self._directories.get(path)
        if entry is None or not entry.links:
            return tuple(entry.files) if entry else ()
        below = f"{path}/" if path else ""
        return (*entry.files, *(name for name in entry.links if self.resolve(below + name) in self._listing.files))

    def subdirs(self, path: str) -> tuple[str, ...]:
        """The names of the real directories directly in a real directory; nothing if there is no such directory."""
        entry = self._directories.get(path)
        return tuple(entry.directories) if entry else ()

    def read(self, path: str) -> bytes:
        """The content of a file; ``path`` may go through links. Raises SourceError if there is no such file."""
        return self._blobs([self._blob_id(path)])[0]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Each of ``paths`` with its content, in order, asked for in batches. Raises SourceError, as ``read`` does.

        Other reads may be mixed in, and the iterator may be left half-way.
        """
        wanted = [(path, self._blob_id(path)) for path in paths]
        size = _REQUEST_BYTES // (len(self.pin.commit) + 1)
        for start in range(0, len(wanted), size):
            part = wanted[start : start + size]
            blobs = self._blobs([blob for _, blob in part])
            for (path, _), data in zip(part, blobs, strict=True):
                yield path, data

    def read_blobs(self, paths: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Each of ``paths`` with its blob id and content; as ``read_many``."""
        for path, data in self.read_many(paths):
            yield path, self._blob_id(path), data

    def close(self) -> None:
        """Ends the git process."""
        with self._lock:
            self._stop()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # The tree

    @functools.cached_property
    def _listing(self) -> _Listing:
        done = run_git(self._git_dir, "ls-tree", "-r", "-z", "--full-tree", self.pin.commit)
        if done.returncode != 0:
            raise self._error(
                "the tree of this commit cannot be read: " + printable(done.stderr),
                "the clone may be partial, shallow or damaged: fetch the commit, or name another with "
                "--source NAME=PATH@REV",
            )
        return self._with_changes(_parse_listing(done.stdout))

    def _with_changes(self, listing: _Listing) -> _Listing:
        changes, other = self._changes, frozenset(self._changes.paths)
        if not other:
            return listing
        rows = [
            {path: blob for path, blob in had.items() if path not in other}
            | {path: self._changed_ids[path] for path in now}
            for had, now in ((listing.files, changes.files), (listing.links, changes.links))
        ]
        files, links = (dict(sorted(row.items())) for row in rows)
        return replace(listing, files=files, links=links)

    @functools.cached_property
    def _directories(self) -> dict[str, _Directory]:
        found = {"": _Directory()}
        for path in self._listing.files:
            _enter(found, posixpath.dirname(path)).files.append(posixpath.basename(path))
        for path in self._listing.links:
            _enter(found, posixpath.dirname(path)).links.append(posixpath.basename(path))
        for path in (s.path for s in self._listing.skipped if not _UNSAFE.search(s.path)):
            _enter(found, posixpath.dirname(path))
        return found

    @functools.cached_property
    def _targets(self) -> dict[str, str]:
        """Path of a link -> what is written in it."""
        blobs = list(self._listing.links.values())
        size = _REQUEST_BYTES // (len(self.pin.commit) + 1)
        texts = [text for start in range(0, len(blobs), size) for text in self._blobs(blobs[start : start + size])]
        return {path: os.fsdecode(text) for path, text in zip(self._listing.links, texts, strict=True)}

    def _walk(self, path: str) -> tuple[str | None, str]:
        """The real path, or None and what a link to it would be called; as the kernel resolves paths."""
        real, followed = "", 0
        pending = _components(path)
        while pending:
            part = pending.pop()
            if real in self._listing.files:
                return None, "a link that dangles"
            if part == ".":
                continue
            if part == "..":
                if not real:
                    return None, "a link that leaves the tree"
                real = posixpath.dirname(real)
                continue
            here = f"{real}/{part}" if real else part
            target = self._targets.get(here)
            if target is not None:
                followed += 1
                if followed > _MAX_LINKS:
                    return None, "a link that loops"
                if target.startswith("/"):
                    return None, "a link that leaves the tree"
                if not target:
                    return None, "a link that dangles"
                pending += _components(target)
            elif here in self._directories or here in self._listing.files:
                real = here
            else:
                return None, "a link that dangles"
        return real, ""

    # Blobs

    def _blob_id(self, path: str) -> str:
        blob = self._listing.files.get(path)
        if blob is None:
            real = self.resolve(path)
            blob = None if real is None else self._listing.files.get(real)
        if blob is None:
            raise self._error(f"there is no file {printable(path.encode('utf-8', 'backslashreplace'))}")
        return blob

    def _blobs(self, blobs: Sequence[str]) -> list[bytes]:
        """The contents of as many blobs as go into one request."""
        if self._own:
            asked = [blob for blob in blobs if blob not in self._own]
            stored = dict(zip(asked, self._stored(asked) if asked else (), strict=True))
            return [self._own[blob] if blob in self._own else stored[blob] for blob in blobs]
        return self._stored(blobs)

    def _stored(self, blobs: Sequence[str]) -> list[bytes]:
        with self._lock:
            try:
                return self._ask(self._running(), blobs)
            except BaseException as error:
                # Whatever came between request and answer, the stream can no longer be trusted.
                self._stop()
                if isinstance(error, OSError):
                    raise self._error(f"git stopped while files were read: {error.strerror or error}") from error
                raise

    def _ask(self, process: subprocess.Popen[bytes], blobs: Sequence[str]) -> list[bytes]:
        if process.stdin is None or process.stdout is None:
            raise BrokenPipeError
        process.stdin.write("".join(f"{blob}\n" for blob in blobs).encode())
        process.stdin.flush()
        return [self._answer(process.stdout, blob) for blob in blobs]

    def _answer(self, out: IO[bytes], blob: str) -> bytes:
        head = out.readline().split()
        if len(head) == 3 and head[1] == b"blob":
            size = int(head[2])
            data = out.read(size + 1)
            if len(data) == size + 1 and data.endswith(b"\n"):
                return data[:-1]
        raise self._error(
            f"the object {blob} is missing from the clone or damaged",
            "the clone is partial or damaged: fetch it in full, or use another with --source NAME=PATH[@REV]",
        )

    def _running(self) -> subprocess.Popen[bytes]:
        # A forked child must not share its parent's pipe.
        if self._batch is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._batch = subprocess.Popen(
                git_command(self._git_dir, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git_environment(),
            )
        return self._batch

    def _stop(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None and self._owner == os.getpid():
            batch.kill()
            batch.communicate()

    def _error(self, message: str, hint: str = "") -> SourceError:
        return SourceError(message, where=f"{self.pin.repository}@{self.pin.commit[:12]}", hint=hint)


def _parse_listing(data: bytes) -> _Listing:
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    skipped: list[Skipped] = []
    for row in data.split(b"\0"):
        if not row:
            continue
        head, _, raw = row.partition(b"\t")
        mode, _, blob = head.decode().split(" ")
        path = os.fsdecode(raw)
        if _UNSAFE.search(path):
            skipped.append(Skipped(path, "a path that no checkout can have"))
        elif mode == "120000":
            links[path] = blob
        elif mode == "160000":
            skipped.append(Skipped(path, "submodule"))
        else:
            files[path] = blob
    return _Listing(dict(sorted(files.items())), dict(sorted(links.items())), tuple(skipped))


def _enter(found: dict[str, _Directory], directory: str) -> _Directory:
    """The entry of a directory; those above it are made known with it."""
    missing: list[str] = []
    while directory not in found:
        missing.append(directory)
        directory = posixpath.dirname(directory)
    entry = found[directory]
    for path in reversed(missing):
        entry.directories.append(posixpath.basename(path))
        entry = found[path] = _Directory()
    return entry


def _components(path: str) -> list[str]:
    """The components of a path, last first; an empty one is ``.``, so that ``a/`` asks for a directory."""
    return [part or "." for part in path.split("/")][::-1]


def classify(data: bytes) -> str | None:
    """What a file is, if it is no text: ``LFS pointer`` or ``binary file``."""
    if data.startswith(_LFS):
        return "LFS pointer"
    return "binary file" if b"\0" in data[:8000] else None


def printable(text: bytes, limit: int = 400) -> str:
    """Git's words for a message: no control characters, no credentials, cut to ``limit`` characters."""
    shown = "".join(c if c.isprintable() else " " for c in text.decode("utf-8", "replace"))
    shown = _CREDENTIALS.sub(r"\1", " ".join(shown.split()))
    return shown if len(shown) <= limit else shown[:limit] + "…"
