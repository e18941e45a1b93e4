"""The way of a value to a call, as places; and what is said where a bound ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.codes import Gap, Rule
from tracer.golang.flow.dispatch import Dispatch
from tracer.golang.types import Func, Var
from tracer.sentences import sentence

MODULE = {"go.mod": "module m\n\ngo 1.24\n"}
DOER = "package main\n\ntype Doer interface{ Do() }\n\ntype real struct{}\n\nfunc (real) Do() {}\n\n"


def dispatched(folder: Path, text: str) -> Dispatch:
    """The targets of the call of ``Do`` in the function ``run``."""
    repository(folder, MODULE | {"main.go": DOER + text})
    program = analysis(folder)
    (func,) = program.find("m.run")
    assert isinstance(func, Func)
    (site,) = (s for s in program.unit_of(func).sites if s.name == "Do")
    return program.flow.dispatch(site)


WAYS = {
    "an argument": (
        "func main() { run(1, real{}) }\n\nfunc run(n int, d Doer) { d.Do() }\n",
        ["passed as d to m.run 9:22"],
    ),
    "one of any number": (
        "func main() { run(1, real{}) }\n\nfunc run(n int, d ...Doer) { d[0].Do() }\n",
        ["stored as an element of d 9:22"],
    ),
    "a slice for any number": (
        "func main() {\n\tall := []Doer{real{}}\n\trun(all...)\n}\n\nfunc run(d ...Doer) { d[0].Do() }\n",
        ["stored as an element of all 10:2", "stored as an element of d 11:6"],
    ),
    "results for parameters": (
        "func two() (int, Doer) { return 1, real{} }\n\nfunc main() { run(two()) }\n\nfunc run(n int, d Doer) { d.Do() }\n",
        ["returned by m.two 9:26", "passed as d to m.run 11:15"],
    ),
    "a field": (
        "type T struct{ d Doer }\n\nfunc main() { run(T{d: real{}}) }\n\nfunc run(t T) { t.d.Do() }\n",
        ["stored in the field m.T.d 11:21"],
    ),
    "a variable": (
        "var d Doer\n\nfunc main() {\n\td = real{}\n\trun()\n}\n\nfunc run() { d.Do() }\n",
        ["assigned to the variable d 12:2"],
    ),
    "a map in a field": (
        (
            "type T struct{ m map[int]Doer }\n\nfunc main() {\n\tt := T{m: map[int]Doer{}}\n\tt.m[1] = real{}\n\trun(t)\n}\n\n"
            "func run(t T) { t.m[1].Do() }\n"
        ),
        ["stored as an element of the field m 13:2"],
    ),
    "an embedded one": (
        "type W struct{ Doer }\n\nfunc main() { run(W{real{}}) }\n\nfunc run(d Doer) { d.Do() }\n",
        ["passed as d to m.run 11:19", "m.W gets Do from its embedded Doer 9:16", "stored in the field m.W.Doer 11:21"],
    ),
}


@pytest.mark.parametrize(("text", "way"), WAYS.values(), ids=WAYS)
def test_the_way_of_a_value(text: str, way: list[str], tmp_path: Path) -> None:
    (target,) = dispatched(tmp_path, text).targets
    assert target.rule is Rule.FLOW
    told = [f"{sentence(e.message)} {e.position.line}:{e.position.column}" for e in target.evidence if e.position]
    assert told == way


TOO_DEEP = {
    "slices": (
        "func main() { run([][][][][][]Doer{{{{{{real{}}}}}}}) }\n\n"
        "func run(all [][][][][][]Doer) { all[0][0][0][0][0][0].Do() }\n"
    ),
    "pointers": (
        "func main() { run() }\n\nfunc run() {\n\tvar d Doer = real{}\n\ta := &d\n\tb := &a\n\tc := &b\n"
        "\te := &c\n\tf := &e\n\tg := &f\n\t(******g).Do()\n}\n"
    ),
}


@pytest.mark.parametrize("text", TOO_DEEP.values(), ids=TOO_DEEP)
def test_what_lies_too_deep_is_said_and_not_proven(text: str, tmp_path: Path) -> None:
    found = dispatched(tmp_path, text)
    assert found.bounded is not None
    assert found.bounded.code is Gap.TOO_DEEP
    assert [(x.owner.full_name, x.rule) for x in found.targets] == [("(m.real).Do", Rule.IMPLEMENTS)]


def test_where_following_a_function_ends_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "func main() {\n\tf := run\n\tg := f\n\tg(real{})\n}\n\nfunc run(d Doer) { d.Do() }\n"
    assert dispatched(tmp_path / "far", text).bounded is None
    monkeypatch.setattr("tracer.golang.flow.forward.MAX_VISITED", 1)
    found = dispatched(tmp_path / "near", text)
    assert found.bounded is not None
    assert found.bounded.code is Gap.TOO_FAR


def test_what_a_literal_stores_in_a_variable_around_it_arrives(tmp_path: Path) -> None:
    text = (
        "type other struct{}\n\nfunc (other) Do() {}\n\nfunc main() { run() }\n\n"
        "func run() {\n\tvar d Doer = real{}\n\tset := func() { d = other{} }\n\tdefer set()\n\td.Do()\n}\n"
    )
    assert [x.owner.full_name for x in dispatched(tmp_path, text).targets] == ["(m.other).Do", "(m.real).Do"]


def test_a_value_goes_nowhere_from_a_variable_that_nobody_reads(tmp_path: Path) -> None:
    repository(tmp_path, MODULE | {"main.go": "package main\n\nvar kept = run\n\nfunc run() {}\n\nfunc main() {}\n"})
    program = analysis(tmp_path)
    (var,) = program.find("m.kept")
    assert isinstance(var, Var)
    node = program.nodes.variable(var)
    assert program.flow.following(node) == []


def test_what_comes_from_where_no_source_reaches_is_not_proven(tmp_path: Path) -> None:
    text = "func main() { run(); use(real{}) }\n\nfunc use(any) {}\n\nfunc run() { away.Get().(Doer).Do() }\n"
    doer = DOER.replace("package main\n", 'package main\n\nimport "example.org/away"\n')
    repository(tmp_path, MODULE | {"main.go": doer + text})
    program = analysis(tmp_path)
    (func,) = program.find("m.run")
    assert isinstance(func, Func)
    (site,) = (s for s in program.unit_of(func).sites if s.name == "Do")
    found = program.flow.dispatch(site)
    assert found.bounded is not None
    assert not [x for x in found.targets if x.rule is Rule.FLOW]
