"""Snapshots of real repositories, built by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.snapshot import Skipped, Snapshot, classify, printable

IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, input=data, env=os.environ | IDENTITY)
    return os.fsdecode(done.stdout).strip()


def commit(folder: Path, *, object_format: str = "sha1") -> str:
    git(folder, "init", "-q", "-b", "main", "--template=", f"--object-format={object_format}")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "--allow-empty", "-m", "fixture")
    return git(folder, "rev-parse", "HEAD")


def write(folder: Path, files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    for path, target in (links or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(target)


def snapshot(folder: Path, files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> Snapshot:
    folder.mkdir(exist_ok=True)
    write(folder, files, links)
    return Snapshot("r", "https://example.org/r", folder / ".git", commit(folder))


def test_files_are_listed_by_path_with_their_blob_ids(tmp_path: Path) -> None:
    with snapshot(tmp_path, {"b.txt": b"b", "a/c.go": b"c", "a-b": b"", "é/\n.txt": b"odd"}) as files:
        assert list(files.files) == sorted(["a-b", "a/c.go", "b.txt", "é/\n.txt"])
        assert files.files["b.txt"] == git(tmp_path, "hash-object", "b.txt")
        assert files.read("é/\n.txt") == b"odd"
        assert files.pin == Pin("r", "https://example.org/r", git(tmp_path, "rev-parse", "HEAD"))


def test_a_name_that_is_no_utf8_is_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.go")
    with snapshot(tmp_path, {name: b"x"}) as files:
        assert files.read(name) == b"x"


def test_executables_are_files(tmp_path: Path) -> None:
    write(tmp_path, {"run.sh": b"#!/bin/sh\n"})
    (tmp_path / "run.sh").chmod(0o755)
    with snapshot(tmp_path, {}) as files:
        assert files.read("run.sh") == b"#!/bin/sh\n"


def test_directories(tmp_path: Path) -> None:
    tree = {"go.mod": b"m", "a/b/c/x.go": b"", "a/b/y.go": b"", "a/b/z.go": b"", "a/d/e.go": b""}
    with snapshot(tmp_path, tree, {"a/only/link": "../b"}) as files:
        assert files.listdir("") == ("go.mod",)
        assert files.listdir("a/b") == ("y.go", "z.go")
        assert files.listdir("a/b/y.go") == files.listdir("none") == files.subdirs("none") == ()
        assert sorted(files.subdirs("a")) == ["b", "d", "only"]
        assert files.subdirs("") == ("a",)
        assert files.is_dir("")
        assert files.is_dir("a/b/c")
        assert files.is_dir("a/only")
        assert not files.is_dir("a/b/y.go")
        assert not files.is_dir("a/only/link")


def test_links_inside_the_tree_are_followed(tmp_path: Path) -> None:
    links = {"vendor/k8s.io/api": "../../staging/src/k8s.io/api", "again": "vendor/k8s.io", "file": "staging/top"}
    with snapshot(tmp_path, {"staging/src/k8s.io/api/core/v1/t.go": b"t", "staging/top": b"top"}, links) as files:
        assert files.resolve("vendor/k8s.io/api/core/v1") == "staging/src/k8s.io/api/core/v1"
        assert files.resolve("again/api/core/v1/t.go") == "staging/src/k8s.io/api/core/v1/t.go"
        assert files.resolve("again/api/..") == "staging/src/k8s.io"
        assert files.resolve("") == ""
        assert files.resolve("staging/src") == "staging/src"
        assert files.resolve("staging/none") is None
        assert files.resolve("file/") is None
        assert files.read("file") == b"top"
        assert files.read("again/api/core/v1/t.go") == b"t"
        assert files.links == {
            "again": "vendor/k8s.io",
            "file": "staging/top",
            "vendor/k8s.io/api": "staging/src/k8s.io/api",
        }
        assert files.skipped == ()
        assert "file" not in files.files


def test_links_to_files_are_listed_with_the_files(tmp_path: Path) -> None:
    links = {"a/link.go": "../b/real.go", "a/deep": "../b", "a/gone.go": "../none.go", "top": "b/real.go"}
    with snapshot(tmp_path, {"b/real.go": b"b", "a/own.go": b"a"}, links) as files:
        assert sorted(files.listdir("a")) == ["link.go", "own.go"]
        assert files.listdir("") == ("top",)
        assert files.read("a/link.go") == b"b"


def test_other_links_are_skipped_with_the_reason(tmp_path: Path) -> None:
    links = {
        "a/out": "../../a/f",
        "absolute": "/etc/passwd",
        "dangling": "a/none",
        "loop1": "loop2",
        "loop2": "loop1",
        "self": "self/x",
        "through": "a/f/x",
    }
    with snapshot(tmp_path, {"a/f": b"f"}, links) as files:
        assert {s.path: s.reason for s in files.skipped} == {
            "a/out": "a link that leaves the tree",
            "absolute": "a link that leaves the tree",
            "dangling": "a link that dangles",
            "loop1": "a link that loops",
            "loop2": "a link that loops",
            "self": "a link that loops",
            "through": "a link that dangles",
        }
        assert files.links == {}
        for path in links:
            assert files.resolve(path) is None
            with pytest.raises(SourceError, match="no file"):
                files.read(path)


def test_as_many_links_are_followed_as_the_kernel_follows(tmp_path: Path) -> None:
    links = {f"{i:02}": f"{i + 1:02}" for i in range(41)}
    with snapshot(tmp_path, {"41": b"end"}, links) as files:
        assert files.resolve("01") == "41" == Path(os.path.realpath(tmp_path / "01", strict=True)).name
        assert files.resolve("00") is None
        assert files.skipped == (Skipped("00", "a link that loops"),)


def test_submodules_are_skipped(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    inner.mkdir()
    write(inner, {"a": b"a"})
    commit(inner)
    outer.mkdir()
    write(outer, {"x": b"x"})
    commit(outer)
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.as_uri(), "third/sub")
    with Snapshot("r", "u", outer / ".git", commit(outer)) as files:
        assert files.skipped == (Skipped("third/sub", "submodule"),)
        assert list(files.files) == [".gitmodules", "x"]
        assert files.is_dir("third")
        assert files.resolve("third/sub") is None


def test_paths_that_no_checkout_can_have_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, {"f": b"f"})
    commit(tmp_path)
    blob = git(tmp_path, "hash-object", "-w", "f")
    raw = b"100644 ..\0" + bytes.fromhex(blob) + b"100644 good\0" + bytes.fromhex(blob)
    tree = git(tmp_path, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=raw)
    sha = git(tmp_path, "commit-tree", "-m", "evil", tree)
    with Snapshot("r", "u", tmp_path / ".git", sha) as files:
        assert list(files.files) == ["good"]
        assert [s.path for s in files.skipped] == [".."]


def test_neither_work_tree_nor_index_has_a_say(tmp_path: Path) -> None:
    with snapshot(tmp_path, {"a.go": b"package a\n", "b.go": b"b"}) as files:
        (tmp_path / "a.go").write_bytes(b"changed")
        git(tmp_path, "add", "a.go")
        (tmp_path / "b.go").unlink()
        assert files.read("a.go") == b"package a\n"
        assert files.read("b.go") == b"b"


def test_neither_replacements_nor_the_environment_have_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with snapshot(tmp_path / "r", {"a": b"right", "b": b"wrong"}) as files:
        git(tmp_path / "r", "replace", files.files["a"], files.files["b"])
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "nowhere"))
        assert files.read("a") == b"right"


def test_many_blobs_of_every_size_come_in_order(tmp_path: Path) -> None:
    texts = {f"d{i % 7}/{i:04}": bytes([i % 251]) * (i % 11) * 9000 for i in range(1200)}
    texts["big"] = os.urandom(3_000_000)
    with snapshot(tmp_path, texts) as files:
        wanted = sorted(texts, reverse=True)
        assert list(files.read_many(wanted)) == [(path, texts[path]) for path in wanted]
        assert list(files.read_many([])) == []
        assert list(files.read_many(["big", "big"])) == [("big", texts["big"])] * 2


def test_reads_mix_and_iterators_may_be_left(tmp_path: Path) -> None:
    texts = {f"{i:04}": str(i).encode() for i in range(500)}
    with snapshot(tmp_path, texts) as files:
        for path, data in files.read_many(texts):
            assert files.read(path) == data
        left = files.read_many(texts)
        next(left)
        assert files.read("0499") == b"499"
        assert next(left) == ("0001", b"1")


def test_threads_read_at_once(tmp_path: Path) -> None:
    texts = {f"{i:04}": str(i).encode() * 500 for i in range(400)}
    with snapshot(tmp_path, texts) as files, ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: dict(files.read_many(texts)), range(16)):
            assert found == texts


def test_a_forked_child_does_not_share_the_pipe(tmp_path: Path) -> None:
    texts = {f"{i:04}": str(i).encode() * 500 for i in range(300)}
    same = False
    with snapshot(tmp_path, texts) as files:
        files.read("0000")
        child = os.fork()
        if child == 0:
            try:
                same = dict(files.read_many(texts)) == texts
                files.close()
            finally:
                os._exit(0 if same else 1)
        assert dict(files.read_many(texts)) == texts
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert files.read("0299") == texts["0299"]


def test_unknown_paths_and_commits_are_errors(tmp_path: Path) -> None:
    with snapshot(tmp_path, {"a/f": b"f"}) as files:
        for path in ("none", "a", "a/f/x", "../x", "", "\ud800\n"):
            with pytest.raises(SourceError, match=r"r@[0-9a-f]{12}: there is no file") as caught:
                files.read(path)
            assert "\n" not in caught.value.message
        with pytest.raises(SourceError, match="no file none"):
            list(files.read_many(["a/f", "none"]))
        assert files.read("a/f") == b"f"
    for wrong in ("0" * 40, "main", "--help", "HEAD"):
        with pytest.raises(SourceError):
            Snapshot("r", "u", tmp_path / ".git", wrong).verify()


def test_a_missing_object_is_an_error_and_the_next_read_works(tmp_path: Path) -> None:
    with snapshot(tmp_path, {"a": b"a", "b": b"b"}) as files:
        blob = files.files["a"]
        (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with pytest.raises(SourceError, match=f"object {blob} is missing") as caught:
            list(files.read_many(["a", "b"]))
        assert "--source" in caught.value.hint
        assert files.read("b") == b"b"


def test_a_partial_clone_is_not_completed_in_secret(tmp_path: Path) -> None:
    origin, partial = tmp_path / "origin", tmp_path / "partial"
    with snapshot(origin, {"a": b"a"}) as files:
        git(origin, "config", "uploadpack.allowFilter", "true")
        git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", origin.as_uri(), str(partial))
        with (
            Snapshot("r", "u", partial, files.pin.commit) as cut,
            pytest.raises(SourceError, match="missing from the clone"),
        ):
            cut.read("a")


def test_sha256_repositories(tmp_path: Path) -> None:
    texts = {f"{i:03}": str(i).encode() for i in range(200)}
    write(tmp_path, texts)
    with Snapshot("r", "u", tmp_path / ".git", commit(tmp_path, object_format="sha256")) as files:
        assert len(files.pin.commit) == 64
        assert dict(files.read_many(texts)) == texts


def test_close_ends_git(tmp_path: Path) -> None:
    files = snapshot(tmp_path, {"a": b"a"})
    files.read("a")
    process = files._batch  # pyright: ignore[reportPrivateUsage]
    assert process is not None
    files.close()
    assert process.poll() is not None
    files.close()


def test_classify() -> None:
    assert classify(b"version https://git-lfs.github.com/spec/v1\noid x") == "LFS pointer"
    assert classify(b"a\0b") == "binary file"
    assert classify(b"a" * 8000 + b"\0") is None
    assert classify(b"package a") is None


@given(st.binary())
def test_gits_words_are_printable(data: bytes) -> None:
    text = printable(data, limit=50)
    assert text.isprintable()
    assert len(text) <= 51


def test_credentials_are_not_shown() -> None:
    assert printable(b"fatal: https://me:secret@example.org/r not found") == "fatal: https://example.org/r not found"


# Paths are resolved as the kernel does it, but never out of the tree.

PARTS = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), min_size=1, max_size=5)
PATHS = PARTS.map("/".join).filter(lambda path: path and not path.startswith("/"))


def _as_the_kernel(root: Path, path: str) -> str | None:
    try:
        real = os.path.realpath(root / path, strict=True)
        os.stat(f"{root}/{path}")  # noqa: PTH116 - Path drops "." and a last "/", which ask for a directory
    except OSError:
        return None
    if real == str(root):
        return ""
    return os.path.relpath(real, root) if real.startswith(f"{root}/") else None


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "a/a", "a/b", "b/a", "b/c", "c/c", "a/a/b"]), PATHS, min_size=1),
    st.lists(PATHS, min_size=1, max_size=30),
)
def test_paths_are_resolved_as_the_kernel_does(links: dict[str, str], paths: list[str]) -> None:
    # Nothing around the root is called a, b or c, so a path that leaves it does not come back.
    root = Path(os.path.realpath(tempfile.mkdtemp())) / "tree"
    try:
        write(root, {"a/f": b"", "b/b": b"", "b/f/a": b""} if "a" not in links and "b" not in links else {"f": b""})
        for path, target in links.items():
            place = root / path
            if os.path.realpath(place.parent) == str(place.parent) and place.parent.is_dir() and not place.exists():
                place.unlink(missing_ok=True)
                place.symlink_to(target)
        with snapshot(root, {}) as files:
            for path in (*paths, *links):
                assert files.resolve(path) == _as_the_kernel(root, path), path
            assert all(files.resolve(path) == real for path, real in files.links.items())
            assert not set(files.links) & {s.path for s in files.skipped}
    finally:
        shutil.rmtree(root.parent)
