"""The pages of a report that commands add to it, through the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import repository


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two repositories, the server once more with another version, and their investigation."""
    folder = tmp_path_factory.mktemp("world")
    main = SERVER_FILES["cmd/box/main.go"].replace('version = "3.9"', 'version = "3.10"')
    shas = {
        "client": repository(folder / "client", CLIENT_FILES),
        "server": repository(folder / "server", SERVER_FILES),
    }
    repository(folder / "later", SERVER_FILES | {"cmd/box/main.go": main})
    (folder / "label.toml").write_text(INVESTIGATION.format(**shas), encoding="utf-8")
    return folder


def run(world: Path, *arguments: str) -> str:
    sources = [a for name in ("client", "server") for a in ("--source", f"{name}={world / name}")]
    command = [sys.executable, "-m", "tracer", *arguments, *sources, "-i", str(world / "label.toml")]
    environment = os.environ | {"TRACER_CACHE": str(world / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_report_has_its_wires_and_what_changed(world: Path) -> None:
    site = world / "site"
    run(world, "report", "--html", str(site), "--to-source", f"server={world / 'later'}")
    changes, wires = ((site / f"{name}.html").read_text(encoding="utf-8") for name in ("changes", "wires"))
    assert "<del><code>&#34;label:3.9&#34;</code></del>" in changes
    assert "<ins><code>&#34;label:3.10&#34;</code></ins>" in changes
    assert 'href="source/server/cmd-box-main.go.html#L11"' in changes
    assert "<code>/demo.<wbr>v1.<wbr>Box</code> gRPC, 1 method" in wires
    line = SERVER_FILES["cmd/box/main.go"].partition("func (g *guarded)")[0].count("\n") + 1
    assert f'href="source/server/cmd-box-main.go.html#L{line}"><code>(*box.guarded).Open</code>' in wires
    plain = world / "plain"
    run(world, "report", "--html", str(plain))
    assert not (plain / "changes.html").exists()


def test_a_comparison_alone_is_a_site(world: Path) -> None:
    site = world / "diff"
    to = ("--to-source", f"server={world / 'later'}", "--html", str(site), "--lang", "zh")
    assert f"report: {site / 'index.html'}" in run(world, "diff", "Sync", "--repo", "client", *to)
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "值改变" in page
    assert "<ins><code>&#34;label:3.10&#34;</code></ins>" in page
    assert not (site / "source").exists()
