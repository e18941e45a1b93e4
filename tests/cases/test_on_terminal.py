"""The command line on a real pseudo-terminal, and its exports."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from command import World


def on_terminal(world: World, *arguments: str, width: int = 80, out: Path | None = None, **more: str) -> str:
    """What a terminal of ``width`` columns is sent by a process; with ``out`` the output goes to that file instead."""
    command = [sys.executable, "-m", "tracer", *arguments, "-i", str(world.investigation), *world.sources]
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
    environment = kept | {"TRACER_CACHE": str(world.cache), "TERM": "xterm-256color"} | more
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    with out.open("w") if out is not None else os.fdopen(os.dup(follower), "w") as output:
        process = subprocess.Popen(command, stdin=follower, stdout=output, stderr=follower, env=environment)
    os.close(follower)
    chunks: list[bytes] = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(leader)
    assert process.wait() == 0
    return b"".join(chunks).decode().replace("\r\n", "\n")


FOLLOW = ("follow", "Sync", "--repo", "client")


@pytest.mark.parametrize("width", [40, 80, 250])
def test_lines_fit_the_terminal(world: World, width: int) -> None:
    text = on_terminal(world, *FOLLOW, "--code", width=width)
    # Progress is drawn above, and taken away before the first line.
    shown = text[text.index("What does Sync") :]
    plain = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", shown)
    assert "\x1b" not in plain
    assert all(len(line) <= width for line in plain.split("\n"))
    assert "> 21 │ func (a *agent) Sync" in plain or width == 40 or "│ func (a *agent) Sync" in plain


def test_links_and_colours_on_a_terminal(world: World) -> None:
    text = on_terminal(world, *FOLLOW)
    assert re.search(
        r"\x1b\]8;id=[0-9-]+;https://github\.com/example/client/blob/[0-9a-f]{40}/cmd/agent/main\.go#L30\x1b", text
    )
    assert "\x1b[32mcall" in text


def test_no_color(world: World) -> None:
    text = on_terminal(world, *FOLLOW, "--code", NO_COLOR="1")
    shown = text[text.index("What does Sync") :]
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", shown) for code in found.split(";")}
    assert codes <= {"", "0", "1", "2", "3", "4"}, codes


def test_a_dumb_terminal_gets_no_escape_sequence(world: World) -> None:
    assert "\x1b" not in on_terminal(world, *FOLLOW, TERM="dumb")


def test_output_goes_to_its_file_while_progress_is_on_the_terminal(world: World, tmp_path: Path) -> None:
    out = tmp_path / "edges.jsonl"
    shown = on_terminal(world, "edges", "--repo", "server", "--program", "cmd/box", out=out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert any(row["kind"] == "interface" for row in rows)
    assert "callee" not in shown


def test_lists_on_a_narrow_terminal(world: World) -> None:
    for command in (
        ("callees", "service.Open", "--repo", "server"),
        ("callers", "label", "--repo", "server"),
        ("find", "Open", "--repo", "client"),
        ("edges", "--summary", "--repo", "server", "--program", "cmd/box"),
        ("explain", "cmd/box/main.go:34", "--repo", "server"),
    ):
        text = on_terminal(world, *command, width=40, NO_COLOR="1")
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\", "", text)
        lines = plain.split("\r")[-1].split("\n")
        assert len(lines) > 2
        assert all(len(line) <= 40 for line in lines), lines


# Exports


def test_exports(world: World, tmp_path: Path) -> None:
    forms = ("json", "markdown", "html", "mermaid", "dot", "graphml", "codetour", "sarif")
    options = [a for form in forms for a in ("--export", f"{form}={tmp_path / form}")]
    done = world.run(*FOLLOW, *options)
    assert [line for line in done.stdout.splitlines() if str(tmp_path) in line] == [
        f"{f}: {tmp_path / f}" for f in forms
    ]
    made = {form: (tmp_path / form).read_text(encoding="utf-8") for form in forms}
    assert made["json"] == world.run(*FOLLOW, "--json").stdout
    assert "snippet" in json.loads(made["json"])["hops"][0]["call"]
    assert json.loads(made["sarif"])["version"] == "2.1.0"
    assert len(json.loads(made["codetour"])["steps"]) == 10
    assert ET.fromstring(made["graphml"]).tag.endswith("graphml")
    assert made["html"].startswith("<!doctype html>")
    assert made["mermaid"].startswith("flowchart TD\n")
    assert made["dot"].startswith("digraph trace {\n")
    assert made["markdown"].startswith("# What does Sync come to?\n")
    assert all(str(world.folder) not in text for text in made.values())
    again = tmp_path / "again"
    world.run(*FOLLOW, "--export", f"sarif={again}")
    assert again.read_text(encoding="utf-8") == made["sarif"]


def test_an_export_can_be_printed(world: World) -> None:
    assert world.run(*FOLLOW, "--export", "mermaid=-").stdout.startswith("flowchart TD\n")


@pytest.mark.parametrize("wrong", ["pdf=x", "json", "json=", "=x"])
def test_exports_that_cannot_be(world: World, wrong: str) -> None:
    done = world.run(*FOLLOW, "--export", wrong, expect=2)
    assert "graphml" in done.stderr


def test_only_one_is_printed(world: World) -> None:
    assert "only one" in world.run(*FOLLOW, "--json", "--export", "dot=-", expect=2).stderr


def test_a_folder_that_is_not_there(world: World, tmp_path: Path) -> None:
    done = world.run(*FOLLOW, "--export", f"json={tmp_path / 'absent' / 'x.json'}", expect=2)
    assert "could not be written" in done.stderr
