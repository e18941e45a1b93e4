"""The pages of a report that commands add to it, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import World
from fixture import SERVER_FILES
from support import repository


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The server once more, with another version, as ``--to-source`` has it."""
    folder = tmp_path_factory.mktemp("later")
    main = SERVER_FILES["cmd/box/main.go"].replace('version = "3.9"', 'version = "3.10"')
    repository(folder, SERVER_FILES | {"cmd/box/main.go": main})
    return f"server={folder}"


def test_a_report_has_its_wires_and_what_changed(world: World, later: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    world.run("report", "--html", str(site), "--to-source", later)
    changes, wires = ((site / f"{name}.html").read_text(encoding="utf-8") for name in ("changes", "wires"))
    assert "<del><code>&#34;label:3.9&#34;</code></del>" in changes
    assert "<ins><code>&#34;label:3.10&#34;</code></ins>" in changes
    assert 'href="source/server/cmd-box-main.go.html#L11"' in changes
    assert "<code>/demo.<wbr>v1.<wbr>Box</code> gRPC, 1 method" in wires
    line = SERVER_FILES["cmd/box/main.go"].partition("func (g *guarded)")[0].count("\n") + 1
    assert f'href="source/server/cmd-box-main.go.html#L{line}"><code>(*box.guarded).Open</code>' in wires
    plain = tmp_path / "plain"
    world.run("report", "--html", str(plain))
    assert not (plain / "changes.html").exists()


def test_a_comparison_alone_is_a_site(world: World, later: str, tmp_path: Path) -> None:
    site = tmp_path / "diff"
    to = ("--to-source", later, "--html", str(site), "--lang", "zh")
    assert f"report: {site / 'index.html'}" in world.run("diff", "Sync", "--repo", "client", *to).stdout
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "值改变" in page
    assert "<ins><code>&#34;label:3.10&#34;</code></ins>" in page
    assert not (site / "source").exists()
