"""Tests as a program: what ``go test`` builds of a package, and what of it runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import tracer
from support import commit, repository

LIB = """package lib

import "example.org/lib/in"

func Open() { in.Step() }

type Door interface{ Knock() }

func Use(d Door) { d.Knock() }
"""
BESIDE = """package lib_test

import (
	"testing"

	"example.org/lib"
)

type fake struct{}

func (fake) Knock() { knocked() }

func knocked() {}

func TestOpen(t *testing.T) { lib.Open(); lib.Use(fake{}) }

func ExampleOpen() {
	lib.Open()
	// Output: x
}

func ExampleUse() { lib.Open() }

func TestMain(m *testing.M) { lib.Open(); m.Run() }

func BenchmarkOpen(b *testing.B) { lib.Open() }

func FuzzOpen(f *testing.F) { f.Fuzz(func(t *testing.T, x int) { lib.Open() }) }
"""
INSIDE = """package in

import check "testing"

func TestLast(t *check.T) { t.Run("x", func(t *check.T) { last() }) }

func Testify(t *check.T) { last() }

func TestTwo(t, u *check.T) { last() }

func TestBack(t *check.T) bool { last(); return true }

type suite struct{}

func (suite) TestMethod(t *check.T) { last() }

func helper() { last() }
"""
FILES = {
    "go.mod": "module example.org/lib\n\ngo 1.24\n",
    "lib.go": LIB,
    "lib_test.go": BESIDE,
    "in/in.go": "package in\n\nfunc Step() { last() }\n\nfunc last() {}\n",
    "in/in_test.go": INSIDE,
    "in/in_windows_test.go": "package in\n\nfunc init() { last() }\n",
    "alone/alone_test.go": 'package alone\n\nimport "example.org/lib/in"\n\nfunc init() { in.Step() }\n',
    "in/testdata/x/x_test.go": "package x\n\nfunc init() {}\n",
    "cmd/x/main.go": "package main\n\nfunc main() { run() }\n\nfunc run() {}\n",
    "cmd/x/main_test.go": 'package main\n\nimport "testing"\n\nfunc TestRun(t *testing.T) { run() }\n',
    "plain/plain.go": "package plain\n\nfunc Plain() {}\n",
}


@pytest.fixture(scope="module")
def lib(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tests") / "lib"
    repository(folder, FILES)
    return folder


def ask(folder: Path, *arguments: str, expect: int = 0) -> tuple[str, str]:
    done = tracer(*arguments, folder=folder, cache=folder.parent / "cache")
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout, done.stderr


def running(folder: Path, *arguments: str) -> tuple[set[str], set[str]]:
    """The callers of a symbol whose code runs, and the others, without their packages' paths."""
    rows = json.loads(ask(folder, "callers", *arguments, "--tests", "--json")[0])["edges"]
    idle = {row["caller"] for row in rows if not row.get("runs", True)}
    every = {row["caller"] for row in rows}
    return {n.rpartition("/")[2] for n in every - idle}, {n.rpartition("/")[2] for n in idle}


def test_what_go_test_runs_is_where_tests_begin(lib: Path) -> None:
    runs, idle = running(lib, "lib.Open")
    beside = ("TestOpen", "ExampleOpen", "TestMain", "BenchmarkOpen", "FuzzOpen$1")
    assert runs == {f"lib_test.{name}" for name in beside}
    # Without a word on its output an example is only built.
    assert idle == {"lib_test.ExampleUse"}


def test_what_is_only_called_like_a_test_is_none(lib: Path) -> None:
    runs, idle = running(lib, "last", "--program", "in")
    assert runs == {"in.TestLast$1"}
    assert idle == {"in.Step", "in.Testify", "in.TestTwo", "in.TestBack", "in.suite).TestMethod", "in.helper"}
    # What the go command passes over is not there, nor what another system's tests are.
    assert "testdata" not in ask(lib, "edges", "--tests", "--all-code")[0]


def test_a_program_is_tested_without_its_main(lib: Path) -> None:
    assert running(lib, "run") == ({"x.TestRun"}, {"x.main"})


def test_the_tests_of_a_module_are_one_program(lib: Path) -> None:
    out, err = ask(lib, "follow", "TestOpen", "--to", "knocked", "--tests")
    assert "lib:... [tests]" in out
    assert (
        "program ... [tests]: the tests of 4 packages, taken as one program, of which go test makes one for each" in err
    )
    # Package in has its own tests and those of the packages that use it.
    assert running(lib, "in.Step") == ({"lib.Open", "alone.init#1"}, set())
    assert "nothing is called 'Plain'" in ask(lib, "callers", "Plain", "--tests", expect=2)[1]


@pytest.mark.parametrize("program", ["in", "./in/", "."])
def test_the_tests_of_one_package(lib: Path, program: str) -> None:
    out, err = ask(lib, "edges", "--tests", "--program", program)
    assert "[tests]: the tests of 1 package\n" in err
    assert ("lib_test.TestOpen" in out) == (program == ".")
    # What another package's tests are is not built with it.
    assert ("in.TestLast" in out) == (program != ".")


def test_what_tests_make_reaches_a_dispatch(lib: Path) -> None:
    assert "(example.org/lib_test.fake).Knock  lib.go:9  [flow]" in ask(lib, "callees", "Use", "--tests")[0]
    assert "fake" not in ask(lib, "callees", "Use", "--program", "...")[0]


def test_every_verb_of_programs_takes_tests(lib: Path) -> None:
    assert "in/in_test.go:17" in ask(lib, "find", "helper", "--tests")[0]
    assert "fake" in ask(lib, "explain", "lib.go:9", "--tests")[0]
    (lib / "none").mkdir(exist_ok=True)
    assert "there is no test in plain" in ask(lib, "edges", "--tests", "--program", "plain", expect=2)[1]


def test_a_constant_that_only_tests_read(tmp_path: Path) -> None:
    test = 'package in\n\nimport "testing"\n\nfunc TestWord(t *testing.T) { println(Word) }\n'
    files = {"go.mod": "module example.org/in\n", "in.go": 'package in\n\nconst Word = "x"\n', "in_test.go": test}
    repository(tmp_path / "in", files)
    assert "TestWord" in ask(tmp_path / "in", "constant", "Word", "--tests")[0]
    assert "TestWord" not in ask(tmp_path / "in", "constant", "Word")[0]


def test_a_package_runs_whose_tests_all_stand_beside_it(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.org/alone\n\ngo 1.24\n",
        "in/in.go": "package in\n\nfunc init() { begin() }\n\nfunc begin() {}\n",
        "in/in_test.go": 'package in_test\n\nimport "testing"\n\nfunc TestNothing(t *testing.T) {}\n',
        "other/other.go": "package other\n\nfunc init() { begin() }\n\nfunc begin() {}\n",
        "other/other_windows_test.go": "package other_test\n",
    }
    repository(tmp_path / "alone", files)
    assert running(tmp_path / "alone", "begin") == ({"in.init#1"}, set())


def test_a_module_of_a_workspace_is_asked_without_the_others(tmp_path: Path) -> None:
    test = 'package {0}\n\nimport "testing"\n\nfunc TestIt(t *testing.T) {{ {0}() }}\n\nfunc {0}() {{}}\n'
    files = {
        "go.work": "go 1.24\n\nuse (\n\t.\n\t./deep\n)\n",
        "go.mod": "module example.org/top\n\ngo 1.24\n",
        "top.go": "package top\n\nfunc Top() { both() }\n\nfunc both() {}\n",
        "top_test.go": test.format("top"),
        "deep/go.mod": "module example.org/deep\n\ngo 1.24\n",
        "deep/deep.go": "package deep\n\nfunc Deep() { both() }\n\nfunc both() {}\n",
        "deep/deep_test.go": test.format("deep"),
    }
    repository(tmp_path / "top", files)
    for module, program in (("top", "./..."), ("deep", "deep/...")):
        tests = ask(tmp_path / "top", "edges", "--tests", "--program", program)[0]
        assert [f"{name}.TestIt" in tests for name in ("top", "deep")] == [module == "top", module == "deep"]
        library = ask(tmp_path / "top", "edges", "--program", program)[0]
        assert [f"{name}.{name.title()}" in library for name in ("top", "deep")] == [module == "top", module == "deep"]


def test_links_to_files_are_files_of_a_package(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.org/linked\n\ngo 1.24\n",
        "shared/open.go": "package shared\n\nfunc Open() { shut() }\n",
        "shared/shut.go": "package shared\n\nfunc shut() {}\n",
        "shared/use.go": "package main\n\nfunc main() { help() }\n\nfunc help() {}\n",
        "shared/in_test.txt": 'package in_test\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { it() }\n\nfunc it() {}\n',
        "in/in.go": "package in\n",
        "cmd/main.txt": "",
    }
    folder = tmp_path / "linked"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "in/in_test.go").symlink_to("../shared/in_test.txt")
    (folder / "cmd/main.go").symlink_to("../shared/use.txt")
    (folder / "shared/use.go").rename(folder / "shared/use.txt")
    (folder / "in/sub").symlink_to("../shared")
    (folder / "in/away.go").symlink_to("/etc/hosts")
    commit(folder)
    assert running(folder, "it") == ({"in_test.TestIt"}, set())
    out = ask(folder, "callers", "help")[0]
    assert "cmd/main.go:3" in out


def test_a_repository_without_tests(tmp_path: Path) -> None:
    repository(tmp_path / "x", {"go.mod": "module x\n", "x.go": "package x\n\nfunc X() {}\n"})
    error = ask(tmp_path / "x", "callers", "X", "--tests", expect=2)[1]
    assert "there are no tests in x" in error


@pytest.mark.parametrize(
    ("question", "program"),
    [
        (("TestOpen", "--to", "knocked", "--tests"), "... [tests]"),
        (("TestOpen", "--to", "knocked", "--tests", "--program", "."), ". [tests]"),
        (("lib.Open", "--to", "last", "--program", "./..."), "..."),
    ],
)
def test_a_saved_chain_of_tests_or_a_library_is_checked(
    lib: Path, tmp_path: Path, question: tuple[str, ...], program: str
) -> None:
    file = tmp_path / "saved.toml"
    ask(lib, "follow", *question, "--save", str(file))
    assert f'programs = ["{program}"]' in file.read_text(encoding="utf-8")
    ask(lib, "check", str(file), "--source", f"lib={lib}")
