"""Pins -> object stores: clones in the user's cache, or a local clone of the user's."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Generator
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.snapshot import Snapshot, no_git, printable, run_git

# A machine without git shall get a SourceError when git is needed, not a failed import.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import git
from git.exc import GitCommandError, GitError, UnsafeOptionError, UnsafeProtocolError

Progress = Callable[[str, int, int], None]
"""Called with words, done and total; the total is 0 where it is not known."""

_LOCK_SECONDS = 3600
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What git takes for a remote helper such as ``ext::``; an IPv6 address holds ``::`` as well.
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
# Variables that tie git to one repository, as they are set inside a hook; the user's configuration is none of them.
_TIES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_INSTEAD = (
    "use a local clone with --source NAME=PATH[@REV], only what is in the cache with --offline, or point git elsewhere: "
    "git config --global url.<base>.insteadOf <url>"
)
# Words of git's that mean one thing: (words, what the user is told).
_MEANINGS = (
    ("No space left on device", "the disk is full"),
    ("not our ref", "the repository has no such commit"),
    ("does not appear to be a git repository", "there is no git repository at this URL"),
    ("not found", "there is no git repository at this URL"),
    ("does not exist", "there is no git repository at this URL"),
    ("Could not resolve host", "the network or the server cannot be reached"),
    ("unable to access", "the network or the server cannot be reached"),
    ("Connection", "the network or the server cannot be reached"),
    ("could not read Username", "the server asks for credentials, or there is no repository at this URL"),
    ("Authentication failed", "the server does not accept the credentials"),
    ("Permission denied", "the server does not accept the credentials"),
)
# The server gives branches and tags only, or is a dumb one. ("not our ref" is another thing: it was asked and has none.)
_REFUSALS = ("unadvertised object", "not advertised", "dumb http transport", "not valid")

_untied = threading.RLock()
# GitPython logs git's words as they come; tracer shows them through ``printable``.
logging.getLogger("git").addHandler(logging.NullHandler())


def cache_dir() -> Path:
    """The folder for clones and facts: ``TRACER_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRACER_CACHE")
    return Path(given).expanduser() if given else user_cache_path("tracer")


def ensure(pin: Pin, cache: Path, *, offline: bool, progress: Progress | None = None) -> Path:
    """The git directory of a bare, shallow clone that has the pinned commit, fetched if it is not in the cache.

    A clone counts as good only once ``refs/pins/<sha>`` names the commit, which is written after the fetch was
    verified; anything else is fetched again. Raises SourceError naming repository and commit.
    """
    _validate(pin)
    if shutil.which("git") is None:
        raise SourceError("there is no git", where=_where(pin), hint="install git and have it in PATH")
    directory = (cache / "repositories" / _folder(pin.url)).absolute()
    if _is_good(directory, pin.commit):
        return directory
    if offline:
        raise SourceError(
            "the commit is not in the cache, and --offline forbids fetching it",
            where=_where(pin),
            hint="run `tracer sync` once with a network, or use a local clone with --source NAME=PATH[@REV]",
        )
    watcher = _Watcher(progress)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with _locked(directory, watcher):
            if not _is_good(directory, pin.commit):
                _fetch(pin, directory, watcher)
    except Timeout as error:
        raise SourceError("another process has been fetching it for an hour", where=_where(pin)) from error
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
    shallow = run_git(git_dir, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    why = ", and it is a shallow clone" if shallow else ""
    raise SourceError(
        f"the clone at {path} has no commit {rev or 'at HEAD'}{why}",
        where=where,
        hint=f"fetch it there (git -C {path} fetch <remote> <commit>), or name another with --source {name}=PATH@REV",
    )


# Remotes


def origin_of(name: str, path: Path) -> str:
    """The URL of a local clone's remote ``origin``; empty if it has none. Raises SourceError."""
    done = run_git(_git_dir(path, name), "config", "--get", "remote.origin.url")
    return os.fsdecode(done.stdout.strip())


def ask_remote(name: str, url: str, rev: str) -> str:
    """What ``git ls-remote`` says of a URL's HEAD, branches and tags called ``rev``: ``<commit><tab><ref>`` lines.

    Raises SourceError, naming the repository as ``name``.
    """
    pin = Pin(name, url, "0" * 40)
    _validate(pin)
    command = git.Git()
    if "GIT_TERMINAL_PROMPT" not in os.environ:
        command.update_environment(GIT_TERMINAL_PROMPT="0")
    try:
        with _untied_from_repositories():
            return str(command.ls_remote("--", url, rev, f"{rev}^{{}}"))
    except GitCommandError as error:
        raise _failure(pin, _words(error)) from error


# Pins


def _where(pin: Pin) -> str:
    return f"{pin.repository} ({printable(pin.url.encode('utf-8', 'replace'))}) @ {pin.commit[:12]}"


def _validate(pin: Pin) -> None:
    if not _SHA.fullmatch(pin.commit):
        hint = "give all 40 (or 64) lower-case hex digits: git rev-parse <rev>"
        raise SourceError(f"{pin.commit!r} is not a full commit SHA", where=pin.repository, hint=hint)
    url = pin.url
    if not url.strip() or url.startswith("-") or not url.isprintable() or _HELPER.match(url):
        raise SourceError(f"{url!r} is not a URL that git should be given", where=pin.repository)


def _folder(url: str) -> str:
    """The name of a URL's clone: as readable as it can be, and its own."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"))[:60]
    return f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}-{name}.git"


def _is_good(directory: Path, commit: str) -> bool:
    if not (directory / "HEAD").is_file():
        return False
    done = run_git(directory, "rev-parse", "--verify", "-q", f"refs/pins/{commit}^{{commit}}")
    if done.returncode != 0 or done.stdout.strip() != commit.encode():
        return False
    return run_git(directory, "cat-file", "-e", f"{commit}^{{tree}}").returncode == 0


# Fetching


@contextlib.contextmanager
def _locked(directory: Path, watcher: _Watcher) -> Generator[None]:
    """Only one process at a time fetches into a clone; the system frees the lock of one that dies."""
    lock = FileLock(f"{directory}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        watcher.say("waiting for another process that fetches this repository")
        lock.acquire(timeout=_LOCK_SECONDS)
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _untied_from_repositories() -> Generator[None]:
    """GitPython hands the whole environment to git: takes out of it what names another repository."""
    if not any(name in os.environ for name in _TIES):
        yield
        return
    with _untied:
        kept = {name: os.environ.pop(name) for name in _TIES if name in os.environ}
        try:
            yield
        finally:
            os.environ.update(kept)


def _fetch(pin: Pin, directory: Path, watcher: _Watcher) -> None:
    with _untied_from_repositories(), _repository(pin, directory) as repo:
        if "GIT_TERMINAL_PROMPT" not in os.environ:
            repo.git.update_environment(GIT_TERMINAL_PROMPT="0")
        try:
            _fetch_commit(pin, repo, watcher)
        except (UnsafeProtocolError, UnsafeOptionError) as error:
            raise SourceError("git refuses this URL as unsafe", where=_where(pin)) from error
        except GitCommandError as error:
            raise _failure(pin, _words(error)) from error
        _verify(pin, directory)
        done = run_git(directory, "update-ref", f"refs/pins/{pin.commit}", pin.commit)
        if done.returncode != 0:
            raise _failure(pin, printable(done.stderr))


def _repository(pin: Pin, directory: Path) -> git.Repo:
    """The clone's repository, made, or mended after a run that was killed."""
    _clear_leftovers(directory)
    try:
        return _init(pin, directory)
    except (GitError, ValueError):
        # HEAD or config is damaged, or the other hash: nothing in it can be told from damage.
        shutil.rmtree(directory, ignore_errors=True)
    try:
        return _init(pin, directory)
    except GitCommandError as error:
        raise _failure(pin, _words(error)) from error


def _init(pin: Pin, directory: Path) -> git.Repo:
    """Initialises; what is whole already stays as it is. No template: the user's hooks have no business here."""
    directory.mkdir(exist_ok=True)
    object_format = "sha256" if len(pin.commit) == 64 else "sha1"
    command = git.Git(directory)
    command.update_environment(GIT_DIR=str(directory))
    command.init(bare=True, quiet=True, template="", object_format=object_format)
    repo = git.Repo(directory, expand_vars=False)
    # GitPython expands ``$`` in the folder it runs git in, and runs it in the current one if there is no such folder:
    # what names the repository must not be the folder.
    repo.git.update_environment(GIT_DIR=str(directory))
    return repo


def _fetch_commit(pin: Pin, repo: git.Repo, watcher: _Watcher) -> None:
    # Housekeeping in the background could meet the next run.
    repo.git.config("gc.auto", "0")
    repo.git.config("maintenance.auto", "false")
    remote = _origin(pin, repo)
    try:
        remote.fetch(pin.commit, depth=1, no_tags=True, progress=watcher)
    except GitCommandError as error:
        if not any(words in _words(error) for words in _REFUSALS):
            raise
        watcher.say("the server gives no single commits: fetching all branches and tags, in full")
        cut = Path(repo.git_dir, "shallow").exists()
        refs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
        remote.fetch(refs, no_tags=True, unshallow=cut, progress=watcher)


def _origin(pin: Pin, repo: git.Repo) -> git.Remote:
    if not run_git(Path(repo.git_dir), "config", "--local", "--get", "remote.origin.url").stdout.strip():
        return git.Remote.create(repo, "origin", pin.url)
    return git.Remote(repo, "origin")


def _verify(pin: Pin, directory: Path) -> None:
    """The commit is there, and every object of its tree."""
    if run_git(directory, "cat-file", "-e", f"{pin.commit}^{{commit}}").returncode != 0:
        raise _failure(pin, "not our ref")
    walk = run_git(directory, "rev-list", "--objects", "--quiet", "--max-count=1", pin.commit)
    if walk.returncode != 0:
        raise SourceError(
            f"the fetched commit is incomplete ({printable(walk.stderr)})",
            where=_where(pin),
            hint=f"run again; if that does not help, remove {directory}",
        )


def _clear_leftovers(directory: Path) -> None:
    """What a killed fetch leaves: lock files and half a pack."""
    patterns = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/pack/.tmp-*", "objects/??/tmp_obj_*")
    for pattern in patterns:
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
            words = f"{stage.get(op_code & self.OP_MASK, 'resolving')} {message}"
            self.progress(printable(words.encode(), 80), int(float(cur_count)), int(float(max_count or 0)))


# What went wrong


def _words(error: GitCommandError) -> str:
    text = str(error.stderr).strip().removeprefix("stderr:").strip().strip("'")
    return printable(text.encode("utf-8", "replace"))


def _failure(pin: Pin, words: str) -> SourceError:
    message = next((m for sign, m in _MEANINGS if sign.lower() in words.lower()), "git could not fetch the commit")
    return SourceError(f"{message} (git: {words})", where=_where(pin), hint=_INSTEAD)


def _no_room(pin: Pin, error: OSError) -> SourceError:
    full = error.errno == errno.ENOSPC
    message = "the disk is full" if full else f"the cache cannot be written: {error.strerror or error}"
    return SourceError(message, where=_where(pin), hint="free some room, or name another folder by TRACER_CACHE")


# Local clones


def _git_dir(path: Path, where: str) -> Path:
    """The git directory of a clone; a repository further up is not meant."""
    environment = {key: value for key, value in os.environ.items() if key not in _TIES}
    environment |= {"GIT_CEILING_DIRECTORIES": str(path.resolve().parent), "LC_ALL": "C"}
    command = ["git", "-C", str(path.resolve()), "rev-parse", "--absolute-git-dir"]
    try:
        # The user's configuration applies: it says which folders of other owners are safe.
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=environment)
    except OSError as error:
        raise no_git(error) from error
    if done.returncode != 0:
        raise SourceError(
            f"{path} is not a git repository ({printable(done.stderr)})",
            where=where,
            hint="give the root of a clone, bare or with a work tree",
        )
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))


def _rev_parse(git_dir: Path, rev: str) -> str | None:
    done = run_git(git_dir, "rev-parse", "--verify", "-q", "--end-of-options", f"{rev}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else None
