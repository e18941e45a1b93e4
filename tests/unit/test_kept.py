"""Summaries that are kept: the same answers from them, nothing checked again, and nothing trusted that is not what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import analysis, repository
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info
from tracer.golang.load.package import Unit
from tracer.golang.program import Analysis
from tracer.golang.summary.printer import flow_edges
from tracer.report.exports import edge_row
from tracer.store import Store

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.go"))
MODULE = {"go.mod": "module m\n\ngo 1.24\n"}


def opened(folder: Path, store: Store, *, whole: bool = True, recipe: str = "1") -> tuple[Analysis, list[str]]:
    """A program that keeps its summaries in a store, and the names of the units that are checked."""
    program = analysis(folder, whole=whole)
    program.keep_in(store, recipe)
    program.program.reader.store = store
    checked = CHECKED[program.checker] = list[str]()
    return program, checked


CHECKED: dict[Checker, list[str]] = {}


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes which units each checker checks."""
    check = Checker.check

    def noted(self: Checker, unit: Unit) -> Info:
        CHECKED.setdefault(self, []).append(unit.declaration.names[0])
        return check(self, unit)

    monkeypatch.setattr(Checker, "check", noted)


def answers(program: Analysis) -> tuple[list[dict[str, object]], list[str]]:
    """All edges of the program's own packages, and the flow inside of their units."""
    rows, flow = list[dict[str, object]](), list[str]()
    for package in program.packages_under(["..."]):
        for file in package.files:
            for declaration in file.facts.declarations:
                if declaration.kind in ("func", "method", "var"):
                    edges, failed = program.unit_edges(file.unit(declaration))
                    rows += [edge_row(edge) for edge in (*edges, *failed)]
                    flow += flow_edges(program.unit(file.unit(declaration)))
    return rows, flow


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_a_kept_summary_answers_the_same(case: Path, whole: bool, tmp_path: Path) -> None:
    repository(tmp_path / "m", {"go.mod": "module main\n\ngo 1.24\n", "main.go": case.read_text(encoding="utf-8")})
    store = Store(tmp_path / "facts.sqlite")
    first, checked = opened(tmp_path / "m", store, whole=whole)
    before = answers(first)
    first.save()
    second, again = opened(tmp_path / "m", store, whole=whole)
    assert answers(second) == before
    assert len(again) < len(checked), "nothing was kept"


PLAIN = "package main\n\nfunc main() { run(1) }\n\nfunc run(n int) { other() }\n\nfunc other() {}\n"


def test_a_second_question_checks_nothing(tmp_path: Path) -> None:
    repository(tmp_path / "m", MODULE | {"main.go": PLAIN})
    store = Store(tmp_path / "facts.sqlite")
    first, checked = opened(tmp_path / "m", store)
    answers(first)
    first.save()
    second, again = opened(tmp_path / "m", store)
    answers(second)
    assert sorted(checked) == ["main", "other", "run"]
    assert again == []


def test_another_version_of_tracer_keeps_its_own(tmp_path: Path) -> None:
    repository(tmp_path / "m", MODULE | {"main.go": PLAIN})
    store = Store(tmp_path / "facts.sqlite")
    first, _ = opened(tmp_path / "m", store)
    answers(first)
    first.save()
    other, checked = opened(tmp_path / "m", store, recipe="2")
    answers(other)
    assert sorted(checked) == ["main", "other", "run"]


def test_what_names_a_type_of_its_own_is_checked_anew(tmp_path: Path) -> None:
    text = PLAIN + "\nfunc local() any { type T struct{ n int }; return T{1} }\n"
    repository(tmp_path / "m", MODULE | {"main.go": text})
    store = Store(tmp_path / "facts.sqlite")
    first, _ = opened(tmp_path / "m", store)
    before = answers(first)
    first.save()
    second, again = opened(tmp_path / "m", store)
    assert answers(second) == before
    assert again == ["local"]


@pytest.mark.parametrize("kept", [b"", b"\x00", b"[", b"\xff" * 40])
def test_what_is_damaged_is_made_anew(kept: bytes, tmp_path: Path) -> None:
    repository(tmp_path / "m", MODULE | {"main.go": PLAIN})
    store = Store(tmp_path / "facts.sqlite")
    first, _ = opened(tmp_path / "m", store)
    before = answers(first)
    first.save()
    (package,) = first.packages_under(["..."])
    kept_summaries = first._kept
    assert kept_summaries is not None
    store.put_many(kept_summaries._namespace, {kept_summaries.keys.of(package): kept})
    second, again = opened(tmp_path / "m", store)
    assert answers(second) == before
    assert sorted(again) == ["main", "other", "run"]


@pytest.mark.parametrize(
    ("was", "now", "changed"),
    [
        ("type T int\n", "type T string\n", {"m", "m/a", "m/c"}),
        ("func F() {\n}\n", "func F() {\n\tprintln()\n}\n", {"m/c"}),
        ("func F() {\n}\n", "func F(n int) {\n}\n", {"m", "m/a", "m/c"}),
        ("func F() {\n}\n", "func F() {\n}\n\nfunc G() {\n}\n", {"m", "m/a", "m/c"}),
        # A brace that ends a line need not be that of the body.
        ("func F(struct {\n\tn int\n}) {\n}\n", "func F(struct {\n\ts string\n}) {\n}\n", {"m", "m/a", "m/c"}),
        ("func F() struct {\n\tn int\n} {\n}\n", "func F() struct {\n\ts string\n} {\n}\n", {"m", "m/a", "m/c"}),
        (
            "func F[P interface {\n\tint\n}]() {\n}\n",
            "func F[P interface {\n\tstring\n}]() {\n}\n",
            {"m", "m/a", "m/c"},
        ),
        (
            "func F() /* ( */ (struct {\n\tn int\n}) {\n}\n",
            "func F() /* ( */ (struct {\n\ts string\n}) {\n}\n",
            {"m", "m/a", "m/c"},
        ),
        (
            "func F() map[string]struct {\n\tn int\n} {\n}\n",
            "func F() map[string]struct {\n\ts int\n} {\n}\n",
            {"m", "m/a", "m/c"},
        ),
        ("var F = func() {\n}\n", "var F = func() {\n\tprintln()\n}\n", {"m", "m/a", "m/c"}),
        ("func F() {\n}\n", "func F() {\n}\n\nvar n int\n", {"m", "m/a", "m/c"}),
    ],
)
def test_a_package_has_another_key_when_what_its_imports_declare_changes(
    was: str, now: str, changed: set[str], tmp_path: Path
) -> None:
    files = MODULE | {
        "main.go": 'package main\n\nimport (\n\t"m/a"\n\t"m/b"\n)\n\nfunc main() { a.F(); b.F() }\n',
        "a/a.go": 'package a\n\nimport "m/c"\n\nfunc F() { c.F() }\n',
        "b/b.go": "package b\n\nfunc F() {}\n",
    }

    store = Store(tmp_path / "facts.sqlite")

    def keys(folder: Path, changed: dict[str, str]) -> dict[str, str]:
        repository(folder, files | changed)
        program, _ = opened(folder, store)
        answers(program)
        program.save()
        program.program.reader.close()
        kept = program._kept
        assert kept is not None
        return {package.path: kept.keys.of(package) for package in program.program.closure() if not package.is_std}

    before = keys(tmp_path / "1", {"c/c.go": f"package c\n\n{was}"})
    assert keys(tmp_path / "2", {"c/c.go": f"package c\n\n{was}"}) == before
    after = keys(tmp_path / "3", {"c/c.go": f"package c\n\n{now}"})
    assert {path for path in before if before[path] != after[path]} == changed
    # What was kept before is found again.
    assert keys(tmp_path / "4", {"c/c.go": f"package c\n\n{was}"}) == before


def test_after_a_change_in_a_body_its_package_alone_is_checked(tmp_path: Path) -> None:
    files = MODULE | {"main.go": 'package main\n\nimport "m/a"\n\nfunc main() { a.F()() }\n'}
    store = Store(tmp_path / "facts.sqlite")
    for number, returned in enumerate(("g", "h")):
        text = f"package a\n\nfunc F() func() {{\n\treturn {returned}\n}}\n\nfunc g() {{}}\n\nfunc h() {{}}\n"
        repository(tmp_path / str(number), files | {"a/a.go": text})
        program, checked = opened(tmp_path / str(number), store)
        rows, _ = answers(program)
        program.save()
        program.program.reader.close()
        assert [row["callee"] for row in rows if row["kind"] == "value"] == [f"m/a.{returned}"]
    assert sorted(checked) == ["F", "g", "h"]


def test_why_a_call_is_not_decided_is_kept(tmp_path: Path) -> None:
    text = 'package main\n\nimport "example.org/away"\n\nfunc main() { away.F(); away.G().H(); gone() }\n'
    repository(tmp_path / "m", MODULE | {"main.go": text})
    store = Store(tmp_path / "facts.sqlite")
    first, _ = opened(tmp_path / "m", store)
    before, _ = answers(first)
    first.save()
    second, again = opened(tmp_path / "m", store)
    assert answers(second)[0] == before
    assert again == []
    assert [row["detail"] for row in before] == [
        "package example.org/away is not among the sources",
        "package example.org/away is not among the sources",
        "the type of the operand of .H is not known",
        "gone is not declared",
    ]
