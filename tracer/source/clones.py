"""Pins -> object stores: clones in the user's cache, or a local clone of the user's."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import git
from filelock import FileLock, Timeout
from git.exc import GitCommandError, GitError, UnsafeOptionError, UnsafeProtocolError
from platformdirs import user_cache_path

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.snapshot import Snapshot, git_environment, printable

Progress = Callable[[str, int, int], None]

_SHA = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")
_INSTEAD = (
    "use a local clone with --source NAME=PATH[@REV], only what is in the cache with --offline, or point git elsewhere: "
    'git config --global url."<base>".insteadOf <url>'
)


def cache_dir() -> Path:
    """The folder for clones and facts: ``TRACER_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRACER_CACHE")
    return Path(given) if given else user_cache_path("tracer")


def ensure(pin: Pin, cache: Path, *, offline: bool, progress: Progress | None = None) -> Path:
    """The git directory of a bare clone that has exactly the pinned commit, fetched if it is not in the cache.

    A clone counts as good only once ``refs/pins/<sha>`` names the commit, which is written after the fetch was verified;
    anything else is fetched again. Raises SourceError naming repository and commit.
    """
    _validate(pin)
    name = re.sub(r"[^\w.-]", "_", pin.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"))[:60]
    key = hashlib.sha256(pin.url.encode()).hexdigest()[:16]
    directory = cache / "repositories" / f"{key}-{name}.git"
    if _is_good(directory, pin.commit):
        return directory
    if offline:
        raise SourceError(
            "the commit is not in the cache and --offline forbids to fetch it",
            where=_where(pin),
            hint="run `tracer sync` once with a network, or use a local clone with --source NAME=PATH[@REV]",
        )
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(str(directory) + ".lock", timeout=3600):
            if not _is_good(directory, pin.commit):
                _fetch(pin, directory, progress)
    except Timeout as error:
        raise SourceError("another process has been fetching it for an hour", where=_where(pin)) from error
    except OSError as error:
        raise _no_room(pin, error) from error
    return directory


def _where(pin: Pin) -> str:
    return f"{pin.repository} ({pin.url}) @ {pin.commit[:12]}"


def _no_room(pin: Pin, error: OSError) -> SourceError:
    full = error.errno == errno.ENOSPC
    message = "the disk is full" if full else f"the cache cannot be written: {error.strerror or error}"
    return SourceError(message, where=_where(pin), hint="free some room, or name another folder by TRACER_CACHE")


def _validate(pin: Pin) -> None:
    if not _SHA.match(pin.commit):
        raise SourceError(f"{pin.commit!r} is not a full commit SHA", where=pin.repository, hint="give all 40 digits")
    if pin.url.startswith("-") or "::" in pin.url or not pin.url.strip():
        raise SourceError(f"{pin.url!r} is not a URL that git should be given", where=pin.repository)


def _git_ok(directory: Path, *arguments: str) -> bool:
    command = ["git", f"--git-dir={directory}", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=git_environment()).returncode == 0


def _is_good(directory: Path, commit: str) -> bool:
    if not (directory / "HEAD").is_file():
        return False
    return _git_ok(directory, "rev-parse", "--verify", "-q", f"refs/pins/{commit}^{{tree}}")


def _fetch(pin: Pin, directory: Path, progress: Progress | None) -> None:
    try:
        if (directory / "HEAD").is_file():
            _clear_leftovers(directory)
            repo = git.Repo(directory)
        else:
            shutil.rmtree(directory, ignore_errors=True)
            repo = git.Repo.init(directory, bare=True)
    except GitError:
        shutil.rmtree(directory, ignore_errors=True)
        repo = git.Repo.init(directory, bare=True)
    with repo:
        remote = git.Remote.create(repo, "origin", pin.url) if "origin" not in repo.remotes else repo.remote("origin")
        watcher = _Watcher(progress)
        try:
            remote.fetch(pin.commit, depth=1, no_tags=True, progress=watcher)
        except (UnsafeProtocolError, UnsafeOptionError) as error:
            raise SourceError("git refuses this URL as unsafe", where=_where(pin)) from error
        except GitCommandError as error:
            _fetch_all(pin, remote, watcher, error)
        _verify(pin, directory)
        repo.git.update_ref(f"refs/pins/{pin.commit}", pin.commit)


def _fetch_all(pin: Pin, remote: git.Remote, watcher: _Watcher, first: GitCommandError) -> None:
    """For servers that give no single commit by its SHA: everything, in full."""
    words = printable(str(first.stderr).encode())
    if "not our ref" not in words and "unadvertised" not in words and "not advertised" not in words:
        raise _failure(pin, words) from first
    watcher.say("the server gives no single commits: fetching all branches")
    try:
        remote.fetch("+refs/*:refs/remotes/origin/*", progress=watcher)
    except GitCommandError as error:
        raise _failure(pin, printable(str(error.stderr).encode())) from error


def _failure(pin: Pin, words: str) -> SourceError:
    if "No space left" in words:
        message = "the disk is full"
    elif "does not appear to be a git repository" in words or "not found" in words.lower():
        message = "there is no git repository at this URL"
    elif "Could not resolve host" in words or "unable to access" in words or "Connection" in words:
        message = "the network or the server cannot be reached"
    else:
        message = "git could not fetch the commit"
    return SourceError(f"{message} ({words})", where=_where(pin), hint=_INSTEAD)


def _verify(pin: Pin, directory: Path) -> None:
    """The commit is there, and every object of its tree."""
    if not _git_ok(directory, "cat-file", "-e", f"{pin.commit}^{{commit}}"):
        raise SourceError("the repository has no such commit", where=_where(pin), hint="check the SHA; " + _INSTEAD)
    if not _git_ok(directory, "rev-list", "--objects", "--quiet", "--max-count=1", pin.commit):
        raise SourceError("the fetched commit is incomplete", where=_where(pin), hint="run again: it is fetched anew")


def _clear_leftovers(directory: Path) -> None:
    """What a killed fetch leaves: lock files and half a pack."""
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "shallow.lock"):
        for path in directory.glob(pattern):
            path.unlink(missing_ok=True)


class _Watcher(git.RemoteProgress):
    """Git's progress, handed on as (words, done, total)."""

    def __init__(self, progress: Progress | None) -> None:
        super().__init__()
        self.progress = progress

    def say(self, words: str) -> None:
        if self.progress is not None:
            self.progress(words, 0, 0)

    def update(
        self, op_code: int, cur_count: str | float, max_count: str | float | None = None, message: str = ""
    ) -> None:
        if self.progress is not None:
            stage = {self.COUNTING: "counting", self.COMPRESSING: "compressing", self.RECEIVING: "receiving"}
            words = stage.get(op_code & self.OP_MASK, "resolving")
            self.progress(f"{words} {message}".strip(), int(float(cur_count)), int(float(max_count or 0)))


def open_local(name: str, path: Path, rev: str | None, url: str, commit: str | None) -> Snapshot:
    """The snapshot of a user's own clone: at ``rev``, else at the pinned ``commit`` if it has it, else at HEAD.

    ``Snapshot.pin.commit`` tells which commit it is. Raises SourceError.
    """
    if not path.exists():
        raise SourceError(f"there is no folder {path}", where=f"--source {name}", hint="give the path of a git clone")
    if rev is not None and rev.startswith("-"):
        raise SourceError(f"{rev!r} is not a revision", where=f"--source {name}")
    found = subprocess.run(
        ["git", "-C", str(path), "rev-parse", "--absolute-git-dir"],
        capture_output=True,
        check=False,
        env=git_environment(),
    )
    if found.returncode != 0:
        raise SourceError(
            f"{path} is not a git repository ({printable(found.stderr)})",
            where=f"--source {name}",
            hint="give the path of a clone, bare or with a work tree",
        )
    git_dir = Path(os.fsdecode(found.stdout.rstrip(b"\n")))
    for wanted in (rev,) if rev is not None else (commit, "HEAD"):
        sha = _rev_parse(git_dir, wanted) if wanted is not None else None
        if sha is not None:
            # At another commit than the pin's, the pin's URL may not have it: no link is better than a false one.
            return Snapshot(name, url if sha == commit or commit is None else "", git_dir, sha)
    raise SourceError(
        f"the clone at {path} has no commit {rev or 'at HEAD'}", where=f"--source {name}", hint="fetch it, or give @REV"
    )


def _rev_parse(git_dir: Path, rev: str) -> str | None:
    command = ["git", f"--git-dir={git_dir}", "rev-parse", "--verify", "-q", "--end-of-options", f"{rev}^{{commit}}"]
    done = subprocess.run(command, capture_output=True, check=False, env=git_environment())
    return done.stdout.decode().strip() if done.returncode == 0 else None
