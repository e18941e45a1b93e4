"""Each file of tests/cases is a Go program whose WANT block states every edge of its functions, no more and no less.

A FLOW block states every edge of the flow inside of its units, before it is solved, as ``summary/printer.py`` prints it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import analysis, repository

from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.golang.summary.printer import flow_edges
from tracer.golang.types import Func
from tracer.model import Unresolved
from tracer.report.exports import edge_row

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.go"))


def wanted(text: str, title: str = "WANT") -> list[str]:
    block = re.search(rf"/\*\n{title}:\n(.*?)\*/", text, re.DOTALL)
    assert block is not None, "a case without expectations proves nothing"
    rows = [line.strip() for line in block.group(1).splitlines() if line.strip()]
    assert rows, "a case without expectations proves nothing"
    return rows


def files(case: Path) -> dict[str, str]:
    return {"go.mod": "module main\n\ngo 1.24\n", "main.go": case.read_text(encoding="utf-8")}


def units(program: Analysis) -> list[Unit]:
    return [
        file.unit(declaration)
        for package in program.packages_under(["..."])
        for file in package.files
        for declaration in file.facts.declarations
        if declaration.kind in ("func", "method", "var")
    ]


def actual(folder: Path, *, whole: bool = False, backwards: bool = False) -> list[str]:
    program = analysis(folder, whole=whole)
    rows: set[str] = set()
    every = units(program)
    for unit in reversed(every) if backwards else every:
        edges, failed = program.unit_edges(unit)
        for edge in (*edges, *failed):
            row = edge_row(edge)
            what = row["reason"] if isinstance(edge, Unresolved) else row["callee"]
            kind = "unresolved" if isinstance(edge, Unresolved) else row["kind"]
            rows.add(f"{row['caller']} {kind} {what}")
    return sorted(rows)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case: Path, tmp_path: Path) -> None:
    repository(tmp_path, files(case))
    found = actual(tmp_path)
    expected = sorted(wanted(case.read_text(encoding="utf-8")))
    assert found == expected, "the edges found, ready to paste:\n" + "\n".join(found)
    assert actual(tmp_path, backwards=True) == expected, "the order of questions has a say"
    assert actual(tmp_path, whole=True) == expected, "without a budget the answer is another"


FLOW_CASES = [case for case in CASES if "\nFLOW:\n" in case.read_text(encoding="utf-8")]


@pytest.mark.parametrize("case", FLOW_CASES, ids=lambda p: p.stem)
def test_flow_of_units(case: Path, tmp_path: Path) -> None:
    repository(tmp_path, files(case))
    program = analysis(tmp_path, whole=True)
    found = sorted({row for unit in units(program) for row in flow_edges(program.unit(unit))})
    assert found == sorted(wanted(case.read_text(encoding="utf-8"), "FLOW")), (
        "the edges found, ready to paste:\n" + "\n".join(found)
    )


@pytest.mark.parametrize("budget", range(12))
def test_a_budget_puts_off_and_never_fails(budget: int, tmp_path: Path) -> None:
    repository(tmp_path, files(HERE / "handed_on.go"))
    program = analysis(tmp_path, budget=budget)
    (leaf,) = program.find("main.leaf")
    assert isinstance(leaf, Func)
    for _ in range(2):
        # Asked again, a search goes on where its budget ended.
        rows = {(site.unit.name, *(e.callee for e in program.resolve(site)[0])) for site in program.callers(leaf)}
        assert rows <= {("main.deep3", "main.leaf")}
    if budget > 8:
        assert rows


def test_there_are_cases() -> None:
    assert len(CASES) >= 9
    assert len(FLOW_CASES) >= 3


def dispatched(program: Analysis, *, backwards: bool = False) -> list[tuple[str, str, set[str], bool]]:
    """Every call through an interface or a function value: where, its kind, the callees, and whether a bound was hit."""
    every = units(program)
    return [
        (unit.name, site.kind, {x.owner.full_name for x in found.targets}, bool(found.bounded))
        for unit in map(program.unit, reversed(every) if backwards else every)
        for site in unit.sites
        if site.kind in ("interface", "value")
        for found in [program.flow.dispatch(site)]
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_a_budget_leaves_out_only_what_it_says(case: Path, tmp_path: Path) -> None:
    repository(tmp_path, files(case))
    whole = analysis(tmp_path, whole=True)
    full = [dispatched(whole, backwards=backwards) for backwards in (False, True)]
    for budget in range(8):
        # What was asked before is looked at already, and costs nothing.
        backwards = budget % 2 == 1
        small = dispatched(analysis(tmp_path, budget=budget), backwards=backwards)
        for (name, kind, found, bounded), (_, _, every, _) in zip(small, full[backwards], strict=True):
            # A cut search of an interface call has those that implement it instead: more, and never less.
            assert found == every or bounded, (budget, name, found ^ every)
            assert found >= every or kind == "value", (budget, name, every - found)


@pytest.mark.parametrize("budget", [0, 50])
def test_a_budget_that_is_too_small_is_hit(budget: int, tmp_path: Path) -> None:
    repository(tmp_path, files(HERE / "places.go"))
    rows = dispatched(analysis(tmp_path, budget=budget))
    assert any(bounded for *_, bounded in rows) is (budget == 0)
