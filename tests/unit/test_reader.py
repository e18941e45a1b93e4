"""Facts of files: kept by blob id, so that a file is parsed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.store import Store
from tracer.syntax.parse import extract
from tracer.syntax.reader import Reader

CASES = Path(__file__).parent.parent / "cases"
FILES = {
    **{path.name: path.read_bytes() for path in sorted(CASES.glob("*.go"))},
    "broken": b"package p\nfunc f( {\nvar x = 1\nfunc (t *T) g() { return ) }\n",
    "wide": b"package p\nvar text = `\xff" + b"x" * 300_000 + b"`\nfunc \xc3\xa9(\xc3\xa9t\xc3\xa9 int) {}\n",
    "empty": b"",
}


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(Store(tmp_path / "facts.sqlite"))


def test_what_was_parsed_is_kept(reader: Reader) -> None:
    for blob, source in FILES.items():
        assert reader.facts(blob, source) == extract(source)
    reader.close()
    again = Reader(reader.store)
    for blob, source in FILES.items():
        assert again.facts(blob, b"") == extract(source), "the facts of this blob were not kept"


def test_what_was_not_asked_for_is_not_kept(reader: Reader) -> None:
    assert reader.kept("broken") is None
    reader.facts("broken", FILES["broken"])
    reader.close()
    assert reader.kept("broken") == extract(FILES["broken"])
