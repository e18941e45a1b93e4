"""The comparison itself: whatever one side lacks, adds or names otherwise fails it."""

from __future__ import annotations

from pathlib import Path

import pytest
from edges import Edge, Reviewed, differences, package, plain, reviewed, unreviewed
from ours import call_places

A = Edge("m.main", "m.a", "main.go", 3, 4)
B = Edge("m.main", "(*m.T).b", "main.go", 4, 6)
BOTH = {A, B}
REASON = Reviewed("case", "theirs", "m.main", "(*m.T).b", "larger there")


@pytest.mark.parametrize(
    ("ours", "sides"),
    [
        (BOTH, []),
        ({A}, ["theirs"]),
        ({A, B, B._replace(callee="m.c")}, ["ours"]),
        ({A, B._replace(callee="(m.T).b")}, ["ours", "theirs"]),
        ({A, B._replace(caller="m.main$1")}, ["ours", "theirs"]),
        ({A, B._replace(line=5)}, ["ours", "theirs"]),
        ({A, B._replace(column=5)}, ["ours", "theirs"]),
        ({A, B._replace(file="other.go")}, ["ours", "theirs"]),
    ],
)
def test_differences(ours: set[Edge], sides: list[str]) -> None:
    found = differences(ours, BOTH)
    assert sorted(d.side for d in found) == sides
    assert len(unreviewed("case", found, [])) == len(sides)


def test_a_reviewed_difference_passes() -> None:
    assert unreviewed("case", differences({A}, BOTH), [REASON]) == []


def test_a_review_covers_its_side_and_case_only() -> None:
    assert len(unreviewed("case", differences(BOTH, {A}), [REASON])) == 2
    assert len(unreviewed("another", differences({A}, BOTH), [REASON])) == 1


def test_a_review_of_no_difference_fails() -> None:
    assert "none any more" in unreviewed("case", differences(BOTH, BOTH), [REASON])[0]


def test_a_review_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "reviewed.toml"
    path.write_text('difference = [{case="c", side="ours", caller="a", callee="b", reason=" "}]', encoding="utf-8")
    with pytest.raises(AssertionError, match="no reason"):
        reviewed(path)


def test_names() -> None:
    assert plain("(*m.list[m.pair[int, string]]).add$bound") == "(*m.list).add"
    assert plain("m.mapAll[int]$1") == "m.mapAll$1"
    assert package("(*a.b/c.T).M") == "a.b/c"
    assert package("a/b.F$1") == "a/b"


def test_call_places() -> None:
    source = b"package m\nfunc f() {\n\ta.b /* ( */ (1)(2)\n\tdefer g(h())\n\tgo func() {}()\n\ti[int](1)\n}\n"
    assert sorted(call_places(source).values()) == [(3, 14), (3, 17), (4, 2), (4, 11), (5, 2), (6, 8)]
