"""One chain at two pins, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command import World, made
from fixture import SERVER_FILES
from support import git, repository

Compared = Callable[[dict[str, str]], dict[str, tuple[str, list[str]]]]


@pytest.fixture
def compared(world: World, tmp_path: Path) -> Compared:
    """How each step of the chain came out where the server's source was edited."""

    def compare(edits: dict[str, str]) -> dict[str, tuple[str, list[str]]]:
        main = SERVER_FILES["cmd/box/main.go"]
        for old, new in edits.items():
            assert old in main
            main = main.replace(old, new)
        repository(tmp_path / "later", SERVER_FILES | {"cmd/box/main.go": main})
        later = ("--to-source", f"server={tmp_path / 'later'}")
        changes = json.loads(world.run("diff", "Sync", "--repo", "client", "--json", *later).stdout)["changes"]
        return {(c["after"] or c["before"])["short"]: (c["status"], c["details"]) for c in changes}

    return compare


def test_same_and_value(compared: Compared) -> None:
    found = compared({'version = "3.9"': 'version = "3.10"'})
    assert {status for name, (status, _) in found.items() if name != "box.DefaultLabel"} == {"same"}
    assert found["box.DefaultLabel"][0] == "changed"
    assert found["box.DefaultLabel"][1] == ['value: "label:3.9" → "label:3.10"']


def test_moved_and_renamed(compared: Compared) -> None:
    found = compared({"label()": "name()", "// DefaultLabel": "\n// DefaultLabel"})
    assert found["(*box.service).name"][0] == "renamed"
    assert found["box.DefaultLabel"][0] == "moved"
    assert found["(*agent.agent).prepare"] == ("same", [])


def test_appeared(compared: Compared) -> None:
    inner = "return s.inner()\n}\n\nfunc (s *service) inner() string {\n\tif pinned"
    found = compared({"if pinned": inner})
    assert found["(*box.service).inner"] == ("appeared", [])


def test_vanished(compared: Compared) -> None:
    found = compared({"guard(&service{": "(&service{"})
    declared = SERVER_FILES["cmd/box/main.go"].partition("func (g *guarded) Open")[0].count("\n") + 1
    assert found["(*box.guarded).Open"] == ("vanished", [f"still declared: cmd/box/main.go:{declared}"])
    assert found["(*box.service).Open"][0] in ("same", "moved")


def test_text_and_a_second_commit_that_is_fetched(tmp_path: Path) -> None:
    asked = made(tmp_path)
    main = tmp_path / "client/cmd/agent/main.go"
    main.write_text(
        "// One line more.\n" + main.read_text(encoding="utf-8").replace("prepare", "ready"), encoding="utf-8"
    )
    git(tmp_path / "client", "commit", "-q", "-a", "-m", "next")
    git(tmp_path / "client", "tag", "v2")
    text = asked.investigation.read_text(encoding="utf-8")
    for name in asked.repositories:
        text = text.replace(f"https://github.com/example/{name}", (tmp_path / name).as_uri())
    asked.investigation.write_text(text, encoding="utf-8")
    diff = ("diff", "--repo", "client")
    lines = asked.run(*diff, "--to-commit", "v2", sources=False).stdout.splitlines()
    assert lines[0] == "moved     (*agent.agent).Sync  cmd/agent/main.go:29"
    assert "renamed   (*agent.agent).ready  cmd/agent/main.go:31" in lines
    assert "same      box.DefaultLabel  cmd/box/main.go:11" in lines
    assert "say what to compare with" in asked.run(*diff, sources=False, expect=2).stderr
    gone = asked.run(*diff, "--to-commit", "v3", sources=False, expect=3)
    assert "there is no branch or tag 'v3'" in gone.stderr
