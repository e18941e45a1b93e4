"""What is stored in containers that the library gives, faults that cost themselves alone, and questions that leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info
from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import FieldNode
from tracer.golang.types import Func
from tracer.model import Reason, Unresolved

MODULE = {"go.mod": "module m\n\ngo 1.24\n"}


def opened(folder: Path, text: str, *, whole: bool = False) -> Analysis:
    repository(folder, MODULE | {"main.go": "package main\n\n" + text})
    return analysis(folder, whole=whole)


def every(program: Analysis) -> tuple[set[tuple[str, str]], list[Unresolved]]:
    """All edges of the program's own packages by caller and callee, and the calls without any."""
    edges, failed = set[tuple[str, str]](), list[Unresolved]()
    for package in program.packages_under(["..."]):
        for file in package.files:
            for declaration in file.facts.declarations:
                if declaration.kind in ("func", "method", "var"):
                    found, unresolved = program.unit_edges(file.unit(declaration))
                    edges |= {(edge.caller, edge.callee) for edge in found}
                    failed += unresolved
    return edges, failed


CONTAINER_OF_THE_LIBRARY = """import (
	"context"
	"net/http"
)

type Doer interface{ Do() }

type real struct{}

func (real) Do() {}

type key struct{}

func put(ctx context.Context) {
	hooks := ctx.Value(key{}).(map[string]func(Doer))
	hooks["x"] = func(d Doer) { d.Do() }
}

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { put(r.Context()) })
	real{}.Do()
}
"""


def test_what_is_stored_in_a_container_of_the_library_is_followed_on(tmp_path: Path) -> None:
    for whole in (False, True):
        program = opened(tmp_path / str(whole), CONTAINER_OF_THE_LIBRARY, whole=whole)
        edges, failed = every(program)
        assert ("m.main", "(m.real).Do") in edges
        assert not [x for x in failed if x.reason is Reason.FAULT]
        (literal,) = program.unit_of(func(program, "m.put")).literals
        assert literal.value is not None
        assert program.flow.callers(literal) == []


def func(program: Analysis, name: str) -> Func:
    (found,) = program.find(name)
    assert isinstance(found, Func)
    return found


def test_one_unit_that_fails_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "func bad() { good() }\n\nfunc good() {}\n\nfunc main() { bad(); good() }\n"
    program = opened(tmp_path, text)
    check = Checker.check

    def failing(self: Checker, unit: Unit) -> Info:
        found = check(self, unit)
        if found.name == "m.bad":
            raise KeyError("what nobody thought of")
        return found

    monkeypatch.setattr(Checker, "check", failing)
    edges, failed = every(program)
    assert edges == {("m.main", "m.bad"), ("m.main", "m.good")}
    assert [(x.caller, x.reason, x.site.line) for x in failed] == [("m.bad", Reason.FAULT, 3)]


def test_a_question_asked_often_leaves_one_watcher(tmp_path: Path) -> None:
    text = "type T struct{ f func() }\n\nfunc run() {}\n\nfunc main() { t := T{f: run}; t.f() }\n"
    program = opened(tmp_path, text)
    (field,) = program.find_fields("m.T.f")
    node: FieldNode = program.nodes.field(field)
    solver = program.flow.solver

    def watchers() -> int:
        return sum(len(state.watchers) for states in solver._states for state in states.values())

    program.flow.sources(node)
    program.flow.following(node)
    before = watchers()
    for _ in range(300):
        assert [str(x) for x in program.flow.sources(node)] == ["FunctionUse(m.main:7:25)"]
        program.flow.following(node)
    assert watchers() == before
