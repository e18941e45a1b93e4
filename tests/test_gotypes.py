"""Every expression of the cases has the type that go/types gives it, every call its callee, every constant its value."""

from __future__ import annotations

import re
from pathlib import Path

import gotypes
import pytest
from support import analysis, repository

HERE = Path(__file__).parent
# What does not parse is no case for go/types.
CASES = sorted(
    [*(p for p in (HERE / "cases").glob("*.go") if p.stem != "broken"), *(HERE / "differential" / "cases").glob("*.go")]
)
pytestmark = pytest.mark.skipif(gotypes.go() is None, reason="there is no go command")


@pytest.fixture(scope="session")
def helper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gotypes.build_helper(tmp_path_factory.mktemp("helper"))


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case: Path, tmp_path: Path, helper: Path) -> None:
    text = case.read_text(encoding="utf-8")
    needs = re.search(r"^// go 1\.(\d+)$", text, re.MULTILINE)
    wanted = int(needs.group(1)) if needs else 24 if case.parent.name != "cases" else 18
    if gotypes.release() < wanted:
        pytest.skip(f"the case is written in Go 1.{wanted}, the go command is of 1.{gotypes.release()}")
    repository(tmp_path, {"go.mod": f"module main\n\ngo 1.{wanted}\n", "main.go": text})
    rows = gotypes.run([str(helper), str(tmp_path)], tmp_path, gotypes.listing(tmp_path, ["."]))
    out = gotypes.compare(analysis(tmp_path), gotypes.findings(rows.splitlines()), tmp_path)
    assert out.expressions + out.constants > 0
    assert not out.differences, "\n".join(map(str, out.differences))
