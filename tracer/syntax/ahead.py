"""Parsing in a second process while the first one looks at types.

The second process parses file after file, whatever is asked for; the first one takes what is there when it needs it, and
parses the rest itself. So what was parsed ahead saves time and changes nothing, and the second process may end at any moment.
They share three files without names: what is given, what was made, and an index of that, which is only added to.
"""

from __future__ import annotations

import contextlib
import copyreg
import dataclasses
import operator
import os
import pickle
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from tracer.errors import CutShortError
from tracer.syntax import ast
from tracer.syntax.facts import Declaration, encode
from tracer.syntax.parse import extract, parse_function, parse_specs

_FACTS = -1
"""The place of a file's facts, among those of its declarations: the bytes at which they start."""

_ROW = 16
"""The bytes of a row of the index: a key, and where what it stands for ends."""

_AT_ONCE = 30_000
"""The bytes that are made at least before the index tells of them."""

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from tracer.syntax.ahead import serve; serve(*map(int, sys.argv[2:]))"
)


class Ahead:
    """The second process, given the bytes of files by blob id. In this order it parses all declarations, then all functions.

    Raises OSError where there can be none.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._numbers = {blob: number for number, blob in enumerate(files)}
        self._rows: dict[int, int] = {}
        self._ends = array("q", [0])
        with contextlib.ExitStack() as opened:
            given, self._made, self._index = (opened.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            given.write(array("q", [len(files), *map(len, files.values())]).tobytes())
            given.writelines(files.values())
            given.flush()
            shared = [file.fileno() for file in (given, self._made, self._index)]
            root = str(Path(__file__).resolve().parents[2])
            command = [sys.executable, "-P", "-c", _START, root, *map(str, (os.getpid(), *shared))]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=shared,
            )
            self._files = opened.pop_all()

    def facts(self, blob: str) -> bytes | None:
        """The facts of a file, as ``facts.encode`` gives them; None while there are none."""
        return self._take(blob, _FACTS)

    def tree(self, blob: str, start: int) -> Any:
        """The tree of the declaration that starts there, as ``parse`` gives it, once; None while there is none."""
        found = self._take(blob, start)
        return None if found is None else pickle.loads(found)  # noqa: S301  # our own process wrote it

    def close(self) -> None:
        """Ends the second process; nothing may be asked for afterwards."""
        self._process.kill()
        self._process.wait()
        self._files.close()

    def _take(self, blob: str, start: int) -> bytes | None:
        number = self._numbers.get(blob)
        if number is None:
            return None
        key = _key(number, start)
        if key not in self._rows:
            self._look()
        row = self._rows.pop(key, None)
        if row is None:
            return None
        begin = self._ends[row]
        return os.pread(self._made.fileno(), self._ends[row + 1] - begin, begin)

    def _look(self) -> None:
        """Reads what was added to the index."""
        row = len(self._ends) - 1
        new = os.pread(self._index.fileno(), 1 << 20, row * _ROW)
        rows = iter(array("q", new[: len(new) // _ROW * _ROW]))
        for key, end in zip(rows, rows, strict=True):
            self._rows[key] = row
            self._ends.append(end)
            row += 1


def _key(number: int, start: int) -> int:
    return (number << 32) + start


def serve(parent: int, given: int, made: int, index: int) -> None:
    """The second process, which ends with the first, ``parent``; the rest are the file descriptors of what they share."""
    for cls in vars(ast).values():
        if isinstance(cls, type) and dataclasses.is_dataclass(cls):
            copyreg.pickle(cls, _reduced(cls))
    with open(made, "wb") as data, open(index, "wb") as rows:
        end = 0
        for batch in _batches(_parsed(given)):
            if os.getppid() != parent:
                return
            # Data first: a row of the index is never there before what it tells of.
            data.writelines(found for _, found in batch)
            data.flush()
            for key, found in batch:
                end += len(found)
                rows.write(array("q", (key, end)).tobytes())
            rows.flush()


def _batches(found: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    size = 0
    for one in found:
        batch.append(one)
        size += len(one[1])
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    yield batch


def _parsed(given: int) -> Iterator[tuple[int, bytes]]:
    (count,) = array("q", os.pread(given, 8, 0))
    lengths = array("q", os.pread(given, 8 * count, 8))
    places = list(zip(accumulate(lengths[:-1], initial=8 + 8 * count), lengths, strict=True)) if count else []
    declared: list[list[Declaration]] = []
    for number, (at, length) in enumerate(places):
        source = os.pread(given, length, at)
        facts = extract(source)
        yield _key(number, _FACTS), encode(facts)
        functions: list[Declaration] = []
        for d in facts.declarations:
            if d.kind in ("func", "method"):
                functions.append(d)
            else:
                yield from _pickled(_key(number, d.start), parse_specs, source, d)
        declared.append(functions)
    for number, (at, length) in enumerate(places):
        source = os.pread(given, length, at)
        for d in declared[number]:
            yield from _pickled(_key(number, d.start), parse_function, source, d)


def _pickled(
    key: int, parse: Callable[[bytes, Declaration], object], source: bytes, declaration: Declaration
) -> Iterator[tuple[int, bytes]]:
    # Python 3.12 and later have a limit of their own for C's recursion; without its tree, a declaration is parsed by who asks,
    # who tells why it cannot be.
    with contextlib.suppress(RecursionError, CutShortError):
        yield key, pickle.dumps(parse(source, declaration), pickle.HIGHEST_PROTOCOL)


def _reduced(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """How trees are pickled: as calls, which is several times faster than pickle's own way with slots."""
    names = [f.name for f in dataclasses.fields(cls)]
    get = operator.attrgetter(*names)
    make = _ident if cls is ast.Ident else cls
    return (lambda tree: (make, (get(tree),))) if len(names) == 1 else (lambda tree: (make, get(tree)))


def _ident(name: str, pos: ast.Pos) -> ast.Ident:
    return ast.Ident(sys.intern(name), pos)
