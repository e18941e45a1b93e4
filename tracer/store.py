"""Facts kept by key in one sqlite file: safe to share between processes, safe to lose."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_SUM = 8


class Store:
    """A key/value store. A damaged value is a miss; a damaged file is set aside and begun anew.

    Where the folder cannot be written, everything is a miss and nothing is kept.
    """

    def __init__(self, path: Path) -> None:
        self._db: sqlite3.Connection | None = None
        with contextlib.suppress(OSError, sqlite3.OperationalError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._db = _open(path)
            except sqlite3.DatabaseError:
                path.replace(path.with_name(path.name + ".damaged"))
                self._db = _open(path)

    def get_many(self, namespace: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The kept values of those ``keys`` that have one."""
        found: dict[str, bytes] = {}
        wanted = list(keys)
        if self._db is None:
            return found
        with contextlib.suppress(sqlite3.Error):
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT key, value FROM facts WHERE namespace = ? AND key IN ({marks})",  # noqa: S608
                    (namespace, *part),
                )
                for key, value in rows:
                    data = _unpack(value)
                    if data is not None:
                        found[key] = data
        return found

    def put_many(self, namespace: str, items: Mapping[str, bytes]) -> None:
        """Keeps values; one that cannot be kept is no error."""
        if self._db is None or not items:
            return
        rows = [(namespace, key, _pack(value)) for key, value in items.items()]
        with contextlib.suppress(sqlite3.Error), self._db:
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE IF NOT EXISTS facts (namespace TEXT, key TEXT, value BLOB, PRIMARY KEY (namespace, key))")
    return db


def _pack(value: bytes) -> bytes:
    data = zlib.compress(value, 1)
    return hashlib.blake2b(data, digest_size=_SUM).digest() + data


def _unpack(value: bytes) -> bytes | None:
    data = value[_SUM:]
    if hashlib.blake2b(data, digest_size=_SUM).digest() != value[:_SUM]:
        return None
    try:
        return zlib.decompress(data)
    except zlib.error:
        return None
