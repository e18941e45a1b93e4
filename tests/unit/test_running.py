"""Which functions of a program run, as its text tells, and what is said of those that do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.codes import Ending, Note
from tracer.golang import types as t
from tracer.golang.program import Analysis
from tracer.graph import CallGraph
from tracer.trace import between

HEAD = 'package main\n\nimport (\n\t"reflect"\n\t"sort"\n\t"text/template"\n)\n\nvar _, _, _ = reflect.ValueOf, sort.Sort, template.New\n\n'


def function(program: Analysis, name: str) -> t.Func:
    (found,) = program.find(name)
    assert isinstance(found, t.Func)
    return found


def runs(folder: Path, body: str, name: str = "f", **others: str) -> bool:
    repository(folder, {"go.mod": "module main\n\ngo 1.26\n", "main.go": HEAD + body + "\n", **others})
    program = analysis(folder)
    return program.counts(program.unit_of(function(program, name)).unit)


@pytest.mark.parametrize(
    "body",
    [
        "func main() { f() }\n\nfunc f() {}",
        "func main() { g(f) }\n\nfunc g(func()) {}\n\nfunc f() {}",
        "func init() { f() }\n\nfunc main() {}\n\nfunc f() {}",
        "func main() {}\n\nvar a = 1 + f()\n\nfunc f() int { return 1 }",
        "func main() {}\n\nvar a = []int{0: f()}\n\nfunc f() int { return 1 }",
        "func main() {}\n\nvar a = func() int { return f() }()\n\nfunc f() int { return 1 }",
        "func main() { a() }\n\nvar a = f\n\nfunc f() {}",
        "func main() { a() }\n\nfunc a() { b() }\n\nfunc b() { a(); f() }\n\nfunc f() {}",
        # C and the linker call by name.
        "func main() {}\n\n//export f\nfunc f() {}",
        "func main() {}\n\n//go:linkname f\nfunc f() {}",
        # Methods: the type is made, the name selected.
        "type T struct{}\n\nfunc (T) f() {}\n\nfunc main() { T{}.f() }",
        "type T struct{}\n\nfunc (*T) f() {}\n\ntype S struct{ *T }\n\nfunc main() { S{}.f() }",
        "type T struct{}\n\nfunc (*T) f() {}\n\nfunc main() { g := (*T).f; g(nil) }",
        "type T = U\n\ntype U struct{}\n\nfunc (T) f() {}\n\nfunc main() { U{}.f() }",
        "type I interface{ f() }\n\ntype T struct{}\n\nfunc (T) f() {}\n\nfunc main() { var i I = T{}; i.f() }",
    ],
)
def test_it_runs(body: str, tmp_path: Path) -> None:
    assert runs(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        # The library calls it, reflection does, a template.
        "func (T) Len() int { return 0 }\n\nfunc main() { println(T{}) }",
        'func (T) Fly() {}\n\nfunc main() { reflect.ValueOf(T{}).MethodByName("Fly") }',
        "func (T) Fly() {}\n\nfunc main() { println(T{}); by(0) }\n\nfunc by(s string) { reflect.ValueOf(s).MethodByName(s) }",
        "func (T) Fly() {}\n\nfunc main() { println(T{}); all(0) }\n\nfunc all(x any) { for i := range reflect.TypeOf(x).NumMethod() { println(i) } }",
        'func (T) Fly() int { return 0 }\n\nfunc main() { println(T{}); template.New("").Parse("{{.Fly}}") }',
        'func (T) Fly() int { return 0 }\n\nfunc main() { println(T{}); template.ParseFiles("a") }',
    ],
)
def test_a_method_runs_that_no_code_selects(body: str, tmp_path: Path) -> None:
    assert runs(tmp_path, "type T struct{}\n\n" + body, "Fly" if "Fly" in body else "T.Len")


@pytest.mark.parametrize(
    "body",
    [
        "func main() {}\n\nfunc f() {}",
        "func main() {}\n\nfunc a() { b() }\n\nfunc b() { a(); f() }\n\nfunc f() {}",
        "func main() {}\n\nfunc _() { f() }\n\nfunc f() {}",
        "func main() {}\n\nvar a = f\n\nfunc f() {}",
        "func main() {}\n\nvar a = []func(){f}\n\nfunc f() {}",
        'func main() { println("f()") } // f()\n\nfunc f() {}',
        "type T struct{}\n\nfunc (T) f() {}\n\nfunc main() {}\n\nfunc g(t T) { t.f() }",
        "type T struct{}\n\nfunc (T) f() {}\n\nfunc main() { println(T{}) }",
        "type T struct{}\n\nfunc (T) f() { T{}.f() }\n\nfunc main() {}",
        "type T struct{}\n\nfunc (T) f() {}\n\nfunc main() { println(T{}) }\n\nfunc g(t T) { t.f() }",
    ],
)
def test_it_does_not_run(body: str, tmp_path: Path) -> None:
    assert not runs(tmp_path, body)


def test_a_method_may_be_called_by_what_is_not_among_the_sources(tmp_path: Path) -> None:
    body = "type T struct{}\n\nfunc (T) Fly() {}\n\nfunc (T) walk() {}\n\nfunc main() { println(T{}) }"
    assert not runs(tmp_path / "a", body, "Fly")
    far = 'package main\n\nimport "example.org/far"\n\nfunc init() { far.Do() }\n'
    assert runs(tmp_path / "b", body, "Fly", **{"far.go": far})
    assert not runs(tmp_path / "c", body, "walk", **{"far.go": far})


def test_what_a_library_exports_runs(tmp_path: Path) -> None:
    text = "package lib\n\ntype T struct{}\n\nfunc (T) Fly() {}\n\nfunc (T) walk() {}\n\nfunc Do() { g() }\n\nfunc g() {}\n\nfunc h() {}\n"
    repository(tmp_path, {"go.mod": "module lib\n\ngo 1.26\n", "lib.go": text})
    program = analysis(tmp_path)
    found = {n: program.counts(program.unit_of(function(program, n)).unit) for n in ("Fly", "walk", "Do", "g", "h")}
    assert found == {"Fly": True, "walk": False, "Do": True, "g": True, "h": False}


IDLE = """package main

type I interface{ Do() }

type live struct{}

func (live) Do() {}

type idle struct{}

func (idle) Do() { end() }

func end() {}

var held I

func main() {
	held = live{}
	use()
}

func use() { held.Do() }

func never() {
	held = idle{}
	held.Do()
}
"""


def test_what_does_not_run_is_told_as_if_it_did(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.26\n", "main.go": IDLE})
    program = analysis(tmp_path)
    graph = CallGraph([program])
    use, never, end = (graph.node(program, function(program, f"main.{name}")) for name in ("use", "never", "end"))
    assert [s.edge.callee for s in graph.steps(use) if s.edge.kind == "interface"] == ["(main.live).Do"]
    assert not between(graph, use, [[end]], lambda _name, _count: None).chains
    found = between(graph, never, [[end]], lambda _name, _count: None)
    assert [step.edge.callee for step in found.chains[0]] == ["(main.idle).Do", "main.end"]
    assert [e.note for e in found.chains[0][0].edge.evidence][-1] is Note.DOES_NOT_RUN
    lost = between(graph, never, [[graph.node(program, function(program, "main.main"))]], lambda _name, _count: None)
    assert ("main.never", Ending.DOES_NOT_RUN) in [(s.symbol.short, s.reason) for s in lost.stops]
    assert [s.edge.caller for s in graph.steps_into(end)] == ["(main.idle).Do"]
