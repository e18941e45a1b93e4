"""What text search offers is a superset: each unit that uses a thing, by the types of the whole program, is among the candidates for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from superset import missing
from support import analysis, repository

CASES = sorted((Path(__file__).parent.parent / "cases").glob("*.go"))


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_search_offers_every_use(case: Path, tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": case.read_text(encoding="utf-8")})
    found, asked = missing(analysis(tmp_path, whole=True))
    assert asked, "nothing was asked for"
    assert not found
