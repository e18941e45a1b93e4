"""What the text before a name tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import analysis, repository
from tracer.golang.load.package import File, Package
from tracer.golang.load.program import Program
from tracer.golang.search.qualifiers import Qualifiers

MODULE = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "p/p.go": 'package p\n\nimport "example.com/m/q"\n\nfunc Name() q.T { return 0 }\n',
    "q/q.go": "package q\n\ntype T int\n\nfunc Name() {}\n",
    "r/r.go": "package r\n\nfunc Name() {}\n",
}


def opened(folder: Path, text: str) -> tuple[Qualifiers, Program, File]:
    repository(folder, MODULE | {"main.go": "package main\n\n" + text})
    program = analysis(folder).program
    return Qualifiers(program), program, program.closure()[0].files[0]


def package(program: Program, name: str) -> Package:
    found = program.package("example.com/m/" + name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "selected"),
    [
        ("p.Name()", False),
        ("x.Name()", True),
        ("x.p.Name()", True),
        ("x.\n\t\tp.Name()", True),
        ("x.\n\t\t// A comment.\n\t\tName()", True),
        ("x. // it's\n\t\tName()", True),
        ("x[1].Name()", True),
        ("f(\n\t\tp.Name())", False),
        ("// Not x.\n\tp.Name()", False),
        ("f(p.\n\t\tName())", False),
        ("Name()", False),
        ("1.\n\tName()", False),
        ("f(y...,\n\t\tName())", False),
    ],
)
def test_selectors(body: str, selected: bool, tmp_path: Path) -> None:
    text = f'import "example.com/m/p"\n\nfunc main() {{\n\t{body}\n}}\n'
    imports, _, file = opened(tmp_path, text)
    assert imports.is_selected(file, file.source.rindex(b"Name")) is selected


@pytest.mark.parametrize(
    "line",
    [
        "p := x",
        "var p x",
        "x, p := y()",
        "for _, p := range x {}",
        "f(func(p x) {})",
        'f("//"); p := 1',
        "/* // */ p := 1",
    ],
)
def test_a_package_may_be_shadowed(line: str, tmp_path: Path) -> None:
    text = f'import "example.com/m/p"\n\nfunc main() {{\n\t{line}\n\tp.Name()\n}}\n'
    imports, _, file = opened(tmp_path, text)
    assert imports.is_selected(file, file.source.rindex(b"Name"))


@pytest.mark.parametrize(
    ("imported", "body", "named"),
    [
        ('"example.com/m/p"', "p.Name()", {"p"}),
        ('"example.com/m/p"', "p.\n\t\tName()", {"p"}),
        ('"example.com/m/p"', "q.Name()", set[str]()),
        ('a "example.com/m/p"', "a.Name()", {"p"}),
        ('a "example.com/m/p"', "p.Name()", set[str]()),
        ('. "example.com/m/p"', "Name()", {"p", "main"}),
        ('"example.com/m/p"', "Name()", {"main"}),
        ('"example.com/m/p"', "// It's x.\n\tName()", {"main"}),
        ('"example.com/m/p"', 'f("// it\'s x.")\n\tName()', {"main", "p"}),
        ('"example.com/m/p"', "x.Name()", set[str]()),
        ('"example.com/m/p"', "f(x...,\n\t\tName())", {"main"}),
    ],
)
def test_whose_a_name_may_be(imported: str, body: str, named: set[str], tmp_path: Path) -> None:
    text = f"import {imported}\n\nfunc main() {{\n\t{body}\n}}\n"
    imports, program, file = opened(tmp_path, text)
    at = file.source.rindex(b"Name")
    candidates = {"main": file.package} | {name: package(program, name) for name in ("p", "q", "r")}
    assert {name for name, found in candidates.items() if imports.names(file, at, found)} == named


def test_what_a_package_reaches(tmp_path: Path) -> None:
    imports, program, file = opened(tmp_path, 'import "example.com/m/p"\n\nfunc main() { p.Name() }\n')
    p, q = package(program, "p"), package(program, "q")
    main = file.package
    assert [imports.reaches(main, x) for x in (main, p, q)] == [True, True, True]
    assert [imports.reaches(q, x) for x in (main, p, q)] == [False, False, True]
