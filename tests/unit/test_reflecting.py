"""What may be called by reflection is asked once for a program, with one budget, and only of packages that take methods."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.codes import Gap
from tracer.golang import types as t
from tracer.golang.program import Analysis

MAIN = """\
package main

import "reflect"

type job struct{}

func (job) Start() {}
func (job) Stop()  {}

func pick(v reflect.Value, name string) reflect.Value { return v%s }

func call(v any, name string) { pick(reflect.ValueOf(v), name).Call(nil) }

func main() { call(job{}, "Start") }
"""


def program(tmp_path: Path, how: str) -> Analysis:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": MAIN % how})
    return analysis(tmp_path)


def _fail(*_: object) -> None:
    pytest.fail("asked again")


def _reasons(found: Analysis, name: str) -> list[object]:
    [func] = found.find(name)
    assert isinstance(func, t.Func)
    return [row.detail.code for row in found.unknown_callers(func)]


def test_a_package_that_takes_methods_may_call_them(tmp_path: Path) -> None:
    found = program(tmp_path, ".MethodByName(name)")
    assert _reasons(found, "job.Stop") == [Gap.REFLECTED]


def test_a_package_that_calls_functions_alone_calls_no_method(tmp_path: Path) -> None:
    assert _reasons(program(tmp_path, ""), "job.Stop") == []


def test_it_is_one_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path, ".MethodByName(name)")
    assert _reasons(found, "job.Start") == [Gap.REFLECTED]
    monkeypatch.setattr("tracer.golang.flow.flow.givings", _fail)
    assert _reasons(found, "job.Stop") == [Gap.REFLECTED]


def test_what_a_bound_cuts_off_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path, ".MethodByName(name)")
    [stop] = found.find("job.Stop")
    assert isinstance(stop, t.Func)
    monkeypatch.setattr(found.flow.dispatcher, "budget", 0)
    calls, bounded = found.flow.reflected(stop)
    assert calls == []
    assert bounded is not None
    assert bounded.code is Gap.TOO_MANY_FUNCTIONS
