"""Clones of real remotes: whole, killed half-way, unreachable, and local ones."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracer
from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.clones import cache_dir, ensure, open_local
from tracer.source.snapshot import Snapshot

IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}
ROOT = str(Path(tracer.__file__).resolve().parents[1])
ENSURE = """
import sys
from pathlib import Path
from tracer.model import Pin
from tracer.source.clones import ensure
ensure(Pin("r", sys.argv[1], sys.argv[2]), Path(sys.argv[3]), offline=False)
"""


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_") and name != "GIT_PYTHON_REFRESH"]:
        monkeypatch.delenv(name)
    (tmp_path / "gitconfig").write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(autouse=True)
def _decoy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _own_configuration: None) -> Iterator[None]:
    """The current folder is a repository of the user's, in which no test may leave a trace."""
    decoy = tmp_path / "decoy"
    decoy.mkdir()
    git(decoy, "init", "-q", "--template=")
    monkeypatch.chdir(decoy)
    before = {path: path.read_bytes() for path in decoy.rglob("*") if path.is_file()}
    yield
    assert {path: path.read_bytes() for path in decoy.rglob("*") if path.is_file()} == before


def configure(tmp_path: Path, text: str) -> None:
    (tmp_path / "gitconfig").write_text(text)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | IDENTITY)
    return done.stdout.strip()


def commit(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", name)
    return git(folder, "rev-parse", "HEAD")


def remote(folder: Path, *, object_format: str = "sha1") -> Pin:
    """A bare repository of three commits, of which the second is pinned, and its work tree beside it."""
    work = folder.with_name(folder.stem + "-work")
    work.mkdir(parents=True)
    git(work, "init", "-q", "-b", "main", "--template=", f"--object-format={object_format}")
    commit(work, "one", b"1")
    sha = commit(work, "two", b"2")
    commit(work, "three", b"3")
    git(folder.parent, "clone", "-q", "--bare", str(work), str(folder))
    return Pin("r", folder.as_uri(), sha)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Pin:
    """A repository whose pack comes in more than one piece: 309 files, 2 MB."""
    folder = tmp_path_factory.mktemp("large")
    git(folder, "init", "-q", "-b", "main", "--template=")
    (folder / "d").mkdir()
    for i in range(300):
        (folder / "d" / f"{i}").write_text(f"{i}\n" * 500)
    for i in range(8):
        (folder / f"random{i}").write_bytes(os.urandom(250_000))
    return Pin("r", folder.as_uri(), commit(folder, "last", b""))


def contents(pin: Pin, directory: Path) -> dict[str, bytes]:
    with Snapshot(pin.repository, pin.url, directory, pin.commit) as files:
        return dict(files.read_many(files.files))


def failure(pin: Pin, cache: Path, *, offline: bool = False) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ensure(pin, cache, offline=offline)
    assert caught.value.where.startswith("r")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 600
    assert caught.value.exit_code == 3
    return caught.value


# Fetching


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_clone_is_bare_shallow_and_has_the_commit(tmp_path: Path, object_format: str) -> None:
    pin = remote(tmp_path / "r.git", object_format=object_format)
    seen: list[tuple[str, int, int]] = []
    directory = ensure(pin, tmp_path / "c", offline=False, progress=lambda *row: seen.append(row))
    assert directory.parent == tmp_path / "c" / "repositories"
    assert directory.name.endswith("-r.git")
    assert len(directory.name) == 16 + len("-r.git")
    assert git(directory, "rev-parse", "--is-bare-repository") == "true"
    assert git(directory, "rev-list", "--count", pin.commit) == "1"
    assert git(directory, "for-each-ref", "--format=%(refname)") == f"refs/pins/{pin.commit}"
    assert contents(pin, directory) == {"one": b"1", "two": b"2"}
    assert seen
    assert ensure(pin, tmp_path / "c", offline=True, progress=None) == directory


def test_two_pins_of_one_repository_share_a_clone(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    other = Pin("r", pin.url, git(tmp_path / "r.git", "rev-parse", "main"))
    directory = ensure(pin, tmp_path / "c", offline=False)
    assert ensure(other, tmp_path / "c", offline=False) == directory
    assert set(contents(other, directory)) == {"one", "two", "three"}
    assert set(contents(pin, directory)) == {"one", "two"}


def test_a_second_run_asks_nobody(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    directory = ensure(pin, tmp_path / "c", offline=False)
    shutil.rmtree(tmp_path / "r.git")
    assert ensure(pin, tmp_path / "c", offline=False) == directory


def test_instead_of_is_honoured(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    configure(tmp_path, f'[url "{tmp_path.as_uri()}/"]\n\tinsteadOf = https://git.invalid/\n')
    asked = Pin("r", "https://git.invalid/r.git", pin.commit)
    assert set(contents(asked, ensure(asked, tmp_path / "c", offline=False))) == {"one", "two"}


def test_a_server_that_gives_only_branches_and_tags(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    git(tmp_path / "r.git", "tag", "three")
    git(tmp_path / "r.git", "update-ref", "refs/pull/1/head", "main")
    configure(tmp_path, "[protocol]\n\tversion = 0\n")
    words: list[str] = []
    directory = ensure(pin, tmp_path / "c", offline=False, progress=lambda w, *_: words.append(w))
    assert any("all branches and tags" in w for w in words)
    assert set(contents(pin, directory)) == {"one", "two"}
    assert "pull" not in git(directory, "for-each-ref")
    unknown = failure(Pin("r", pin.url, "1" * 40), tmp_path / "c")
    assert "no such commit" in unknown.message


def test_such_a_server_after_a_shallow_fetch(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    tip = Pin("r", pin.url, git(tmp_path / "r.git", "rev-parse", "main"))
    configure(tmp_path, "[protocol]\n\tversion = 0\n")
    ensure(tip, tmp_path / "c", offline=False)
    assert set(contents(pin, ensure(pin, tmp_path / "c", offline=False))) == {"one", "two"}


def test_an_unknown_commit_does_not_fetch_everything(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    assert "no such commit" in failure(Pin("r", pin.url, "1" * 40), tmp_path / "c").message
    (directory,) = (tmp_path / "c" / "repositories").glob("*.git")
    assert git(directory, "count-objects", "-v").startswith("count: 0\n")


@pytest.fixture
def dumb_server(tmp_path: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_dumb_http_server(tmp_path: Path, dumb_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    pin = remote(tmp_path / "r.git")
    git(tmp_path / "r.git", "update-server-info")
    dumb = Pin("r", f"{dumb_server}/r.git", pin.commit)
    assert set(contents(dumb, ensure(dumb, tmp_path / "c", offline=False))) == {"one", "two"}
    missing = failure(Pin("r", f"{dumb_server}/none.git", pin.commit), tmp_path / "c")
    assert "no git repository" in missing.message


def test_the_environment_of_a_hook_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = remote(tmp_path / "r.git")
    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init", "-q")
    before = sorted((tmp_path / "other").rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / ".git" / "index"))
    directory = ensure(pin, tmp_path / "c", offline=False)
    assert set(contents(pin, directory)) == {"one", "two"}
    assert sorted((tmp_path / "other").rglob("*")) == before
    assert os.environ["GIT_DIR"] == str(tmp_path / "other" / ".git")
    with open_local("r", tmp_path / "r-work", pin.commit, "u", None) as files:
        assert set(files.files) == {"one", "two"}


@pytest.mark.parametrize("name", ["a $HOME ~ [x] é", "$NONE", "-c", "a\nb"])
def test_a_cache_with_an_odd_name(tmp_path: Path, name: str) -> None:
    pin = remote(tmp_path / "r.git")
    assert set(contents(pin, ensure(pin, tmp_path / name, offline=False))) == {"one", "two"}


# Interrupted


def start(pin: Pin, cache: Path) -> subprocess.Popen[bytes]:
    """``ensure`` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", ENSURE, pin.url, pin.commit, str(cache)],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": ROOT},
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def is_whole(pin: Pin, directory: Path) -> bool:
    git(directory, "fsck", "--full", "--strict", pin.commit)
    return len(contents(pin, directory)) == 309


def kill_at(process: subprocess.Popen[bytes], cache: Path, sign: str) -> None:
    """Kills a process as soon as there is a file that shows how far it got."""
    ended = False
    while not any((cache / "repositories").glob(sign)):
        assert not ended, "it did not get so far"
        ended = process.poll() is not None
        time.sleep(0.001)
    kill(process)


@pytest.fixture
def stalled(tmp_path: Path) -> None:
    """A server that stops in the middle of a pack, as long as git is configured so."""
    hook = tmp_path / "hook"
    hook.write_text('#!/bin/sh\n"$@" | { head -c 500000; exec sleep 1000; }\n')
    hook.chmod(0o755)
    configure(tmp_path, f"[uploadpack]\n\tpackObjectsHook = {hook}\n")


@pytest.mark.parametrize("sign", ["*.git", "*.git/objects/pack/*.pack", "*.git/refs/pins/*"])
def test_a_clone_that_was_killed_is_mended(tmp_path: Path, large: Pin, sign: str) -> None:
    kill_at(start(large, tmp_path), tmp_path, sign)
    assert is_whole(large, ensure(large, tmp_path, offline=False))


@pytest.mark.usefixtures("stalled")
def test_a_clone_that_was_killed_in_the_middle_is_mended(tmp_path: Path, large: Pin) -> None:
    kill_at(start(large, tmp_path), tmp_path, "*.git/objects/pack/tmp_pack_*")
    assert list((tmp_path / "repositories").glob("*.git/shallow.lock"))
    assert "--offline" in failure(large, tmp_path, offline=True).message, "half a clone is not good enough"
    configure(tmp_path, "")
    assert is_whole(large, ensure(large, tmp_path, offline=False))
    assert not list((tmp_path / "repositories").glob("*.git/**/tmp_*"))


@pytest.mark.parametrize("damage", ["HEAD", "config", "objects"])
def test_a_damaged_clone_is_made_anew(tmp_path: Path, damage: str) -> None:
    pin = remote(tmp_path / "r.git")
    directory = ensure(pin, tmp_path / "c", offline=False)
    if damage == "objects":
        shutil.rmtree(directory / "objects")
    else:
        (directory / damage).write_bytes(b"\0[[")
    assert set(contents(pin, ensure(pin, tmp_path / "c", offline=False))) == {"one", "two"}


def test_several_processes_at_once(tmp_path: Path, large: Pin) -> None:
    processes = [start(large, tmp_path) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert is_whole(large, ensure(large, tmp_path, offline=True))


# Errors


def test_errors_say_what_happened_and_what_to_do(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    unknown = failure(Pin("r", pin.url, "0" * 40), tmp_path / "c")
    assert "no such commit" in unknown.message
    assert "000000000000" in unknown.where
    assert pin.url in unknown.where
    for words in ("--source NAME=PATH[@REV]", "--offline", "git config", "insteadOf"):
        assert words in unknown.hint
    assert "no git repository" in failure(Pin("r", f"{pin.url}none", "1" * 40), tmp_path / "c").message
    (tmp_path / "empty").mkdir()
    assert "no git repository" in failure(Pin("r", (tmp_path / "empty").as_uri(), "1" * 40), tmp_path / "c").message
    nobody = failure(Pin("r", "http://127.0.0.1:9/r", "1" * 40), tmp_path / "c")
    assert "cannot be reached" in nobody.message
    assert "--offline" in failure(Pin("r", pin.url, "2" * 40), tmp_path / "c", offline=True).message


def test_credentials_are_not_shown(tmp_path: Path) -> None:
    error = failure(Pin("r", "http://me:s3cret@127.0.0.1:9/r", "1" * 40), tmp_path / "c")
    assert "s3cret" not in str(error)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    (tmp_path / "c").write_text("")
    error = failure(pin, tmp_path / "c")
    assert "cannot be written" in error.message
    assert "TRACER_CACHE" in error.hint


@pytest.mark.parametrize("sha", ["main", "HEAD", "-x", "a" * 39, "a" * 41, "A" * 40, "a" * 40 + "\n", ""])
def test_only_full_shas_are_given_to_git(tmp_path: Path, sha: str) -> None:
    assert "full commit SHA" in failure(Pin("r", tmp_path.as_uri(), sha), tmp_path / "c").message
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("url", ["--upload-pack=touch x", "ext::sh -c touch% x", "fd::17", "", " ", "https://a/\nb"])
def test_only_urls_are_given_to_git(tmp_path: Path, url: str) -> None:
    assert "not a URL" in failure(Pin("r", url, "a" * 40), tmp_path / "c").message
    assert not (tmp_path / "c").exists()


def test_a_machine_without_git(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    environment = os.environ | {"PATH": str(tmp_path / "nothing"), "PYTHONPATH": ROOT}
    command = [sys.executable, "-c", ENSURE, pin.url, pin.commit, str(tmp_path / "c")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "tracer.errors.SourceError" in done.stderr
    assert "install git" in done.stderr


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACER_CACHE", str(tmp_path / "x"))
    assert cache_dir() == tmp_path / "x"
    monkeypatch.delenv("TRACER_CACHE")
    assert cache_dir().name == "tracer"


# Local clones


def test_which_commit_of_a_local_clone(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    head = git(tmp_path / "r-work", "rev-parse", "HEAD")
    git(tmp_path / "r-work", "tag", "-a", "v1", "-m", "v1", pin.commit)
    url = "https://example.org/r"
    for rev, default, wanted, shown in (
        (None, pin.commit, pin.commit, url),
        (None, "0" * 40, head, ""),
        (None, None, head, url),
        ("HEAD~1", None, pin.commit, url),
        ("v1", "0" * 40, pin.commit, ""),
        ("main", pin.commit, head, ""),
        (pin.commit[:10], None, pin.commit, url),
    ):
        with open_local("r", tmp_path / "r-work", rev, url, default) as files:
            assert files.pin == Pin("r", shown, wanted)


def test_the_forms_of_a_local_clone(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    git(tmp_path / "r-work", "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), pin.commit)
    for folder in ("r.git", "r-work", "r-work/.git", "linked"):
        with open_local("r", tmp_path / folder, pin.commit, "u", None) as files:
            assert set(files.files) == {"one", "two"}
    with open_local("r", tmp_path / "linked", None, "u", None) as files:
        assert files.pin.commit == pin.commit


def test_a_folder_inside_a_work_tree_is_no_clone(tmp_path: Path) -> None:
    remote(tmp_path / "r.git")
    (tmp_path / "r-work" / "sub").mkdir()
    with pytest.raises(SourceError, match="not a git repository"):
        open_local("r", tmp_path / "r-work" / "sub", None, "u", None)


@pytest.mark.parametrize("rev", ["no-such", "--help", "-x", "HEAD:one", "0" * 40, "", "a\nb"])
def test_revisions_that_are_none(tmp_path: Path, rev: str) -> None:
    remote(tmp_path / "r.git")
    with pytest.raises(SourceError, match="--source r"):
        open_local("r", tmp_path / "r-work", rev, "u", None)


def test_folders_that_are_no_clones(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none", tmp_path, tmp_path / "file"):
        with pytest.raises(SourceError, match="--source r") as caught:
            open_local("r", path, None, "u", None)
        assert caught.value.hint


def test_a_repository_without_a_commit_is_said_to_be_that(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "unborn")
    with pytest.raises(SourceError, match="no commit at HEAD yet") as caught:
        open_local("r", tmp_path / "unborn", None, "u", None)
    assert "commit -m" in caught.value.hint
    assert "fetch" not in str(caught.value)


def test_shallow_and_partial_clones_are_named_as_such(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r.git")
    git(tmp_path / "r.git", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--depth=1", pin.url, "shallow")
    with pytest.raises(SourceError, match="shallow clone"):
        open_local("r", tmp_path / "shallow", pin.commit, "u", None)
    git(tmp_path, "clone", "-q", "--bare", "--filter=tree:0", pin.url, "treeless")
    with pytest.raises(SourceError, match="tree of this commit cannot be read") as caught:
        open_local("r", tmp_path / "treeless", None, "u", pin.commit).verify()
    assert "partial" in caught.value.hint
