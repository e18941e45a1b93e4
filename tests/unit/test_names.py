"""What symbols are called: by their packages' names in Go, whatever the folders are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import tracer
from support import analysis, repository

FILES = {
    "go.mod": "module example.org/shop/v2\n",
    "shop.go": "package shop\n\ntype T struct{ f int }\n\nconst C = 1\n\nfunc Load() { func() { println(T{}.f, C) }() }\n\nfunc (*T) M() {}\n",
    "yaml.v3/y.go": "package yaml\n\nfunc Marshal() {}\n",
    "same/same.go": "package same\n\nfunc Same() {}\n",
    "cmd/x/main.go": 'package main\n\nimport (\n\t"example.org/shop/v2"\n\t"example.org/shop/v2/same"\n\t"example.org/shop/v2/yaml.v3"\n)\n\n'
    "func main() { shop.Load(); yaml.Marshal(); same.Same(); (&shop.T{}).M() }\n",
}


@pytest.mark.parametrize(
    ("name", "full", "short"),
    [
        ("Load", "example.org/shop/v2.Load", "shop.Load"),
        ("shop.Load", "example.org/shop/v2.Load", "shop.Load"),
        ("v2.Load", "example.org/shop/v2.Load", "shop.Load"),
        ("T.M", "(*example.org/shop/v2.T).M", "(*shop.T).M"),
        ("Load$1", "example.org/shop/v2.Load$1", "shop.Load$1"),
        ("C", "example.org/shop/v2.C", "shop.C"),
        ("Marshal", "example.org/shop/v2/yaml.v3.Marshal", "yaml.Marshal"),
        ("same.Same", "example.org/shop/v2/same.Same", "same.Same"),
        # Every program is called main.
        ("main.main", "example.org/shop/v2/cmd/x.main", "x.main"),
    ],
)
def test_a_package_is_called_as_its_clause_says(tmp_path: Path, name: str, full: str, short: str) -> None:
    repository(tmp_path, FILES)
    program = analysis(tmp_path, "cmd/x")
    (obj,) = program.find(name)
    symbol = program.symbol(obj)
    assert (symbol.name, symbol.short) == (full, short)


def test_so_are_types_and_fields(tmp_path: Path) -> None:
    repository(tmp_path, FILES)
    program = analysis(tmp_path, "cmd/x")
    assert [program.symbol(obj).short for obj in program.find_types("shop.T")] == ["shop.T"]
    assert [program.symbol(obj).short for obj in program.find_fields("v2.T.f")] == ["shop.T.f"]


def test_a_name_that_is_told_is_taken_wherever_one_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    repository(folder, FILES)

    def ask(*arguments: str) -> str:
        done = tracer(*arguments, folder=folder, cache=tmp_path / "cache")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "shop.Load  shop.go:7" in ask("callees", "shop.Load")
    assert "shop.Load" in ask("explain", "main.main", "shop.Load")
    assert "shop.Load" in ask("follow", "x.main", "--to", "shop.Load", "--save", "investigation.toml")
    file = folder / "investigation.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("example.org/shop/v2.Load", "shop.Load"), encoding="utf-8")
    assert "example.org/shop/v2.Load" not in file.read_text(encoding="utf-8")
    assert "1 of 1 claim holds" in ask("check")
