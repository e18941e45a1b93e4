"""The conditions around a statement, for every statement that holds others."""

from __future__ import annotations

import pytest

from tracer.syntax.guards import guards
from tracer.syntax.parse import extract, parse_function

SOURCE = """package p

func f(a, b bool, n int, x any, c chan int) int {
	if a {
		if v := n; b {
			return 1
		} else if n > 1 {
			return 2
		} else {
			return 3
		}
	}
	for i := 0; i < n; i++ {
		return 4
	}
	for range n {
		switch n {
		case 7:
			return 5
		default:
			return 6
		}
	}
	switch x.(type) {
	case string:
		return 7
	}
	select {
	case v := <-c:
		{
			n = v
		}
	}
	_ = func() int {
		return 8
	}
	return 9
}
"""
LINES = SOURCE.splitlines()


@pytest.mark.parametrize(
    ("statement", "around"),
    [
        ("return 1", [("if a {", True), ("if v := n; b {", True)]),
        ("return 2", [("if a {", True), ("if v := n; b {", False), ("} else if n > 1 {", True)]),
        ("return 3", [("if a {", True), ("if v := n; b {", False), ("} else if n > 1 {", False)]),
        ("return 4", [("for i := 0; i < n; i++ {", True)]),
        ("return 5", [("case 7:", True)]),
        ("return 6", []),
        ("return 7", [("case string:", True)]),
        ("n = v", []),
        ("return 8", []),
        ("return 9", []),
    ],
)
def test_guards(statement: str, around: list[tuple[str, bool]]) -> None:
    source = SOURCE.encode()
    body = parse_function(source, extract(source).declarations[0]).body
    assert body is not None
    line = next(i for i, text in enumerate(LINES, 1) if text.strip() == statement)
    text = LINES[line - 1]
    column = len(text) - len(text.lstrip()) + 1
    places = [column, column + text.lstrip().find("=")] if "=" in text else [column]
    before = sum(len(text.encode()) + 1 for text in LINES[: line - 1])
    found = [g for at in places for g in guards(body, before + at - 1)]
    assert [(LINES[source.count(b"\n", 0, g.condition.pos)].strip(), g.holds) for g in found] == around
