from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tracer.store import Store

FILL = """
import sys
from pathlib import Path
from tracer.store import Store
store = Store(Path(sys.argv[1]))
for i in range(40):
    store.put_many("n", {f"{sys.argv[2]}-{i}": sys.argv[2].encode() * i})
    store.get_many("n", [f"{n}-{i}" for n in range(8)])
store.close()
"""


@settings(max_examples=30)
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.binary(), max_size=20))
def test_any_values_come_back(tmp_path_factory: pytest.TempPathFactory, items: dict[str, bytes]) -> None:
    store = Store(tmp_path_factory.mktemp("s") / "s.sqlite")
    store.put_many("n", items)
    assert store.get_many("n", [*items, *items, "none of them"]) == items
    store.close()
    assert store.get_many("n", items) == {}


def test_several_processes_at_once(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(tracer.__file__).resolve().parents[1])}
    path = tmp_path / "s.sqlite"
    run = [subprocess.Popen([sys.executable, "-c", FILL, str(path), str(n)], env=environment) for n in range(8)]
    assert [process.wait() for process in run] == [0] * 8
    wanted = {f"{n}-{i}": str(n).encode() * i for n in range(8) for i in range(40)}
    assert Store(path).get_many("n", wanted) == wanted


def test_threads_and_forked_children_share_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: store.put_many("n", {str(i): b"x"}), range(50)))
    child = os.fork()
    if child == 0:
        try:
            store.put_many("n", {"child": b"y"})
            store.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert len(store.get_many("n", [*map(str, range(50)), "child"])) == 51


def test_a_busy_file_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.sqlite"
    first = Store(path)
    first.put_many("n", {"a": b"1"})
    monkeypatch.setattr("tracer.store._BUSY_SECONDS", 0.05)
    with sqlite3.connect(path) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        second = Store(path)
        second.put_many("n", {"b": b"2"})
        holder.rollback()
    assert not list(tmp_path.glob("*.damaged"))
    assert first.get_many("n", ["a", "b"]) == {"a": b"1"}


def test_a_file_that_is_damaged_while_open_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    store = Store(path)
    store.put_many("n", {str(i): os.urandom(200) for i in range(2000)})
    store.close()
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    again = Store(path)
    assert again.get_many("n", ["5"]) == {}
    again.put_many("n", {"a": b"1"})
    assert Store(path).get_many("n", ["a"]) == {"a": b"1"}
    assert (tmp_path / "s.sqlite.damaged").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    store = Store(tmp_path / "s.sqlite")
    store.put_many("n", {"a": b"1"})
    assert store.get_many("n", ["a"]) == {}


def test_a_folder_in_the_file_s_place(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_many("n", {"a": b"1"})
    assert store.get_many("n", ["a"]) == {}


def test_values_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "a" / "s.sqlite")
    store.put_many("n", {str(i): b"x" * i for i in range(1200)})
    store.close()
    again = Store(tmp_path / "a" / "s.sqlite")
    assert again.get_many("n", [str(i) for i in range(1300)]) == {str(i): b"x" * i for i in range(1200)}
    assert again.get_many("other", ["1"]) == {}


def test_a_damaged_value_is_a_miss(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    store = Store(path)
    store.put_many("n", {"a": b"1", "b": b"2"})
    store.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE facts SET value = x'00112233445566778899' WHERE key = 'a'")
    assert Store(path).get_many("n", ["a", "b"]) == {"b": b"2"}


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"no database" * 1000)
    store = Store(path)
    store.put_many("n", {"a": b"1"})
    assert store.get_many("n", ["a"]) == {"a": b"1"}
    assert (tmp_path / "s.sqlite.damaged").exists()


def test_where_nothing_can_be_written_everything_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "s.sqlite")
    store.put_many("n", {"a": b"1"})
    assert store.get_many("n", ["a"]) == {}
