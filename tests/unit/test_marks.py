"""Which states may grow, and whose search was bound, is told without looking at all that they depend on."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import Query
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import State

SOURCE = """\
package main

type Speaker interface{ Speak() }
type dog struct{}

func (dog) Speak() {}

func pick() Speaker { return choose() }

func choose() Speaker { return dog{} }

func main() { pick().Speak() }
"""


def _states() -> tuple[State, State, State]:
    first, second, third = (State(None, functions=False) for _ in range(3))
    first.outs.append(second)
    third.need(second)
    return first, second, third


def test_what_depends_on_an_open_state_may_grow() -> None:
    first, second, third = _states()
    second.mark_open()
    assert (first.may_grow, second.may_grow, third.may_grow) == (False, True, True)
    later = State(None, functions=False)
    later.need(third)
    assert later.may_grow


def test_of_several_bounds_the_first_by_name_is_told() -> None:
    deep, many = Message(Gap.TOO_DEEP, ("4",)), Message(Gap.TOO_MANY_FUNCTIONS, ("2",))
    for reasons in (deep, many), (many, deep):
        first, _, third = _states()
        for reason in reasons:
            first.mark_bound(reason)
        assert third.bound == min(reasons, key=lambda reason: reason.code)
        later = State(None, functions=False)
        later.need(third)
        assert later.bound == third.bound


def test_a_value_that_is_closed_is_not_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": SOURCE})
    program = analysis(tmp_path)
    [main] = program.find("main.main")
    assert isinstance(main, t.Func)
    [call] = [site for site in program.sites(main) if site.name == "Speak"]
    assert call.receiver is not None
    solver = program.flow.dispatcher.solver

    # A budget of nothing leaves it open; with more it is closed, and so is all on the way.
    _, bounded = solver.answer(call.receiver, Query(0), functions=False)
    assert bounded is not None
    assert bounded.code is Gap.TOO_MANY_FUNCTIONS
    state, bounded = solver.answer(call.receiver, Query(100), functions=False)
    assert bounded is None
    assert not any(each.may_grow for states in solver._states for each in states.values())

    walked: list[State] = []
    monkeypatch.setattr(Solver, "_open_before", lambda _, state: walked.append(state) or [])
    assert solver.answer(call.receiver, Query(100), functions=False) == (state, None)
    assert not walked
