"""Parsing ahead in a second process: what it gives is what parsing gives, and nothing depends on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from support import analysis, repository

from tracer.golang.program import Analysis
from tracer.golang.stdlib import archive as std
from tracer.store import Store
from tracer.syntax import reader as reading
from tracer.syntax.ahead import Ahead, serve
from tracer.syntax.facts import Declaration, encode
from tracer.syntax.parse import extract, parse_function, parse_specs
from tracer.syntax.reader import Reader

Processes = list[subprocess.Popen[bytes]]
CASES = Path(__file__).parent.parent / "cases"
_LIBRARY = {name: source for name in ("net/http", "strings") if (source := std.source(name)) is not None}
_DEEP = 3000
FILES = {
    **{path.name: path.read_bytes() for path in sorted(CASES.glob("*.go"))},
    **_LIBRARY,
    "broken": b"package p\nfunc f( {\nvar x = 1\nfunc (t *T) g() { return ) }\n",
    "deep": b"package p\nfunc f() { _ = " + b"(" * _DEEP + b"x" + b")" * _DEEP + b" }\nfunc g() {}\n",
    "wide": b"package p\nvar text = `\xff" + b"x" * 300_000 + b"`\nfunc \xc3\xa9(\xc3\xa9t\xc3\xa9 int) {}\n",
    "empty": b"",
}


def parsed(source: bytes, declaration: Declaration) -> object:
    parse = parse_function if declaration.kind in ("func", "method") else parse_specs
    return parse(source, declaration)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """The processes that parse ahead, in the order in which they begin."""
    processes: Processes = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, args: list[str], **options: Any) -> None:
            super().__init__(args, **options)
            if any("tracer.syntax.ahead" in arg for arg in args):
                processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return processes


def test_ahead_is_the_same(begun: Processes) -> None:
    ahead = Ahead(FILES)
    begun[0].wait()
    count = 0
    for blob, source in FILES.items():
        facts = extract(source)
        assert ahead.facts(blob) == encode(facts), blob
        assert ahead.facts(blob) is None, "each is given once"
        for declaration in facts.declarations:
            found = ahead.tree(blob, declaration.start)
            # repr is of the whole tree, with all positions; it goes no deeper than Python does.
            assert repr(found) == repr(parsed(source, declaration)), (blob, declaration)
            count += 1
    assert count > 1000
    assert ahead.facts("other") is None
    assert ahead.tree("broken", 1) is None
    ahead.close()


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(Store(tmp_path / "facts.sqlite"))


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is to parse, and on however small a machine."""
    monkeypatch.setattr(reading, "_WORTH", 0)
    monkeypatch.setattr(reading, "_processors", lambda: 2)


@pytest.mark.parametrize("kept", [b"[]", b"{}", b"[1, 2, 3, 4, 5]", b'["p", [], [], ""]', b"no json"])
def test_facts_in_another_form_are_none(reader: Reader, kept: bytes) -> None:
    reader.store.put_many(reader.namespace, {"blob": kept})
    assert reader.facts("blob", b"package p\n") == extract(b"package p\n")


@pytest.mark.usefixtures("always")
def test_nothing_depends_on_it(reader: Reader, begun: Processes) -> None:
    reader.read_ahead(FILES)
    begun[0].kill()
    begun[0].wait()
    for blob, source in FILES.items():
        facts = reader.facts(blob, source)
        assert facts == extract(source)
        for declaration in facts.declarations:
            read = reader.function if declaration.kind in ("func", "method") else reader.specs
            assert repr(read(blob, source, declaration)) == repr(parsed(source, declaration))
    reader.close()


@pytest.mark.usefixtures("always")
def test_what_was_parsed_ahead_is_kept(reader: Reader, begun: Processes) -> None:
    reader.read_ahead(FILES)
    begun[0].wait()
    for blob, source in FILES.items():
        assert reader.facts(blob, b"") == extract(source), "the facts of this blob were not parsed ahead"
    reader.close()
    again = Reader(reader.store)
    for blob, source in FILES.items():
        assert again.facts(blob, b"") == extract(source)


@pytest.mark.parametrize(("worth", "processors"), [(10**9, 2), (0, 1)])
def test_not_where_it_saves_nothing(
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    begun: Processes,
    worth: int,
    processors: int,
) -> None:
    monkeypatch.setattr(reading, "_WORTH", worth)
    monkeypatch.setattr(reading, "_processors", lambda: processors)
    reader.read_ahead(FILES)
    assert not begun


@pytest.mark.usefixtures("always")
def test_no_process_is_no_error(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    reader.read_ahead(FILES)
    blob, source = next(iter(FILES.items()))
    assert reader.facts(blob, source) == extract(source)


@pytest.mark.usefixtures("always")
def test_edges_are_the_same(tmp_path: Path, begun: Processes) -> None:
    files = {
        "go.mod": "module main\n\ngo 1.24\n",
        **{f"p{i}/{path.name}": path.read_text() for i, path in enumerate(sorted(CASES.glob("*.go")))},
    }
    imports = "".join(f'import _ "main/{path.rpartition("/")[0]}"\n' for path in files if path != "go.mod")
    files = {p: t.replace("package main\n", "package p\n", 1) for p, t in files.items()}
    repository(tmp_path, files | {"main.go": f"package main\n\n{imports}\nfunc main() {{}}\n"})
    alone, ahead = analysis(tmp_path, whole=True), analysis(tmp_path, whole=True)
    ahead.program.reader.read_ahead({f.blob: f.source for p in ahead.program.closure() for f in p.files})
    begun[0].wait()
    expected = rows(alone)
    assert len(expected) > 300
    assert rows(ahead) == expected
    ahead.program.reader.close()


def rows(program: Analysis) -> list[object]:
    return [
        program.unit_edges(file.unit(declaration))
        for package in program.packages_under(["..."])
        for file in package.files
        for declaration in file.facts.declarations
        if declaration.kind in ("func", "method", "var")
    ]


def test_it_ends_with_the_first_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []

    class NotBegun:
        def __init__(self, args: list[str], **options: Any) -> None:
            begun.append(args)

        def kill(self) -> None:
            pass

        def wait(self) -> None:
            pass

    monkeypatch.setattr(subprocess, "Popen", NotBegun)
    ahead = Ahead(FILES)
    parent, *shared = map(int, begun[0][-4:])
    assert parent == os.getpid()
    # The second process, run here: its first process is another than the one that it has now, so that one is gone.
    serve(os.getppid() + 1, *map(os.dup, shared))
    assert [blob for blob in FILES if ahead.facts(blob) is not None] == []
    serve(os.getppid(), *map(os.dup, shared))
    assert [blob for blob in FILES if ahead.facts(blob) is None] == []
    ahead.close()


def test_it_ends_when_it_is_closed(begun: Processes) -> None:
    ahead = Ahead({str(i): b"package p\n" + b"func f() { g(1, 2, 3) }\n" * 10_000 for i in range(50)})
    assert begun[0].poll() is None
    ahead.close()
    assert begun[0].returncode is not None


def test_nothing_is_left_open() -> None:
    before = psutil.Process().num_fds()
    Ahead(FILES).close()
    assert psutil.Process().num_fds() == before
