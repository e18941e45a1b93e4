"""Where names stand in texts: the same whether the files are searched or an index of their words is asked."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.golang.load.package import File, Origin, Package
from tracer.golang.search import words
from tracer.golang.search.words import INDEX_COST, Text

PIECES = ["a", "b", "ab", "a1", "é", "1", " ", ".", "\n", "-", "\npackage "]
QUERIES = st.lists(st.tuples(st.sampled_from([*PIECES, "", "a b"]), st.none() | st.integers(0, 3)), max_size=12)


def texts(*sources: str) -> list[File]:
    package = Package("p", "p", Origin("case", ""), "p")
    reader: Any = SimpleNamespace()
    return [File(package, f"{i}.go", source.encode(), "", (), reader) for i, source in enumerate(sources)]


def found(text: Text, name: str, first: int | None) -> list[tuple[str, int]]:
    wanted = None if first is None else frozenset(text.files[first:]).__contains__
    return [(file.path, at) for file, at in text.mentions(name, wanted)]


def expected(files: list[File], name: str, first: int | None) -> list[tuple[str, int]]:
    """By regular expressions over all of a file: licences before its package clause are not looked at."""
    if not re.fullmatch(r"[^\W\d]\w*", name):
        return []
    pattern = re.compile(rb"(?<![\w\x80-\xff])" + re.escape(name.encode()) + rb"(?![\w\x80-\xff])")
    at = [(file, max(file.source.find(b"\npackage "), 0)) for file in files[first or 0 :]]
    return [(file.path, m.start()) for file, begin in at for m in pattern.finditer(file.source) if m.start() >= begin]


@pytest.mark.parametrize("cost", [0, 1, 3, INDEX_COST])
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=4), QUERIES)
def test_where_a_name_stands(cost: int, sources: list[str], queries: list[tuple[str, int | None]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "INDEX_COST", cost)
        text = Text(texts(*sources))
        for name, first in queries:
            assert found(text, name, first) == expected(text.files, name, first)


def test_an_index_is_made_for_many_names() -> None:
    text, many = Text(texts("a b", "c")), Text(texts("a b", "c"), indexed=True)
    for _ in range(INDEX_COST):
        assert text._index is None
        found(text, "a", 0)
    found(text, "a", 0)
    assert text._index is not None
    found(many, "a", None)
    assert many._index is not None


def test_what_was_searched_is_not_searched_again() -> None:
    text = Text(texts("a b", "c"))
    for _ in range(INDEX_COST * 2):
        assert found(text, "a", None) == [("0.go", 0)]
    assert text._index is None


def test_only_wanted_files_are_searched() -> None:
    text = Text(texts("a b", "c" * 1000))
    for _ in range(INDEX_COST * 2):
        list(text.mentions("a", lambda file: file.path == "0.go"))
    assert text._index is None
