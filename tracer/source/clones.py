"""Pins -> object stores: clones in the user's cache, or a local clone of the user's."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_cache_path

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.pins import TIES, Progress, has_pin, validate, where
from tracer.source.snapshot import Changes, Snapshot, blob_id, no_git, printable, run_git

# Files that a program is built from, and those that say how.
_BUILT = re.compile(r"\.(?:go|mod|sum|work|c|h|s|S|proto)$|(?:^|/)(?:modules\.txt|Dockerfile[^/]*|Makefile)$")


def cache_dir() -> Path:
    """The folder for clones and facts: ``TRACER_CACHE``, or the user's cache folder. Raises SourceError for that of a user who is not known."""
    given = os.environ.get("TRACER_CACHE")
    return expanded(given, "TRACER_CACHE") if given else user_cache_path("tracer")


def expanded(text: str, where: str) -> Path:
    """A path as somebody gives it, with ``~`` put in. Raises SourceError for one of a user who is not known."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise SourceError(f"{text} is in the home of a user who is not known", where=where) from error


def ensure(pin: Pin, cache: Path, *, offline: bool, progress: Progress | None = None) -> Path:
    """The git directory of a bare, shallow clone that has the pinned commit, fetched if it is not in the cache.

    A clone counts as good only once ``refs/pins/<sha>`` names the commit, which is written after the fetch was
    verified; anything else is fetched again. Raises SourceError naming repository and commit.
    """
    validate(pin)
    if shutil.which("git") is None:
        raise SourceError("there is no git", where=where(pin), hint="install git and have it in PATH")
    directory = (cache / "repositories" / _folder(pin.url)).absolute()
    if has_pin(directory, pin.commit):
        return directory
    if offline:
        raise SourceError(
            "the commit is not in the cache, and --offline forbids fetching it",
            where=where(pin),
            hint="run the same without --offline once, or use a local clone with --source NAME=PATH[@REV]",
        )
    # Imported where it is needed: most runs fetch nothing, and GitPython takes a tenth of the time to start.
    from tracer.source.remotes import fetch

    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        fetch(pin, directory, progress)
    except OSError as error:
        raise _no_room(pin, error) from error
    return directory


def open_local(name: str, path: Path, rev: str | None, url: str, default_commit: str | None) -> Snapshot:
    """The snapshot of a user's own clone: at ``rev``, else at ``default_commit`` if it has it, else at HEAD.

    ``path`` is a work tree's root, a linked work tree's, or a bare repository. ``Snapshot.pin.commit`` tells which
    commit it is. Raises SourceError.
    """
    where = f"--source {name}"
    if not path.exists():
        raise SourceError(f"there is no folder {path}", where=where, hint="give the path of a git clone")
    if rev is not None and (rev.startswith("-") or not rev.isprintable()):
        raise SourceError(f"{rev!r} is not a revision", where=where)
    git_dir = _git_dir(path, where)
    for wanted in (rev,) if rev is not None else (default_commit, "HEAD"):
        sha = _rev_parse(git_dir, wanted) if wanted else None
        if sha is not None:
            # At another commit than the pin's, the pin's URL may not have it: no link is better than a false one.
            return Snapshot(name, url if sha == default_commit or default_commit is None else "", git_dir, sha)
    if rev is None and not _rev_parse(git_dir, "HEAD"):
        raise SourceError(
            "there is no commit at HEAD yet",
            where=str(path),
            hint=f"make one: git -C {path} add -A && git -C {path} commit -m first\nor name one: --source {name}={path}@REV",
        )
    shallow = run_git(git_dir, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    why = ", and it is a shallow clone" if shallow else ""
    raise SourceError(
        f"the clone at {path} has no commit {rev or 'at HEAD'}{why}",
        where=where,
        hint=f"fetch it there (git -C {path} fetch <remote> <commit>), or name another with --source {name}=PATH@REV",
    )


def work_tree_of(folder: Path) -> Path | None:
    """The root of the work tree that a folder stands in; None where it is in none."""
    done = _ask_git(folder, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n"))) if done.returncode == 0 and done.stdout.strip() else None


def has_commit(path: Path, commit: str) -> bool:
    """Whether a local clone has a commit. Raises SourceError for a folder that is none."""
    return _rev_parse(_git_dir(path, str(path)), commit) is not None


def open_tree(name: str, path: Path, url: str) -> Snapshot:
    """The snapshot of a user's own clone as it stands: HEAD, with what its work tree has otherwise.

    That is every change of a tracked file, and of the untracked and not ignored files those that a build reads. A bare
    repository is read at HEAD. Raises SourceError.
    """
    head = open_local(name, path, None, url, None)
    if work_tree_of(path) is None:
        return head
    # No command of the repository's own configuration is run, and its index is left alone.
    options = ("--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain", "-z")
    done = _ask_git(path, *options, "--no-renames", "--untracked-files=all", "--ignore-submodules=all")
    if done.returncode != 0:
        raise SourceError(f"the work tree at {path} cannot be read: {printable(done.stderr)}", where=name)
    rows = [(os.fsdecode(row[3:]), row[:2] == b"??") for row in done.stdout.split(b"\0") if row]
    changes = _changes(path, head, [p for p, is_new in rows if not is_new or _BUILT.search(p)])
    return Snapshot(name, url, _git_dir(path, name), head.pin.commit, changes)


def _changes(root: Path, head: Snapshot, paths: Iterable[str]) -> Changes:
    files: dict[str, bytes] = {}
    links: dict[str, bytes] = {}
    gone = set[str]()
    for path in paths:
        target = root / path
        try:
            if target.is_symlink():
                links[path] = os.fsencode(target.readlink())
            elif target.is_file():
                data = target.read_bytes()
                # What only the index has otherwise is as the commit has it.
                if head.files.get(path) != blob_id(data, head.commit):
                    files[path] = data
            elif not target.is_dir() and path in head.files:
                gone.add(path)
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror or error}", where=str(target)) from error
    return Changes(files, links, frozenset(gone))


def origin_of(name: str, path: Path) -> str:
    """The URL of a local clone's remote ``origin``; empty if it has none. Raises SourceError."""
    done = run_git(_git_dir(path, name), "config", "--get", "remote.origin.url")
    return os.fsdecode(done.stdout.strip())


def _folder(url: str) -> str:
    """The name of a URL's clone: as readable as it can be, and its own."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"))[:60]
    return f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}-{name}.git"


def _no_room(pin: Pin, error: OSError) -> SourceError:
    full = error.errno == errno.ENOSPC
    message = "the disk is full" if full else f"the cache cannot be written: {error.strerror or error}"
    return SourceError(message, where=where(pin), hint="free some room, or name another folder by TRACER_CACHE")


# Local clones


def _git_dir(path: Path, where: str) -> Path:
    """The git directory of a clone; a repository further up is not meant."""
    done = _ask_git(path, "rev-parse", "--absolute-git-dir", GIT_CEILING_DIRECTORIES=str(path.resolve().parent))
    if done.returncode != 0:
        raise SourceError(
            f"{path} is not a git repository ({printable(done.stderr)})",
            where=where,
            hint="give the root of a clone, bare or with a work tree",
        )
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))


def _ask_git(path: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder. The user's configuration applies: it says which folders of other owners are safe."""
    environment = {key: value for key, value in os.environ.items() if key not in TIES} | {"LC_ALL": "C"} | more
    command = ["git", "-C", str(path.resolve()), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=environment)
    except OSError as error:
        raise no_git(error) from error


def _rev_parse(git_dir: Path, rev: str) -> str | None:
    done = run_git(git_dir, "rev-parse", "--verify", "-q", "--end-of-options", f"{rev}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else None
