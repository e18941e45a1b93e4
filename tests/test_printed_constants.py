"""Constants as people see them, from a declaration to the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import gotypes
import pytest
from support import analysis, repository

from tracer import api
from tracer.investigation.model import Chain, ConstantClaim, Repository

# Name, type, value as it is declared, and as it is told.
CONSTANTS = [
    ("said", "", r'"say \"hi\"\n"', r'"say \"hi\"\n"'),
    ("raw", "", '`a\tb\\` + "\\xff"', r'"a\tb\\\xff"'),
    ("host", "string", '"a" + ".org"', '"a.org"'),
    ("bits", "", "1 << 3", "8"),
    ("wide", "", "1<<511 - 1", str((1 << 511) - 1)),
    ("mask", "uint8", "^uint8(iota)", "255"),
    ("comma", "", "','", "','"),
    ("octet", "byte", "','", "44"),
    ("on", "", "1 < 2", "true"),
    ("third", "", "1.0 / 3", "1.0/3"),
    ("half", "", "1 / 2.0", "0.5"),
    ("whole", "", "4 / 2.0", "2.0"),
    ("tenth", "float64", "1.0 / 10", "0.1"),
    ("tenth32", "float32", "1.0 / 10", "0.1"),
    ("huge", "", "1e1000 * 1e200", "1e+1200"),
    ("tiny", "", "0x1p-1022 * 0x1p-52", "0x1p-1074"),
    ("Turn", "", "1 + 2i", "(1 + 2i)"),
    ("turned", "complex64", "0.1 - 2.5i", "(0.1 - 2.5i)"),
    ("wait", "time.Duration", "90 * time.Second", "90000000000"),
    ("size", "int", 'len("äb")', "3"),
]
DECLARED = "\n".join(f"const {name} {typ} = {value}\n" for name, typ, value, _ in CONSTANTS)
PRINTED = "\n".join(f"const {name}2 {typ} = {told}\n" for name, typ, _, told in CONSTANTS)
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


@pytest.mark.skipif(gotypes.go() is None, reason="there is no go command")
def test_what_is_told_means_the_same_to_go(tmp_path: Path) -> None:
    repository(
        tmp_path,
        {
            "go.mod": FILES["go.mod"],
            "main.go": f'package main\n\nimport "time"\n\n{DECLARED}{PRINTED}var _ time.Duration\n\nfunc main() {{}}\n',
        },
    )
    helper = gotypes.build_helper(tmp_path)
    rows = gotypes.run([str(helper), str(tmp_path)], tmp_path, gotypes.listing(tmp_path, ["."]))
    errors: dict[str, list[str]] = {}
    [found] = gotypes.findings(rows.splitlines(), errors).values()
    assert not errors, errors
    values = list(found.constants.values())
    assert len(values) == 2 * len(CONSTANTS)
    assert values[: len(CONSTANTS)] == values[len(CONSTANTS) :]


def run(folder: Path, toml: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "tracer", *arguments, "-i", str(toml), "--source", f"r={folder}"]
    environment = os.environ | {"TRACER_CACHE": str(toml.parent / "cache"), "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout


def written(folder: Path, rest: str = "") -> Path:
    toml = folder / "asked.toml"
    toml.write_text(
        f'title = "constants"\n\n[repositories.r]\nurl = "https://example.org/r"\ncommit = "{0:040d}"\nprograms = ["cmd/x"]\n{rest}',
        encoding="utf-8",
    )
    return toml


@pytest.mark.parametrize(("name", "told"), [("said", r'"say \"hi\"\n"'), ("Turn", "(1 + 2i)")])
def test_on_the_command_line(folder: Path, tmp_path: Path, name: str, told: str) -> None:
    toml = written(tmp_path)
    data = json.loads(run(folder, toml, "follow", "x.main", "--repo", "r", "--to", name, "--json"))
    assert [target["value"] for target in data["targets"]] == [told]
    assert data["chains"][0][-1]["to"]["value"] == told
    assert f"x.{name} = {told}" in run(folder, toml, "follow", "x.main", "--repo", "r", "--to", name)
    assert json.loads(run(folder, toml, "constant", name, "--json"))["values"][0]["note"] == told
    assert told in run(folder, toml, "constant", name)


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
    command = [sys.executable, "-m", "tracer", "check", str(toml), "--source", f"r={folder}", "--json"]
    environment = os.environ | {"TRACER_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert [row["holds"] for row in json.loads(done.stdout)["claims"]] == [holds], done.stderr


def test_a_begun_investigation_claims_the_text(folder: Path, tmp_path: Path) -> None:
    asked = Repository("r", "", "", programs=("cmd/x",))
    chain = Chain("c", "r", None, "x.main", "x.said")
    begun, _ = api.begin("t", [asked], chain, api.Options({"r": str(folder)}, cache=tmp_path / "cache"))
    assert [claim.value for claim in begun.claims if isinstance(claim, ConstantClaim)] == ['say "hi"\n']
