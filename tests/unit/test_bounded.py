"""Text on which a parser takes longer than its length allows is given up, and that is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.errors import CutShortError
from tracer.golang import types as t
from tracer.golang.load.missing import missing_modules
from tracer.report.lacks import lacking
from tracer.syntax import bounded, c, make, parse
from tracer.syntax.facts import Declaration, FileFacts, decode, encode
from tracer.syntax.highlights import highlights

PLAIN = b"package p\n\n" + b"func f() { g(h) }\n\n" * 400
# Recovery from errors grows as the cube of this one's length.
COMMENTS = b"package p\n\n" + b"/* " * 2500


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.05)
    monkeypatch.setattr(bounded, "MOST_DEPTH", 1000)
    monkeypatch.setattr(bounded, "MOST_PARTS", 1000)


def test_a_file_that_is_cut_short_declares_nothing() -> None:
    facts = parse.extract(COMMENTS)
    assert facts == FileFacts("", (), (), facts.declared, given_up=True)
    assert decode(encode(facts)) == facts
    assert parse._root(PLAIN).child_count > 400
    assert not parse._parser().cut


DEEP = [b"{" * 5000, b"(" * 5000, b"(" * 3000 + b"1" + b")" * 3000]


@pytest.mark.parametrize("text", DEEP)
def test_deep_and_wide_trees(text: bytes) -> None:
    assert not parse.extract(b"package p\n\nvar x = " + text + b"\n").declarations
    assert parse._parser().cut
    piece = b"func f() {\n\tx := " + DEEP[-1] + b"\n}"
    with pytest.raises(CutShortError):
        parse.parse_function(piece, Declaration("func", ("f",), "", 0, len(piece), 1, 1))


def test_brackets_in_texts_are_no_depth() -> None:
    text = b'package p\n\nvar s = "' + b"(" * 5000 + b'"\n'
    assert not parse._root(text).has_error
    assert [d.names for d in parse.extract(text).declarations] == [("s",)]


def test_a_declaration_that_is_cut_short_is_a_fault() -> None:
    piece = b"func f() {" + b"/* " * 2500
    with pytest.raises(CutShortError):
        parse.parse_function(piece, Declaration("func", ("f",), "", 0, len(piece), 1, 1))


def test_the_rest_is_told(tmp_path: Path) -> None:
    files = {
        "go.mod": "module main\n\ngo 1.24\n",
        "main.go": "package main\n\nfunc g() {}\n\nfunc main() { g() }\n",
        "bad.go": COMMENTS.decode().replace("package p", "package main\n\nfunc f() {}"),
    }
    repository(tmp_path, files)
    program = analysis(tmp_path)
    (main,) = program.find("main.main")
    assert isinstance(main, t.Func)
    edges, _ = program.edges(main)
    assert [edge.callee for edge in edges] == ["main.g"]
    assert program.find("main.f") == []
    [row] = missing_modules(program.program)
    assert [*lacking([row])] == [
        (
            "not read",
            "bad.go",
            ": to parse it takes longer than its length allows, so what it declares and calls is not known",
        )
    ]


def test_a_c_file_and_a_makefile_that_are_cut_short_are_not_read() -> None:
    with pytest.raises(CutShortError):
        c.extract(b"int main(void) { stop(); }\n" + b"/* " * 2500)
    with pytest.raises(CutShortError):
        make.read(b"A = $(B)\n" * 1000 + b"C = " + b"$(D" * 5000, {})
    assert c.extract(b"int main(void) { stop(); }\n" * 400).function("main")


@pytest.mark.parametrize("language", ["go", "c"])
def test_what_is_cut_short_has_no_colours(language: str) -> None:
    assert highlights(b"/* " * 2500, 0, 300, language) == []
    calls = b"int A = printf(A);\n" if language == "c" else b"var A = len(A)\n"
    assert highlights(calls * 1000, 0, 300, language)
