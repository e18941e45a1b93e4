"""The files of one pin, read from the git object store; never from a work tree that may have changed."""

from __future__ import annotations

import os
import posixpath
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tracer.errors import SourceError
from tracer.model import Pin

_LFS = b"version https://git-lfs.github.com/spec/"
_MAX_LINKS = 40


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path of the tree that is reported and not followed, and why."""

    path: str
    reason: str


def git_environment() -> dict[str, str]:
    """The environment for reading objects: nothing of the caller's repository or configuration has a say."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


class Snapshot:
    """The files of a repository at one commit.

    Paths are relative to the root, with ``/``; undecodable bytes in them are kept as surrogates. Links inside the tree
    are followed, and ``resolve`` gives the real path; what leaves the tree is in ``skipped``.
    """

    def __init__(self, repository: str, url: str, git_dir: Path, commit: str) -> None:
        """Lists the tree of ``commit`` (a full SHA) in the object store at ``git_dir``; raises SourceError."""
        self.pin = Pin(repository, url, commit)
        self._git = ["git", f"--git-dir={git_dir}"]
        self._files: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._skipped: list[Skipped] = []
        self._dirs: dict[str, list[str]] = {"": []}
        self._batch: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._list()

    @property
    def files(self) -> Mapping[str, str]:
        """Real path -> blob id, of every regular file."""
        return self._files

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return tuple(self._skipped)

    def _list(self) -> None:
        command = [*self._git, "ls-tree", "-r", "-z", "--full-tree", self.pin.commit]
        done = subprocess.run(command, capture_output=True, check=False, env=git_environment())
        if done.returncode != 0:
            raise SourceError(
                "the tree of this commit cannot be read: " + printable(done.stderr),
                where=f"{self.pin.repository}@{self.pin.commit[:12]}",
                hint="the clone may be partial or damaged; fetch the commit, or name another with --source NAME=PATH@REV",
            )
        links: list[tuple[str, str]] = []
        for row in done.stdout.split(b"\0"):
            if not row:
                continue
            head, _, raw = row.partition(b"\t")
            mode, _, oid = head.split(b" ")
            path = os.fsdecode(raw)
            if mode == b"120000":
                links.append((path, oid.decode()))
                self._enter(path)
            elif mode == b"160000":
                self._skipped.append(Skipped(path, "submodule"))
            else:
                self._files[path] = oid.decode()
                self._enter(path).append(posixpath.basename(path))
        for (path, _), target in zip(links, self._blobs([oid for _, oid in links]), strict=True):
            self._targets[path] = os.fsdecode(target)
        for path, _ in links:
            if self.resolve(path) is None:
                self._skipped.append(Skipped(path, "a link that leaves the tree, dangles or loops"))

    def _enter(self, path: str) -> list[str]:
        """Makes the directories above a path known; the files of the nearest one."""
        directory = posixpath.dirname(path)
        found = self._dirs.get(directory)
        if found is None:
            found = self._dirs[directory] = []
            self._enter(directory)
        return found

    def resolve(self, path: str) -> str | None:
        """The real path of a file or directory, links followed at every component; None if there is none."""
        if path in self._files or path in self._dirs:
            return path
        real = ""
        pending = [part for part in path.split("/") if part not in ("", ".")][::-1]
        followed = 0
        while pending:
            part = pending.pop()
            if part == "..":
                if not real:
                    return None
                real = real.rpartition("/")[0]
                continue
            here = f"{real}/{part}" if real else part
            target = self._targets.get(here)
            if target is None:
                if here not in self._dirs and here not in self._files:
                    return None
                real = here
                continue
            followed += 1
            if followed > _MAX_LINKS or target.startswith("/"):
                return None
            pending += [p for p in target.split("/") if p not in ("", ".")][::-1]
        return real

    def is_dir(self, path: str) -> bool:
        return path in self._dirs

    def listdir(self, path: str) -> tuple[str, ...]:
        """The names of the regular files directly in a real directory."""
        return tuple(self._dirs.get(path, ()))

    def read(self, path: str) -> bytes:
        """The content of a file; ``path`` may go through links. Raises SourceError if there is no such file."""
        real = self.resolve(path)
        if real is None or real not in self._files:
            raise SourceError(
                f"there is no file {printable(path.encode('utf-8', 'replace'))}",
                where=f"{self.pin.repository}@{self.pin.commit[:12]}",
            )
        return next(self._blobs([self._files[real]]))

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The contents of many real paths, in order, asked for in one stream."""
        wanted = list(paths)
        yield from zip(wanted, self._blobs([self._files[p] for p in wanted]), strict=True)

    def _blobs(self, oids: list[str]) -> Iterator[bytes]:
        if not oids:
            return
        with self._lock:
            batch = self._process()
            assert batch.stdin is not None
            assert batch.stdout is not None
            # Requests go out in slices that fit a pipe's buffer, so that neither side waits for the other.
            for start in range(0, len(oids), 500):
                part = oids[start : start + 500]
                batch.stdin.write(("\n".join(part) + "\n").encode())
                batch.stdin.flush()
                out: list[bytes] = []
                for oid in part:
                    head = batch.stdout.readline().split()
                    if len(head) != 3:
                        self._stop()
                        raise SourceError(
                            f"the object {oid} is missing from the clone",
                            where=f"{self.pin.repository}@{self.pin.commit[:12]}",
                            hint="the clone is partial or damaged: remove it and run again, or use --source",
                        )
                    out.append(batch.stdout.read(int(head[2])))
                    batch.stdout.read(1)
                yield from out

    def _process(self) -> subprocess.Popen[bytes]:
        if self._batch is None:
            self._batch = subprocess.Popen(
                [*self._git, "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git_environment(),
            )
        return self._batch

    def _stop(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.kill()
            batch.communicate()

    def close(self) -> None:
        with self._lock:
            self._stop()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def classify(data: bytes) -> str | None:
    """What a file is, if it is no text: an LFS pointer or a binary file."""
    if data.startswith(_LFS):
        return "LFS pointer"
    return "binary file" if b"\0" in data[:8000] else None


def printable(text: bytes, limit: int = 400) -> str:
    """Git's words for a message: without control characters, and cut short."""
    shown = "".join(c if c.isprintable() else " " for c in text.decode("utf-8", "replace"))
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[:limit] + "…"
