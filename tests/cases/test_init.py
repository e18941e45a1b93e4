"""A first investigation of two local clones: what is written is checked, and holds."""

from __future__ import annotations

import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from command import tracer
from fixture import CLIENT_FILES, SERVER_FILES
from support import git, repository

from tracer.investigation.model import ChainClaim, ConstantClaim, SymbolClaim
from tracer.investigation.reader import load


def run(folder: Path, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    return tracer(*arguments, cache=folder / "cache", folder=folder, answers=answers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, files in (("client", CLIENT_FILES), ("server", SERVER_FILES)):
        repository(tmp_path / name, files)
    return tmp_path


def test_all_given(folder: Path) -> None:
    given = ["--repository", "client=client", "--repository", "server=server@main", "--repo", "client"]
    given += [
        "--program",
        "client=./cmd/agent/",
        "--program",
        "server=cmd/box",
        "--entry",
        "Sync",
        "--to",
        "DefaultLabel",
    ]
    done = run(folder, "init", *given)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "written: investigation.toml (2 claims)"
    made = load(folder / "investigation.toml")
    assert made.repositories["server"].commit == git(folder / "server", "rev-parse", "HEAD")
    assert made.repositories["client"].programs == ("cmd/agent",)
    chain, value = made.claims
    assert isinstance(chain, ChainClaim)
    assert [(hop.kind, hop.wire) for hop in chain.hops] == [
        ("call", ""),
        ("interface", ""),
        ("interface", ""),
        ("rpc", "/demo.v1.Box/Open"),
        ("interface", ""),
        ("interface", ""),
        ("call", ""),
        ("read", ""),
    ]
    assert isinstance(value, ConstantClaim)
    assert (value.constant, value.value) == ("example.org/server/cmd/box.DefaultLabel", "label:3.9")
    checked = run(folder, "check", "investigation.toml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.splitlines()[-1] == "2 of 2 claims hold"


def test_asked_for(folder: Path) -> None:
    answers = ["client", "client", "y", str(folder / "server"), "", "n", "client", "Sync", "box.DefaultLabel", ""]
    done = run(folder, "init", "first.toml", answers="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stderr
    made = load(folder / "first.toml")
    assert made.title == "How does Sync come to box.DefaultLabel?"
    assert {name: r.programs for name, r in made.repositories.items()} == {
        "client": ("cmd/agent",),
        "server": ("cmd/box",),
    }
    assert len(made.claims) == 2


def test_what_is_there_is_not_written_over(folder: Path) -> None:
    (folder / "investigation.toml").write_text("mine", encoding="utf-8")
    done = run(folder, "init", "--repository", "client=client")
    assert done.returncode == 2
    assert "the file is there already" in done.stderr
    assert (folder / "investigation.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--repository", "client=client", "--to", "x", "--program", "client=cmd/agent"], "nobody answers"),
        (["--repository", "client"], "NAME=URL|PATH[@REV]"),
        (["--repository", "client=client@nothing"], "has no commit nothing"),
        (["--repository", "other=file:///nothing/here"], "there is no git repository at this URL"),
        (["--repository", "client=client", "--repo", "cleint", "--entry", "a", "--to", "b"], "there is no repository 'cleint'"),
        (["--repository", "client=client", "--entry", "Snyc", "--to", "b"], "--entry agent.Sync --to b"),
    ],
)  # fmt: skip
def test_what_is_wrong(folder: Path, arguments: list[str], words: str) -> None:
    done = run(folder, "init", *arguments)
    assert done.returncode in (2, 3)
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert not (folder / "investigation.toml").exists()


def test_without_a_chain_there_are_claims(folder: Path) -> None:
    given = ["--repository", "client=client", "--entry", "Sync", "--to", "agent.main"]
    done = run(folder, "init", *given)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "written: investigation.toml (2 claims)"
    made = load(folder / "investigation.toml")
    assert [(type(claim), claim.place) for claim in made.claims if isinstance(claim, SymbolClaim)] == [
        (SymbolClaim, "cmd/agent/main.go")
    ] * 2
    assert "client has no remote called origin, so its url is file://" in done.stderr
    assert run(folder, "check", "investigation.toml").returncode == 0


def test_without_a_target_every_wire_is_one(folder: Path) -> None:
    given = ["--repository", "client=client", "--repository", "server=server", "--repo", "client", "--entry", "Sync"]
    done = run(folder, "init", *given, "--to", "", "--title", "Where to?")
    assert done.returncode == 0, done.stderr
    made = load(folder / "investigation.toml")
    assert [chain.target for chain in made.chains] == ["example.org/api._Box_Open_Handler"]
    checked = run(folder, "check", "investigation.toml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.splitlines()[-1] == "1 of 1 claim holds"


def test_a_remote(folder: Path) -> None:
    git(folder / "server", "tag", "-a", "-m", "v", "v1")
    for rev in ("", "@v1", "@main"):
        url = (folder / "server").as_uri() + rev
        given = ["--repository", f"server={url}", "--entry", "service.Open", "--to", "DefaultLabel", "--force"]
        done = run(folder, "init", *given)
        assert done.returncode == 0, done.stderr
        assert load(folder / "investigation.toml").repositories["server"].commit == git(
            folder / "server", "rev-parse", "HEAD"
        )
    done = run(folder, "init", "--repository", f"server={(folder / 'server').as_uri()}@v2", "--force")
    assert done.returncode == 3
    assert "there is no branch or tag 'v2'" in done.stderr


def test_it_tells_its_version(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"tracer {version('tracer')}\n")
