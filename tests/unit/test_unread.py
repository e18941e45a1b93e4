"""A file that is given up, or a function that the checker fails on: what it may call, store or declare is not known, and not none."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.codes import Gap
from tracer.golang import types as t
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info
from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.syntax import bounded

MAIN = """package main

import "example.org/m/lib"

type Doer interface{ Do() }

type one struct{}

func (one) Do() {}

type late struct{ n int }

var held Doer = one{}

var apart Doer = one{}

type box struct {
	doer  Doer
	alone Doer
}

func take(d Doer) { d.Do() }

func never() {}

func other() {}

func full(b box) { b.doer.Do() }

func alone(b box) { b.alone.Do() }

func through() { held.Do() }

func past() { apart.Do() }

func asked(x any) {
	if d, ok := x.(Doer); ok {
		d.Do()
	}
}

func main() {
	take(one{})
	full(box{doer: one{}, alone: one{}})
	alone(box{doer: one{}, alone: one{}})
	through()
	past()
	asked(late{1})
	lib.Run()
}
"""
# After this much the parser is not asked for more.
HOSTILE = (
    "\n\nfunc f() {\n\ttake(nil)\n\tnever()\n\theld = nil\n\t_ = box{doer: nil}.doer\n}\n\nfunc (late) Do() {}\n"
    + "/* " * 2500
)


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.05)


@pytest.fixture
def program(tmp_path: Path) -> Analysis:
    files = {
        "go.mod": "module example.org/m\n\ngo 1.24\n",
        "main.go": MAIN,
        "bad.go": "package main" + HOSTILE,
        "lib/lib.go": "package lib\n\nfunc Run() {}\n\nfunc Idle() {}\n",
    }
    repository(tmp_path, files)
    return analysis(tmp_path)


def reasons(program: Analysis, name: str) -> set[str]:
    """What is not known of the calls of a function."""
    (func,) = program.find(f"main.{name}")
    assert isinstance(func, t.Func)
    found = set[str]()
    for site in program.sites(func):
        bounded = program.dispatch(site)[0].bounded
        if bounded is not None and bounded.code is Gap.NOT_READ:
            found.add(bounded.arguments[0])
    return found


@pytest.mark.parametrize(
    ("name", "known"),
    [("take", False), ("full", False), ("through", False), ("asked", False), ("alone", True), ("past", True)],
)
def test_what_such_a_file_names_is_not_known(program: Analysis, name: str, known: bool) -> None:
    assert reasons(program, name) == (set() if known else {"bad.go"})


@pytest.mark.parametrize(("name", "reason"), [("never", Gap.NOT_READ), ("other", None)])
def test_who_calls_what_it_names_is_not_known(program: Analysis, name: str, reason: Gap | None) -> None:
    (func,) = program.find(f"main.{name}")
    assert isinstance(func, t.Func)
    _, why = program.flow.unknown_callers(func)
    assert (why.code if why is not None else None) is reason


def test_what_a_function_does_that_the_checker_fails_on_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = "package main\n\nfunc fails() {\n\ttake(nil)\n\tnever()\n}\n\nfunc init() { fails() }\n"
    files = {
        "go.mod": "module example.org/m\n\ngo 1.24\n",
        "main.go": MAIN,
        "fails.go": fails,
        "lib/lib.go": "package lib\n\nfunc Run() {}\n",
    }
    repository(tmp_path, files)
    program = analysis(tmp_path)
    check = program.checker.check

    def broken(unit: Unit) -> Info:
        if unit.declaration.names[0] == "fails":
            raise KeyError("fails")
        return check(unit)

    monkeypatch.setattr(Checker, "check", lambda _, unit: broken(unit))
    assert reasons(program, "take") == {"example.org/m.fails"}
    (never,) = program.find("main.never")
    assert isinstance(never, t.Func)
    _, why = program.flow.unknown_callers(never)
    assert why is not None
    assert why.arguments == ("example.org/m.fails",)
