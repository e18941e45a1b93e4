"""Facts kept by key in one sqlite file: safe to share between processes, safe to lose."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_SUM = 8
_BUSY_SECONDS = 10
_KEYS_AT_ONCE = 500
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Store:
    """A key/value store. A damaged value is a miss; a damaged file is set aside and begun anew.

    Where the folder cannot be written, everything is a miss and nothing is kept. Several processes and threads may
    use one file at once. No method raises over the state of the file or the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._owner = os.getpid()
        self._connect()

    def get_many(self, namespace: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The kept values of those ``keys`` that have one."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, bytes] = {}
        with self._lock:
            try:
                for start in range(0, len(wanted), _KEYS_AT_ONCE):
                    found.update(self._rows(namespace, wanted[start : start + _KEYS_AT_ONCE]))
            except sqlite3.Error as error:
                self._mend(error)
        return found

    def put_many(self, namespace: str, items: Mapping[str, bytes]) -> None:
        """Keeps values, all or none; that they cannot be kept is no error."""
        rows = [(namespace, key, _pack(value)) for key, value in items.items()]
        with self._lock:
            db = self._current()
            if db is None or not rows:
                return
            try:
                with db:
                    db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            except sqlite3.Error as error:
                self._mend(error)

    def close(self) -> None:
        """Lets go of the file; afterwards everything is a miss."""
        with self._lock:
            db, self._db = self._db, None
            if db is not None and self._owner == os.getpid():
                with contextlib.suppress(sqlite3.Error):
                    db.close()

    def _rows(self, namespace: str, keys: list[str]) -> dict[str, bytes]:
        db = self._current()
        if db is None:
            return {}
        marks = ",".join("?" * len(keys))
        rows = db.execute(
            f"SELECT key, value FROM facts WHERE namespace = ? AND key IN ({marks})",  # noqa: S608
            (namespace, *keys),
        )
        values = ((key, _unpack(value)) for key, value in rows)
        return {key: value for key, value in values if value is not None}

    def _current(self) -> sqlite3.Connection | None:
        """The connection; a forked child makes its own, and leaves its parent's alone."""
        if self._db is not None and self._owner != os.getpid():
            _abandoned.append(self._db)
            self._connect()
        return self._db

    def _connect(self) -> None:
        self._owner, self._db = os.getpid(), None
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._db = _open(self._path)
                self._file = _identity(self._path)
            except sqlite3.Error as error:
                # Only a file that is no database is set aside: one that is busy or read-only is somebody's.
                if not _is_damage(error) or not _set_aside(self._path, _identity(self._path)):
                    return
            except OSError:
                return
            else:
                return

    def _mend(self, error: sqlite3.Error) -> None:
        if not _is_damage(error):
            return
        self.close()
        # Another process may have set it aside already, and begun a good one.
        if _set_aside(self._path, self._file):
            self._connect()


# Connections of a parent process: a child must not close them, for that would drop the parent's locks.
_abandoned: list[sqlite3.Connection] = []


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS facts (namespace TEXT, key TEXT, value BLOB, PRIMARY KEY (namespace, key))"
        )
    except BaseException:
        db.close()
        raise
    return db


def _is_damage(error: sqlite3.Error) -> bool:
    # The low byte is the primary code; the rest says more closely what it was.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _set_aside(path: Path, damaged: tuple[int, int] | None) -> bool:
    """Renames a damaged file and drops its log; whether a new one can be begun."""
    if damaged is None or _identity(path) != damaged:
        return True
    try:
        path.replace(path.with_name(path.name + ".damaged"))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _pack(value: bytes) -> bytes:
    data = zlib.compress(value, 1)
    return hashlib.blake2b(data, digest_size=_SUM).digest() + data


def _unpack(value: object) -> bytes | None:
    """The value as it was put, or None if it is not that."""
    if not isinstance(value, bytes):
        return None
    data = value[_SUM:]
    if hashlib.blake2b(data, digest_size=_SUM).digest() != value[:_SUM]:
        return None
    try:
        return zlib.decompress(data)
    except zlib.error:
        return None
