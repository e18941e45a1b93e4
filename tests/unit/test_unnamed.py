"""Struct types without a name, found as text by the names of their fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import analysis, repository
from tracer.golang.load.package import File
from tracer.golang.search.candidates import Candidates
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


def test_what_holds_such_values_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """\
package main

type One struct { A int; B func() }
type Two struct { A int; B func() }

func made() struct { A int; B func() } { return kept }

var kept struct { A int; B func() }

func main() { one := One(made()); two := Two(one); two.B() }
"""
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": source})
    program = analysis(tmp_path)
    candidates, made = program.candidates, ("made", program.program.closure()[0])
    places, further = candidates._having(made)
    # Once where it is declared, and once in all of main; its result has such values.
    assert [file.source[at - 5 : at].decode() for file, at in places] == ["func ", " One("]
    assert [name for name, _ in further] == ["made"]
    monkeypatch.setattr(Candidates, "_named", _again)
    assert candidates._having(made) == (places, further)


def _again(*_: object) -> Iterator[tuple[File, int]]:
    yield from ()


HELD = """package main

// Inner is not what a comment says: outer.Inner.
const Note = "x"

type Named struct{ Word string }

type Outer struct {
	Inner struct{ Word string }
}

// Inner is called by nobody.
func (o Outer) Size() int { return 0 }

func (o Outer) Take(other Outer) int { return 1 }

func Inner() {}

func fill(o *Outer, n Named) { o.Inner = n }

func build(n Named) { give(Outer{Inner: n}) }

func give(o Outer) {}

func idle(o Sized) int { return o.Size() }

type Sized interface{ Size() int }

func main() { Inner() }
"""


def test_what_has_values_of_a_struct_without_a_name_is_named_or_selected(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module main\n", "main.go": HELD})
    program = analysis(tmp_path)
    candidates, package = program.candidates, program.program.closure()[0]
    places, _ = candidates._having(("Inner", None))
    # Inner is a function elsewhere, and stands in comments.
    assert [file.place(at)[0] for file, at in places] == [19, 21]
    # The receiver of a method is not handed on by it.
    _, further = candidates._having(("Outer", package))
    assert [name for name, _ in further] == ["Outer", "Take", "fill", "give"]
