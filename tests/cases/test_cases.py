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

CASES = sorted(Path(__file__).parent.glob("*.go"))


def wanted(text: str, title: str = "WANT") -> list[str]:
    block = re.search(rf"/\*\n{title}:\n(.*?)\*/", text, re.DOTALL)
    assert block is not None, "a case without expectations proves nothing"
    rows = [line.strip() for line in block.group(1).splitlines() if line.strip()]
    assert rows, "a case without expectations proves nothing"
    return rows


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
    text = case.read_text(encoding="utf-8")
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": text})
    found = actual(tmp_path)
    expected = sorted(wanted(text))
    assert found == expected, "the edges found, ready to paste:\n" + "\n".join(found)
    assert actual(tmp_path, backwards=True) == expected, "the order of questions has a say"
    assert actual(tmp_path, whole=True) == expected, "without a budget the answer is another"


FLOW_CASES = [case for case in CASES if "\nFLOW:\n" in case.read_text(encoding="utf-8")]


@pytest.mark.parametrize("case", FLOW_CASES, ids=lambda p: p.stem)
def test_flow_of_units(case: Path, tmp_path: Path) -> None:
    text = case.read_text(encoding="utf-8")
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": text})
    program = analysis(tmp_path, whole=True)
    found = sorted({row for unit in units(program) for row in flow_edges(program.unit(unit))})
    assert found == sorted(wanted(text, "FLOW")), "the edges found, ready to paste:\n" + "\n".join(found)


@pytest.mark.parametrize("budget", range(12))
def test_a_budget_puts_off_and_never_fails(budget: int, tmp_path: Path) -> None:
    text = (Path(__file__).parent / "handed_on.go").read_text(encoding="utf-8")
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": text})
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


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_a_budget_leaves_out_only_what_it_says(case: Path, tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": case.read_text(encoding="utf-8")})
    for budget in range(6):
        small, whole = analysis(tmp_path, budget=budget), analysis(tmp_path, whole=True)
        for mine, other in zip(units(small), units(whole), strict=True):
            here, there = small.unit(mine), whole.unit(other)
            for site, same in zip(here.sites, there.sites, strict=True):
                if site.kind in ("interface", "value"):
                    found, full = small.flow.dispatch(site), whole.flow.dispatch(same)
                    names, every = ({x.owner.full_name for x in y.targets} for y in (found, full))
                    # A cut search of an interface call has those that implement it instead: more, and never less.
                    assert names == every or found.bounded, (budget, here.name, names ^ every)
                    assert names >= every or site.kind == "value", (budget, here.name, every - names)
