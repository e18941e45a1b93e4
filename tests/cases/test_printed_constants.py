"""Constants as people see them, from a declaration to the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import tracer
from constants import CONSTANTS, DECLARED
from support import analysis, repository

from tracer import api
from tracer.investigation.model import Chain, ConstantClaim, Repository

PROGRAM = f"""package main

import "time"

{DECLARED}
const beyond = 1e4900 * 11111111111111111111

func main() {{ println(time.Second); say(); turn() }}

func say() {{ println(said) }}

func turn() {{ println(Turn, beyond) }}
"""
FILES = {"go.mod": "module example.org/m\n\ngo 1.24\n", "cmd/x/main.go": PROGRAM}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("constants")
    repository(made, FILES)
    return made


@pytest.mark.parametrize(("name", "told"), [(row[0], row[3]) for row in CONSTANTS])
def test_a_symbols_value_is_go_source(folder: Path, name: str, told: str) -> None:
    program = analysis(folder, "cmd/x")
    [obj] = program.find(f"x.{name}")
    assert program.symbol(obj).value == told


def test_more_digits_than_python_writes(folder: Path) -> None:
    program = analysis(folder, "cmd/x")
    [obj] = program.find("x.beyond")
    assert program.symbol(obj).value == "1.1111111111111111111e+4919"


def written(folder: Path, rest: str = "") -> Path:
    toml = folder / "asked.toml"
    toml.write_text(
        f'title = "constants"\n\n[repositories.r]\nurl = "https://example.org/r"\ncommit = "{0:040d}"\nprograms = ["cmd/x"]\n{rest}',
        encoding="utf-8",
    )
    return toml


def run(folder: Path, toml: Path, *arguments: str) -> str:
    done = tracer(*arguments, "--source", f"r={folder}", cache=toml.parent / "cache")
    assert done.returncode < 2, done.stderr
    return done.stdout


@pytest.mark.parametrize(("name", "told"), [("said", r'"say \"hi\"\n"'), ("Turn", "(1 + 2i)")])
def test_on_the_command_line(folder: Path, tmp_path: Path, name: str, told: str) -> None:
    toml = written(tmp_path)
    asked = ("-i", str(toml), "--repo", "r")
    data = json.loads(run(folder, toml, "follow", "x.main", *asked, "--to", name, "--json"))
    assert [target["value"] for target in data["targets"]] == [told]
    assert data["chains"][0][-1]["to"]["value"] == told
    assert f"x.{name} = {told}" in run(folder, toml, "follow", "x.main", *asked, "--to", name)
    assert json.loads(run(folder, toml, "constant", name, *asked, "--json"))["values"][0]["note"] == told
    assert told in run(folder, toml, "constant", name, *asked)


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("said", r'"say \"hi\"\n"', True),
        ("said", '"say hi"', False),
        ("bits", "8", True),
        ("bits", "8.0", True),
        ("bits", "true", False),
        ("tenth", "0.1", True),
        ("tenth32", "0.1", True),
        ("half", "0.5", True),
        ("on", "true", True),
        ("on", "1", False),
        ("comma", "44", True),
    ],
)
def test_claims_of_values(folder: Path, tmp_path: Path, name: str, value: str, holds: bool) -> None:
    claim = f'\n[[claims]]\nclaim = "c"\nconstant = "x.{name}"\nrepository = "r"\nvalue = {value}\n'
    toml = written(tmp_path, rest=claim)
    found = json.loads(run(folder, toml, "check", str(toml), "--json"))
    assert [row["holds"] for row in found["claims"]] == [holds]


@pytest.mark.parametrize("value", ["inf", "nan"])
def test_no_constant_is_endless(folder: Path, tmp_path: Path, value: str) -> None:
    claim = f'\n[[claims]]\nclaim = "c"\nconstant = "x.half"\nrepository = "r"\nvalue = {value}\n'
    toml = written(tmp_path, rest=claim)
    assert "a string, a number or a truth value is expected here" in tracer("check", str(toml), cache=tmp_path).stderr


def test_a_begun_investigation_claims_the_text(folder: Path, tmp_path: Path) -> None:
    asked = Repository("r", "", "", programs=("cmd/x",))
    chain = Chain("c", "r", None, "x.main", "x.said")
    begun, _ = api.begin("t", [asked], chain, api.Options({"r": str(folder)}, cache=tmp_path / "cache"))
    assert [claim.value for claim in begun.claims if isinstance(claim, ConstantClaim)] == ['say "hi"\n']
