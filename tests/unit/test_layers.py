"""The tests' own house: one layer each, and nothing left out in silence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from layers import LAYERS, TESTS, layer_of, left_out, misplaced

CLOCKS = {"deadline", "timeout", "wait_for_timeout", "time.time", "alarm", "setitimer"}
CLOCKS |= {name + unit for name in ("time", "perf_counter", "monotonic", "process_time") for unit in ("", "_ns")} - {
    "time"
}
# Where something ends after a while that would go on for ever, and nothing is said of how long it took.
ENDS = {
    "differential/reduce.py": {"monotonic"},
    "differential/execution.py": {"timeout"},
}


def test_a_layer_is_a_folder() -> None:
    assert {layer_of(TESTS / name / "test_x.py") for name in LAYERS} == set(LAYERS)
    assert layer_of(TESTS / "differential" / "deeper" / "test_x.py") == "differential"
    assert [layer_of(path) for path in (TESTS / "test_x.py", TESTS / "golden" / "x.py", Path("/unit/x.py"))] == [""] * 3


def test_what_has_no_layer_or_two_is_told() -> None:
    unit = TESTS / "unit" / "test_x.py"
    assert misplaced([("a", unit, ["parametrize"])]) == []
    assert misplaced([("a", TESTS / "test_x.py", [])])[0].startswith("a stands in none of the folders unit, ")
    assert misplaced([("a", unit, ["browser"])]) == ["a is marked browser: a layer is told by the folder alone"]


def test_what_was_skipped_is_told_by_layer_and_reason() -> None:
    skips = [
        ("tests/browser/test_site.py", "Skipped: no Chromium"),
        ("tests/unit/test_x.py", "Skipped: root may write"),
        ("tests/browser/test_site.py", "no Chromium"),
    ]
    assert left_out(skips) == [
        "unit: 1 test not run: root may write",
        "browser: 2 tests not run: no Chromium",
    ]


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TESTS.rglob("*.py")) if layer_of(path) and path != Path(__file__)],
    ids=lambda path: str(path.relative_to(TESTS)),
)
def test_no_test_looks_at_a_clock(path: Path) -> None:
    """What bounds a time fails on a busy machine, and so does hypothesis with a deadline."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.arg or "" for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    words |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    words |= {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    used = sorted(words & CLOCKS - ENDS.get(str(path.relative_to(TESTS)), set()))
    assert not used, f"{path} asks for a time: {used}"
