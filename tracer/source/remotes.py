"""Remote repositories, by GitPython: a commit of one is fetched, one is asked what it has."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
from collections.abc import Generator
from pathlib import Path

from filelock import FileLock, Timeout

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.pins import TIES, Progress, has_pin, validate, where
from tracer.source.snapshot import printable, run_git

# A machine without git shall get a SourceError when git is needed, not a failed import.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import git
from git.exc import GitCommandError, GitError, UnsafeOptionError, UnsafeProtocolError

_LOCK_SECONDS = 3600
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


def fetch(pin: Pin, directory: Path, progress: Progress | None) -> None:
    """Fetches a pinned commit into a bare, shallow clone, unless another process has done so. Raises SourceError, OSError."""
    watcher = _Watcher(progress)
    try:
        with _locked(directory, watcher):
            if not has_pin(directory, pin.commit):
                _fetch(pin, directory, watcher)
    except Timeout as error:
        raise SourceError("another process has been fetching it for an hour", where=where(pin)) from error


def ask_remote(name: str, url: str, *patterns: str) -> dict[str, str]:
    """What ``git ls-remote`` says of a URL's HEAD, branches and tags, of all or those that fit: ref -> commit.

    What an annotated tag stands for is told beside it, as ``tag^{}``. Raises SourceError, naming the repository as ``name``.
    """
    pin = Pin(name, url, "0" * 40)
    validate(pin)
    command = git.Git()
    if "GIT_TERMINAL_PROMPT" not in os.environ:
        command.update_environment(GIT_TERMINAL_PROMPT="0")
    try:
        with _untied_from_repositories():
            text = str(command.ls_remote("--", url, *patterns))
    except GitCommandError as error:
        raise _failure(pin, _words(error)) from error
    rows = (line.partition("\t") for line in text.splitlines())
    return {ref: commit for commit, tab, ref in rows if tab}


def full_commit(name: str, url: str, short: str, directory: Path, progress: Progress | None) -> str | None:
    """The commit of a URL's branches and tags whose SHA begins with ``short``; None where there is none, or several.

    Servers do not tell: all their commits are fetched, without files where the server can. ``directory`` is a bare
    repository for that. Raises SourceError, OSError.
    """
    refs = ask_remote(name, url)
    named = {commit for commit in refs.values() if commit.startswith(short)}
    if len(named) == 1:
        return named.pop()
    pin, watcher = Pin(name, url, "0" * 40), _Watcher(progress)
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(directory, watcher):
            found = _resolved(directory, short)
            if found is None:
                with _untied_from_repositories(), _repository(pin, directory) as repo:
                    if "GIT_TERMINAL_PROMPT" not in os.environ:
                        repo.git.update_environment(GIT_TERMINAL_PROMPT="0")
                    watcher.say(f"looking for the commit {short}")
                    all_refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
                    _origin(pin, repo).fetch(all_refs, no_tags=True, progress=watcher, filter="tree:0")
                found = _resolved(directory, short)
    except Timeout as error:
        raise SourceError("another process has been fetching it for an hour", where=where(pin)) from error
    except (UnsafeProtocolError, UnsafeOptionError) as error:
        raise SourceError("git refuses this URL as unsafe", where=where(pin)) from error
    except GitCommandError as error:
        raise _failure(pin, _words(error)) from error
    return found


def _resolved(directory: Path, short: str) -> str | None:
    if not (directory / "HEAD").is_file():
        return None
    done = run_git(directory, "rev-parse", "--verify", "-q", f"{short}^{{commit}}")
    return done.stdout.decode().strip() if done.returncode == 0 else None


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
    if not any(name in os.environ for name in TIES):
        yield
        return
    with _untied:
        kept = {name: os.environ.pop(name) for name in TIES if name in os.environ}
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
            raise SourceError("git refuses this URL as unsafe", where=where(pin)) from error
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
            where=where(pin),
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


def _words(error: GitCommandError) -> str:
    text = str(error.stderr).strip().removeprefix("stderr:").strip().strip("'")
    return printable(text.encode("utf-8", "replace"))


def _failure(pin: Pin, words: str) -> SourceError:
    message = next((m for sign, m in _MEANINGS if sign.lower() in words.lower()), "git could not fetch the commit")
    return SourceError(f"{message} (git: {words})", where=where(pin), hint=_INSTEAD)
