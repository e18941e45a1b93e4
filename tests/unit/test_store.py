from __future__ import annotations

import sqlite3
from pathlib import Path

from tracer.store import Store


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
