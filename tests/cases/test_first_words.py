"""What somebody types first: names that mean several things or nothing, in the same words for every verb, and an answer that is kept."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from command import World, made, tracer
from fixture import INVESTIGATION
from support import commit, git, repository

from tracer.investigation.reader import load

# Run is declared three times: once used, once by a fake that nothing makes, once of a type that only
# code makes which nothing calls. Stop is declared
# twice, and both are used.
MAIN = """package main

import "example.org/m/work"

func main() {
	work.Begin()
}
"""
WORK = """package work

const Limit = 3

var Count int

type Worker struct{}

func (Worker) Run() { Count++ }

func (Worker) Stop() {}

type fake struct{}

func (fake) Run() {}

type Other struct{}

func (Other) Stop() {}

func Begin() {
	Worker{}.Run()
	Worker{}.Stop()
	Other{}.Stop()
}
"""
IDLE = "package work\n\ntype idle struct{}\n\nfunc (idle) Run() {}\n\nfunc Idle() { idle{}.Run() }\n"
FILES = {
    "go.mod": "module example.org/m\n\ngo 1.24\n",
    "main.go": MAIN,
    "work/work.go": WORK,
    "work/idle.go": IDLE,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    repository(tmp_path / "m", FILES)
    return tmp_path / "m"


def ask(folder: Path, *arguments: str, expect: int = 0) -> tuple[str, str]:
    done = tracer(*arguments, folder=folder, cache=folder.parent / "cache")
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout, done.stderr


VERBS = (("follow",), ("callers",), ("callees",), ("explain",))


@pytest.mark.parametrize("verb", VERBS)
def test_code_that_is_used_comes_before_fakes(folder: Path, verb: tuple[str]) -> None:
    more = ["Begin"] if verb == ("explain",) else []
    done = tracer(*verb, "Run", *more, folder=folder, cache=folder.parent / "cache")
    assert "Run: (work.Worker).Run, the only one whose code runs and is no test, of 3; another:\n" in done.stderr
    assert f"  {shlex.join(['tracer', *verb, 'fake.Run', *more])} " in done.stderr
    assert "is ambiguous" not in done.stderr


@pytest.mark.parametrize("spelt", [("--to", "Run"), ("--to=Run",), ("--via", "Run", "--to", "Count")])
def test_what_the_names_of_the_way_mean_is_told_by_the_same_rule(folder: Path, spelt: tuple[str, ...]) -> None:
    option = spelt[0].partition("=")[0]
    why = "Run: (work.Worker).Run, the only one whose code runs and is no test, of 3; another:\n"
    # A second time the answer is a kept one.
    for _ in range(2):
        _, told = ask(folder, "follow", "Begin", *spelt)
        assert f"{option} {why}" in told
        other = ["fake.Run" if part == "Run" else part.replace("=Run", "=fake.Run") for part in spelt]
        assert f"  {shlex.join(['tracer', 'follow', 'Begin', *other])} " in told
    assert "another" not in ask(folder, "follow", "Begin", "--to", "Worker.Run")[1]


def test_a_name_is_changed_where_it_stands(folder: Path) -> None:
    done = tracer("follow", "Run", "--to", "Run", folder=folder, cache=folder.parent / "cache")
    assert "  tracer follow fake.Run --to Run " in done.stderr
    assert "  tracer follow Run --to fake.Run " in done.stderr


def test_what_is_meant_is_listed_first(folder: Path) -> None:
    rows = ask(folder, "find", "Run")[0].splitlines()
    assert [row.split()[1] for row in rows] == [
        "(example.org/m/work.Worker).Run",
        "(example.org/m/work.fake).Run",
        "(example.org/m/work.idle).Run",
    ]
    assert ask(folder, "find", "Worker")[0].split()[:2] == ["type", "example.org/m/work.Worker"]


@pytest.mark.parametrize("verb", VERBS)
def test_what_stays_ambiguous_is_listed_as_commands(folder: Path, verb: tuple[str]) -> None:
    more = ["X"] if verb == ("explain",) else []
    _, told = ask(folder, *verb, "Stop", *more, "--repo", "m", "--source", f"m={folder}", expect=2)
    assert "'Stop' is ambiguous in m, it can be one of 2:\n" in told
    for receiver in ("Worker", "Other"):
        line = next(line for line in told.splitlines() if f"{receiver}.Stop" in line)
        command, about = line.strip().split("  # ")
        assert about.startswith("method  work/work.go:")
        # It runs as it stands.
        assert shlex.split(command)[:3] == ["tracer", *verb, f"{receiver}.Stop"]
        done = tracer(*shlex.split(command)[1:], folder=folder, cache=folder.parent / "cache")
        assert "ambiguous" not in done.stderr


def test_options_are_kept_and_quoted(folder: Path) -> None:
    _, told = ask(folder, "follow", "begin", "--to=Limit", "--peer", "a b", "--program", ".", expect=2)
    assert "  tracer follow work.Begin --to=Limit --peer 'a b' --program .  # func" in told
    _, told = ask(folder, "follow", "Begin", "--to=Limti", expect=2)
    assert "  tracer follow Begin --to=work.Limit  # const  work/work.go:3\n" in told


@pytest.mark.parametrize(
    ("typed", "first", "about"),
    [
        ("limit", "work.Limit", "const"),
        ("COUNT", "work.Count", "var"),
        ("woker", "work.Worker", "type"),
        ("Worker.Rnu", "Worker.Run", "method"),
        ("bigin", "work.Begin", "func"),
        ("worker.run", "Worker.Run", "method"),
    ],
)
def test_a_misspelt_name_offers_what_is_nearest_first(folder: Path, typed: str, first: str, about: str) -> None:
    _, told = ask(folder, "callers", typed, expect=2)
    assert f"nothing is called '{typed}' in m; like it are:\n  tracer callers {first}" in told
    assert f"# {about}  work/work.go:" in told.splitlines()[2]


def test_a_type_offers_its_methods(folder: Path) -> None:
    _, told = ask(folder, "callers", "Worker", expect=2)
    assert "'Worker' is a type in m; its methods:\n  tracer callers Worker.Run " in told


GENERATED = "// Code generated by hand. DO NOT EDIT.\n\npackage work\n\ntype Made struct{}\n\nfunc (Made) Begin() {}\n"


def test_what_was_written_comes_before_what_was_generated(tmp_path: Path) -> None:
    made = MAIN.replace("work.Begin()", "work.Begin()\n\twork.Made{}.Begin()")
    repository(tmp_path / "m", FILES | {"work/made.go": GENERATED, "main.go": made})
    _, told = ask(tmp_path / "m", "callees", "Begin")
    assert "Begin: work.Begin, the only one of those that run which was written for this repository, of 2;" in told


def test_a_chain_of_the_investigation_comes_first(tmp_path: Path) -> None:
    text = INVESTIGATION.replace("(*example.org/client/cmd/agent.agent).Sync", "counted.Open")
    world: World = made(tmp_path, text=text)
    for verb in ("follow", "callees", "callers"):
        done = world.run(verb, "Open", "--repo", "client")
        assert "Open: (agent.counted).Open, the one that the investigation's chains name" in (done.stderr), verb


# Kept answers


def test_an_answer_is_saved_and_checked(folder: Path) -> None:
    _, told = ask(folder, "follow", "main.main", "--to", "Worker.Run", "--save", "run.tracer.toml")
    assert "m has no remote called origin, so its url is file://" in told
    assert "written: run.tracer.toml (1 claim); to check it: tracer check run.tracer.toml\n" in told
    kept = load(folder / "run.tracer.toml")
    assert [chain.target for chain in kept.chains] == ["(example.org/m/work.Worker).Run"]
    assert ask(folder, "check", "run.tracer.toml")[0].endswith("1 of 1 claim holds\n")
    # What is there is not written over, and a chain that is not there is not saved.
    assert "there already" in ask(folder, "follow", "Begin", "--to", "Run", "--save", "run.tracer.toml", expect=2)[1]
    assert "no chain was found" in ask(folder, "follow", "Run", "--to", "Begin", "--save", "no.toml", expect=2)[1]
    assert not (folder / "no.toml").exists()


def test_a_saved_answer_is_of_a_commit(folder: Path) -> None:
    (folder / "work/idle.go").write_text(IDLE + "\nfunc more() {}\n", encoding="utf-8")
    _, told = ask(folder, "follow", "main.main", "--to", "Worker.Run", "--save", "a.toml")
    head = git(folder, "rev-parse", "HEAD")
    assert f"m is pinned to {head[:12]}, which the 1 changed file is not in" in told
    (folder / "work/work.go").write_text(WORK + "\nfunc more2() {}\n", encoding="utf-8")
    _, told = ask(folder, "follow", "main.main", "--to", "Worker.Run", "--save", "b.toml", expect=2)
    assert "m: work/work.go: the chain goes through a file that is otherwise than in the commit" in told
    commit(folder)
    git(folder, "remote", "add", "origin", "https://github.com/example/m")
    _, told = ask(folder, "follow", "main.main", "--to", "Worker.Run", "--save", "b.toml")
    assert "remote" not in told
    # The pin is read from the clone one is in, whatever comes after it.
    (folder / "work/work.go").write_text("package work\n\nfunc Begin() {}\n", encoding="utf-8")
    assert ask(folder, "check", "b.toml", "--offline")[0].endswith("1 of 1 claim holds\n")
