"""Struct types without a name, found as text by the names of their fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import analysis, repository
from tracer.golang.search.unnamed import Unnamed

SOURCE = """package main

// What a struct { ... } is in a comment has no fields; nor has a struct { that does not end.
type Declared struct {
	name string
	run  func()
}

type Rows []struct {
	name string
	run  func()
}

type Alias = struct {
	name string
	run  func()
}

type (
	Grouped struct {
		name string
		run  func()
	}
	Outer struct {
		inner struct {
			name string
			run  func()
		}
	}
)

type Pair[T any] struct {
	name string
	run  func()
}

var text = `
type Quoted struct {
`

func main() {
	type local struct {
		name string
		run  func()
	}
	_ = []struct{ name, other string }{}
	_ = map[string]struct {
		Declared
		other string
	}{}
	_, _ = text, local{}
}
"""


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (["name", "run"], [9, 14, 25, 42]),
        (["name", "other"], [46]),
        (["Declared", "other"], [47]),
        (["name"], []),
        ([], []),
    ],
)
def test_struct_types_without_a_name_are_found_by_their_fields(
    names: list[str], lines: list[int], tmp_path: Path
) -> None:
    repository(tmp_path / "m", {"go.mod": "module main\n\ngo 1.24\n", "main.go": SOURCE})
    program = analysis(tmp_path / "m")
    found = Unnamed(program.candidates.words.own).of(names)
    assert [file.place(at)[0] for file, at in found] == lines
