"""One chain at two pins, through the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import git, repository


def compared(folder: Path, edits: dict[str, str], *more: str) -> dict[str, tuple[str, list[str]]]:
    main = SERVER_FILES["cmd/box/main.go"]
    for old, new in edits.items():
        assert old in main
        main = main.replace(old, new)
    shas = {
        "client": repository(folder / "client", CLIENT_FILES),
        "server": repository(folder / "server", SERVER_FILES),
    }
    repository(folder / "later", SERVER_FILES | {"cmd/box/main.go": main})
    toml = folder / "label.toml"
    toml.write_text(INVESTIGATION.format(**shas), encoding="utf-8")
    sources = [f"{n}={folder / n}" for n in ("client", "server")]
    command = [sys.executable, "-m", "tracer", "diff", "Sync", "--repo", "client", "--json", "-i", str(toml)]
    command += [a for s in sources for a in ("--source", s)] + ["--to-source", f"server={folder / 'later'}", *more]
    environment = os.environ | {"TRACER_CACHE": str(folder / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    changes = json.loads(done.stdout)["changes"]
    return {(c["after"] or c["before"])["short"]: (c["status"], c["details"]) for c in changes}


def test_same_and_value(tmp_path: Path) -> None:
    found = compared(tmp_path, {'version = "3.9"': 'version = "3.10"'})
    assert {status for name, (status, _) in found.items() if name != "box.DefaultLabel"} == {"same"}
    assert found["box.DefaultLabel"][0] == "changed"
    assert found["box.DefaultLabel"][1] == ['value: "label:3.9" → "label:3.10"']


def test_moved_and_renamed(tmp_path: Path) -> None:
    found = compared(tmp_path, {"label()": "name()", "// DefaultLabel": "\n// DefaultLabel"})
    assert found["(*box.service).name"][0] == "renamed"
    assert found["box.DefaultLabel"][0] == "moved"
    assert found["(*agent.agent).prepare"] == ("same", [])


def test_appeared(tmp_path: Path) -> None:
    inner = "return s.inner()\n}\n\nfunc (s *service) inner() string {\n\tif pinned"
    found = compared(tmp_path, {"if pinned": inner})
    assert found["(*box.service).inner"] == ("appeared", [])


def test_vanished(tmp_path: Path) -> None:
    found = compared(tmp_path, {"guard(&service{": "(&service{"})
    declared = SERVER_FILES["cmd/box/main.go"].partition("func (g *guarded) Open")[0].count("\n") + 1
    assert found["(*box.guarded).Open"] == ("vanished", [f"still declared: cmd/box/main.go:{declared}"])
    assert found["(*box.service).Open"][0] in ("same", "moved")


def test_text_and_a_second_commit_that_is_fetched(tmp_path: Path) -> None:
    shas = {
        "client": repository(tmp_path / "client", CLIENT_FILES),
        "server": repository(tmp_path / "server", SERVER_FILES),
    }
    main = tmp_path / "client/cmd/agent/main.go"
    main.write_text(
        "// One line more.\n" + main.read_text(encoding="utf-8").replace("prepare", "ready"), encoding="utf-8"
    )
    git(tmp_path / "client", "commit", "-q", "-a", "-m", "next")
    git(tmp_path / "client", "tag", "v2")
    toml = tmp_path / "label.toml"
    text = INVESTIGATION.format(**shas)
    for name in shas:
        text = text.replace(f"https://github.com/example/{name}", (tmp_path / name).as_uri())
    toml.write_text(text, encoding="utf-8")
    environment = os.environ | {"TRACER_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "tracer", "diff", "--repo", "client", "-i", str(toml)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *more], capture_output=True, text=True, env=environment, check=False)

    done = run("--to-commit", "v2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "moved     (*agent.agent).Sync  cmd/agent/main.go:29"
    assert "renamed   (*agent.agent).ready  cmd/agent/main.go:31" in lines
    assert "same      box.DefaultLabel  cmd/box/main.go:11" in lines
    assert "say what to compare with" in run().stderr
    gone = run("--to-commit", "v3")
    assert gone.returncode == 3
    assert "there is no branch or tag 'v3'" in gone.stderr
