"""What constants, variables and fields end up as, in one program and over two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import World
from support import analysis, repository

from tracer import api
from tracer.errors import ResolutionError
from tracer.golang import explanations
from tracer.golang.types import Func
from tracer.investigation.model import Investigation, Repository
from tracer.model import ConstantReport, Evidence, Position
from tracer.sentences import sentence

PROGRAM = """package main

import (
	"fmt"
	"os"
)

const host = "registry.example.org"

const (
	major = iota + 3
	minor
)

// Image is what is started.
const Image = host + "/wait"

var name = fmt.Sprintf("%s:%d.%d", Image, major, minor)

var odd = fmt.Sprintf("%s-%q", Image, os.Args[0])

type config struct {
	Images map[string]string `toml:"images"`
	Root   string
}

func defaults() config {
	return config{
		Images: map[string]string{"wait": Image, "other": "none"},
		Root:   Image,
	}
}

func (c *config) image(key string) string { return c.Images[key] }

func (c *config) other() string { return c.Images["other"] }

func (c *config) wait() string {
	found := c.Images["wait"]
	return found
}

func (c *config) set(value string) { c.Root = value }

func pick(c *config) string {
	if c != nil {
		if pinned := c.image("wait"); pinned != "" {
			return pinned
		}
	}
	return Image
}

func main() {
	c := defaults()
	c.set(os.Args[1])
	c.Images["late"] = "x"
	start(Image)
	fmt.Println(pick(&c), c.wait(), c.other(), c.Root, name, odd)
}

func start(image string) { _ = image }
"""


def told(folder: Path, name: str) -> ConstantReport:
    repository(folder / "r", {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": PROGRAM})
    asked = Investigation("", "", {"r": Repository("r", "", "", programs=("",))}, (), ())
    with api.Session(asked, api.Options({"r": str(folder / "r")}, cache=folder / "cache")) as session:
        found = api.constant(session, name)
        # The second answer is the kept one.
        assert api.constant(session, name) == found
    return found


def rows(facts: tuple[Evidence, ...]) -> list[str]:
    return [f"{e.position.line if e.position else 0} {sentence(e.message)}" for e in facts]


def line(text: str) -> int:
    return PROGRAM[: PROGRAM.index(text)].count("\n") + 1


def test_a_constant(tmp_path: Path) -> None:
    found = told(tmp_path, "Image")
    assert found.expression == 'const Image = host + "/wait"'
    assert rows(found.values) == [f'{line("const Image")} "registry.example.org/wait"']
    assert rows(found.parts) == [f'{line("const host")} m.host = "registry.example.org"']
    assert [sentence(e.message).partition(":")[0] for e in found.readers] == [
        "m.init",
        "m.init",
        "m.defaults",
        "m.defaults",
        "m.pick",
        "m.main",
    ]
    goes = [sentence(e.message).partition(": ")[0] for e in found.goes]
    assert goes == [
        "passed to fmt.Sprintf",
        "passed to fmt.Sprintf",
        'an entry under "wait"',
        "stored in the field m.config.Root",
        "returned by m.pick",
        "passed as image",
        "stored in the field m.config.Images",
        "read in m.main",
        "read in (*m.config).image",
        "read in (*m.config).other",
        "read in (*m.config).wait",
        "passed to fmt.Println",
        "looked up in (*m.config).image",
        "looked up in (*m.config).wait",
        "returned by (*m.config).image",
        "returned by (*m.config).wait",
    ]
    assert rows(found.overrides) == [
        f"{line('return pinned')} overridden by an earlier result: return pinned",
        f"{line('if c != nil')} where this holds: if c != nil {{",
        f'{line("if pinned")} pinned comes from: if pinned := c.image("wait"); pinned != "" {{',
        f"{line('c.Root = value')} something else may be stored there: {PROGRAM.splitlines()[line('c.Root = value') - 1]}",
        f'{line("Images map")} a decoder may set m.config.Images by its tag toml:"images"',
        f'{line("late")} something else may be stored there: c.Images["late"] = "x"',
    ]
    assert [[hop.target.short for hop in chain] for chain in found.chains] == [["m.Image"]]
    assert found.cut is None


def test_iota_and_variables(tmp_path: Path) -> None:
    assert [sentence(e.message) for e in told(tmp_path / "a", "minor").values] == ["4"]
    assert [sentence(e.message).partition(": ")[0] for e in told(tmp_path / "b", "m.name").values] == [
        '"registry.example.org/wait:3.4"'
    ]
    assert [sentence(e.message).partition(": ")[0] for e in told(tmp_path / "c", "odd").values] == [
        "registry.example.org/wait-*"
    ]


def test_fields(tmp_path: Path) -> None:
    found = told(tmp_path, "config.Root")
    assert (found.symbol.kind, found.symbol.name) == ("field", "example.org/m.config.Root")
    assert [sentence(e.message).partition(": ")[0] for e in found.values] == ['"registry.example.org/wait"', "*"]
    assert [sentence(e.message).partition(": ")[0] for e in found.readers] == ["m.main"]
    held = told(tmp_path / "held", "config.Images").values
    assert [sentence(e.message).partition(": Images")[0] for e in held if sentence(e.message).startswith("{")] == [
        '{"wait": "registry.example.org/wait", "other": "none"}'
    ]


@pytest.mark.parametrize(
    ("name", "words"), [("pick", "is a function"), ("Imgae", "nothing is called"), ("config.Rot", "nothing is called")]
)
def test_what_is_no_constant(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(ResolutionError, match=words):
        told(tmp_path, name)


def test_over_a_wire(world: World) -> None:
    text = world.run("constant", "DefaultLabel").stdout
    assert 'made of  box.version = "3.9"' in text
    assert "way 1, from (*agent.agent).Sync in client:cmd/agent" in text
    read = json.loads(world.run("constant", "version", "--json", "--repo", "server").stdout)
    assert read["schema"] == "tracer.constant/1"
    assert read["values"][0]["note"] == '"3.9"'
    assert read["readers"] == []
    assert read["chains"] == []


def test_results_before_and_after_a_read(tmp_path: Path) -> None:
    text = """package main

const Image = "a"

func pick(a, b bool) string {
	if a {
		return early()
	}
	if b {
		return Image
	}
	return late()
}

func early() string { return "b" }

func late() string { return "c" }

func main() { println(pick(true, false)) }
"""
    repository(tmp_path, {"go.mod": "module example.org/m\n\ngo 1.24\n", "main.go": text})
    program = analysis(tmp_path)
    (func,) = program.find("m.pick")
    assert isinstance(func, Func)
    notes = explanations.other_results(program, func, Position("case", "main.go", 10, 10))
    assert [(sentence(e.message), e.position.line if e.position else 0) for e in notes] == [
        ("overridden by an earlier result: return early()", 7),
        ("otherwise a later result: return late()", 12),
    ]
