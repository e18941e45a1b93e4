"""Methods that are taken by reflection: of values that go around as well."""

from __future__ import annotations

from pathlib import Path

from support import analysis, repository

from tracer import api

ROUND = """package main

import "reflect"

type T struct{}

func (T) Fly() {}

// A reflected value that is made of itself came from elsewhere than it can be followed to.
func fly(v reflect.Value) {
	v = v.Elem()
	v.MethodByName("Fly").Call(nil)
}

func turn(v reflect.Value) {
	var w reflect.Value
	v = w.Elem()
	w = v.Elem()
	w.Method(0).Call(nil)
}

func straight() {
	v := reflect.ValueOf(&T{}).Elem()
	v.MethodByName("Fly").Call(nil)
}

func main() {
	fly(reflect.ValueOf(&T{}))
	turn(reflect.ValueOf(&T{}))
	straight()
}
"""


def test_a_reflected_value_that_is_made_of_itself(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": ROUND})
    program = analysis(tmp_path)
    _, func = api.lookup([program], "T.Fly")
    lines = {row.site.line for row in program.unknown_callers(func) if row.site is not None}
    assert ROUND[: ROUND.index("\tv := reflect")].count("\n") + 2 in lines
