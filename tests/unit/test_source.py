"""Snapshots and clones, on real git repositories."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import commit, git, repository

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.clones import ensure, open_local
from tracer.source.snapshot import Snapshot, classify, printable


def snapshot(folder: Path) -> Snapshot:
    return open_local("r", folder, None, "https://example.org/r", None)


def test_links_inside_the_tree_are_followed_and_others_reported(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "x").symlink_to("../staging/x")
    (tmp_path / "out").symlink_to("../../etc")
    (tmp_path / "root").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to("loop")
    repository(tmp_path, {"staging/x/a.go": "package x\n", "b.txt": "b"})
    with snapshot(tmp_path) as files:
        assert files.resolve("vendor/x/a.go") == "staging/x/a.go"
        assert files.resolve("vendor/x") == "staging/x"
        assert files.read("vendor/x/a.go") == b"package x\n"
        assert files.listdir("staging/x") == ("a.go",)
        assert [s.path for s in files.skipped] == ["loop", "out", "root"]
        with pytest.raises(SourceError, match="no file"):
            files.read("nothing")


def test_submodules_are_reported(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    repository(inner, {"a": "a"})
    (outer / "a").mkdir(parents=True)
    git(outer, "init", "-q", "-b", "main")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    commit(outer)
    with snapshot(outer) as files:
        assert [(s.path, s.reason) for s in files.skipped] == [("sub", "submodule")]


def test_the_work_tree_has_no_say(tmp_path: Path) -> None:
    repository(tmp_path, {"a.go": "package a\n"})
    (tmp_path / "a.go").write_text("changed")
    with snapshot(tmp_path) as files:
        assert files.read("a.go") == b"package a\n"


def test_many_large_blobs_come_in_order(tmp_path: Path) -> None:
    texts = {f"d/{i:04}.txt": f"{i} " * (i % 7) * 900 for i in range(1200)}
    repository(tmp_path, texts)
    with snapshot(tmp_path) as files:
        assert {p: d.decode() for p, d in files.read_many(sorted(texts))} == texts


def test_classify() -> None:
    assert classify(b"version https://git-lfs.github.com/spec/v1\noid x") == "LFS pointer"
    assert classify(b"a\0b") == "binary file"
    assert classify(b"package a") is None


@given(st.binary())
def test_gits_words_are_printable(data: bytes) -> None:
    text = printable(data, limit=50)
    assert text.isprintable()
    assert len(text) <= 51


@given(st.lists(st.sampled_from(["a", "b", "..", ".", "link", "up", "loop", ""]), max_size=8))
def test_resolve_never_leaves_the_tree(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp() / "resolve"
    if not folder.exists():
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "link").symlink_to("../a/b")
        (folder / "a" / "up").symlink_to("../../..")
        (folder / "loop").symlink_to("a/../loop")
        repository(folder, {"a/b/f": "f"})
    with snapshot(folder) as files:
        real = files.resolve("/".join(parts))
        assert real is None or real in files.files or files.is_dir(real)


# Clones


def remote(folder: Path, files: int = 3) -> Pin:
    data = {f"{i}.txt": f"{i}\n" * 2000 for i in range(files)}
    sha = repository(folder, data)
    return Pin("r", folder.as_uri(), sha)


def test_a_clone_is_bare_shallow_and_has_the_commit(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r")
    words: list[str] = []
    directory = ensure(pin, tmp_path / "c", offline=False, progress=lambda w, _d, _t: words.append(w))
    assert git(directory, "rev-parse", "--is-bare-repository") == "true"
    with Snapshot("r", pin.url, directory, pin.commit) as files:
        assert files.read("1.txt").startswith(b"1\n")
    assert ensure(pin, tmp_path / "c", offline=True) == directory


def test_a_commit_that_is_no_tip_is_had_too(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r")
    (tmp_path / "r" / "more").write_text("more")
    git(tmp_path / "r", "add", "-A")
    git(tmp_path / "r", "commit", "-q", "-m", "more")
    directory = ensure(pin, tmp_path / "c", offline=False)
    with Snapshot("r", pin.url, directory, pin.commit) as files:
        assert "more" not in files.files


def test_instead_of_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = remote(tmp_path / "r")
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "{pin.url}"]\n\tinsteadOf = https://git.invalid/r\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert ensure(Pin("r", "https://git.invalid/r", pin.commit), tmp_path / "c", offline=False).is_dir()


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.4, 0.7])
def test_an_interrupted_clone_is_never_taken_for_a_good_one(tmp_path: Path, delay: float) -> None:
    pin = remote(tmp_path / "r", files=1500)
    code = (
        "import sys; from pathlib import Path; from tracer.model import Pin; from tracer.source.clones import ensure;"
        "ensure(Pin('r', sys.argv[1], sys.argv[2]), Path(sys.argv[3]), offline=False)"
    )
    command = [sys.executable, "-c", code, pin.url, pin.commit, str(tmp_path / "c")]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    directory = ensure(pin, tmp_path / "c", offline=False)
    with Snapshot("r", pin.url, directory, pin.commit) as files:
        assert sum(1 for _ in files.read_many(files.files)) == 1500


def failure(pin: Pin, cache: Path, *, offline: bool = False) -> str:
    with pytest.raises(SourceError) as caught:
        ensure(pin, cache, offline=offline)
    text = str(caught.value)
    assert pin.repository in text
    assert caught.value.exit_code == 3
    return text


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r")
    unknown = Pin("r", pin.url, "0" * 40)
    assert "000000000000" in failure(unknown, tmp_path / "c")
    assert "--source" in failure(unknown, tmp_path / "c")
    assert "no git repository" in failure(Pin("r", (tmp_path / "nothing").as_uri(), "1" * 40), tmp_path / "c")
    assert "--offline" in failure(Pin("r", pin.url, "2" * 40), tmp_path / "c", offline=True)
    assert "full commit SHA" in failure(Pin("r", pin.url, "main"), tmp_path / "c")
    assert "not a URL" in failure(Pin("r", "--upload-pack=x", "3" * 40), tmp_path / "c")
    assert "not a URL" in failure(Pin("r", "ext::sh -c x", "3" * 40), tmp_path / "c")


def test_local_clones(tmp_path: Path) -> None:
    pin = remote(tmp_path / "r")
    with open_local("r", tmp_path / "r", None, "u", pin.commit) as files:
        assert files.pin.commit == pin.commit
    with open_local("r", tmp_path / "r", None, "u", "0" * 40) as files:
        assert files.pin.commit == pin.commit
    for path, rev in ((tmp_path / "r", "no-such"), (tmp_path / "none", None), (tmp_path, None)):
        with pytest.raises(SourceError, match="--source r"):
            open_local("r", path, rev, "u", None)
