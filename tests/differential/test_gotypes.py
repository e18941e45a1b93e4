"""Every expression of the cases has the type that go/types gives it, every call its callee, every constant its value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import gotypes
import pytest
from constants import CONSTANTS, DECLARED
from oracle import compiles, too_new
from support import analysis, repository

from scripts.callgraph import go, release

FOLDERS = (Path(__file__).parents[1] / "cases", Path(__file__).parent / "cases")
CASES = [case for folder in FOLDERS for case in sorted(folder.glob("*.go")) if compiles(case)]
pytestmark = pytest.mark.skipif(go() is None, reason="there is no go command")


@dataclass
class Told:
    """What go/types says of all cases: one module, each case a package of it."""

    folder: Path
    found: dict[str, gotypes.Findings]
    errors: dict[str, list[str]] = field(default_factory=dict)


def name(case: Path) -> str:
    return f"{case.parent.parent.name}_{case.stem}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    helper = gotypes.build_helper(tmp_path_factory.mktemp("helper"))
    folder = tmp_path_factory.mktemp("cases")
    files = {f"{name(case)}/main.go": case.read_text(encoding="utf-8") for case in CASES if not too_new(case)}
    repository(folder, {"go.mod": "module main\n\ngo {}.{}\n".format(*release()), **files})
    rows = gotypes.run([str(helper), str(folder)], folder, gotypes.listing(folder, ["./..."]))
    errors: dict[str, list[str]] = {}
    return Told(folder, gotypes.findings(rows.splitlines(), errors), errors)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_case(case: Path, told: Told) -> None:
    if reason := too_new(case):
        pytest.skip(reason)
    failed = told.errors.get(f"main/{name(case)}", [])
    assert not failed, "\n".join(failed)
    out = gotypes.compare(analysis(told.folder, name(case)), told.found, told.folder)
    assert out.expressions + out.constants > 0
    assert not out.differences, "\n".join(map(str, out.differences))


def test_constants_as_they_are_told_mean_the_same(tmp_path: Path) -> None:
    printed = "".join(f"const {name}2 {typ} = {told}\n" for name, typ, _, told in CONSTANTS)
    source = f'package main\n\nimport "time"\n\n{DECLARED}{printed}var _ time.Duration\n\nfunc main() {{}}\n'
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": source})
    helper = gotypes.build_helper(tmp_path)
    rows = gotypes.run([str(helper), str(tmp_path)], tmp_path, gotypes.listing(tmp_path, ["."]))
    errors: dict[str, list[str]] = {}
    [found] = gotypes.findings(rows.splitlines(), errors).values()
    assert not errors, errors
    values = list(found.constants.values())
    assert len(values) == 2 * len(CONSTANTS)
    assert values[: len(CONSTANTS)] == values[len(CONSTANTS) :]
