"""One wire that two programs serve: a trace with a branch to each, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import World, made
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES

# Its main package is the repository's root.
MILL_FILES = {
    "go.mod": "module example.org/mill\n\ngo 1.24\n",
    "main.go": """package main

import (
	"context"

	"example.org/api"
	"google.golang.org/grpc"
)

const defaultStamp = "stamp:1"

type mill struct{ stamp string }

func (m *mill) Open(ctx context.Context) error {
	stamp := defaultStamp
	chosen := m.stamp
	if chosen != "" {
		stamp = chosen
	}
	print(stamp)
	return nil
}

func unused() string { return "never" }

func main() { api.RegisterBoxServer(&grpc.Server{}, &mill{}) }
""",
} | {path: text for path, text in SERVER_FILES.items() if path.startswith("vendor/")}

BRANCH = """
[repositories.mill]
url = "https://github.com/example/mill"
commit = "{mill}"
programs = ["."]

[[chains]]
name = "stamp"
repository = "client"
entry = "agent.Sync"
target = "example.org/mill.{target}"
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    files = {"client": CLIENT_FILES, "server": SERVER_FILES, "mill": MILL_FILES}
    return made(folder, files, (INVESTIGATION + BRANCH).replace("{target}", "defaultStamp"), name="both.toml")


@pytest.fixture(scope="module")
def lost(world: World) -> Path:
    """The same with a target that nothing leads to."""
    path = world.folder / "lost.toml"
    text = world.investigation.read_text(encoding="utf-8")
    path.write_text(text.replace("mill.defaultStamp", "mill.unused"), encoding="utf-8")
    return path


TREE = """\
 3 interface (*api.boxClient).Open  cmd/agent/main.go:14  [flow]
├─  4 rpc       api._Box_Open_Handler  vendor/example.org/api/api.go:18  [full method]
│        also served by mill: (*mill.mill).Open  main.go:14
│  ══ wire /demo.v1.Box/Open ══> server:cmd/box
│     api._Box_Open_Handler  vendor/example.org/api/api.go:29
│   5 interface (*box.guarded).Open  vendor/example.org/api/api.go:30  [registration]
│   6 interface (*box.service).Open  cmd/box/main.go:34  [flow]
│   7 call      (*box.service).label  cmd/box/main.go:21  [method]
│   8 read      box.DefaultLabel = "label:3.9"  cmd/box/main.go:29  [name]
│        overridden by an earlier result: return pinned  cmd/box/main.go:27
│        pinned comes from: if pinned := s.labels["box"]; pinned != "" {  cmd/box/main.go:26
│        also read by example.org/server/cmd/box.main: api.RegisterBoxServer(&grpc.Server{}, \
guard(&service{labels: map[string]string{"box": DefaultLabel}}))  cmd/box/main.go:39
└─  4 rpc       api._Box_Open_Handler  vendor/example.org/api/api.go:18  [full method]
         also served by server:cmd/box: (*box.guarded).Open  cmd/box/main.go:34
   ══ wire /demo.v1.Box/Open ══> mill
      api._Box_Open_Handler  vendor/example.org/api/api.go:29
    5 interface (*mill.mill).Open  vendor/example.org/api/api.go:30  [registration]
    6 read      mill.defaultStamp = "stamp:1"  main.go:15  [name]
         overridden by another assignment: stamp = chosen  main.go:18
         where this holds: if chosen != "" {  main.go:17
         chosen comes from: chosen := m.stamp  main.go:16
"""


def test_the_way_is_told_once_and_then_each_branch(world: World) -> None:
    text = world.run("follow", "Sync", "--repo", "client").stdout
    first, second = (f"Sync reaches the constant {name}" for name in ('DefaultLabel = "label:3.9"', "defaultStamp"))
    assert first in text
    assert second in text
    assert text.endswith(TREE)
    assert text.count("agent.agent).prepare") == 1


def test_json(world: World) -> None:
    data = json.loads(world.run("follow", "Sync", "--repo", "client", "--json").stdout)
    assert [t["short"] for t in data["targets"]] == ["box.DefaultLabel", "mill.defaultStamp"]
    assert data["target"] == data["targets"][0]
    assert data["found"]
    assert data["hops"] == data["chains"][0]
    assert [c[-1]["to"] for c in data["chains"]] == data["targets"]
    assert [h["to"] for h in data["chains"][0][:3]] == [h["to"] for h in data["chains"][1][:3]]
    assert [h["to"]["program"] for h in data["chains"][1][3:]] == ["mill"] * 3


def test_page(world: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    world.run("report", "--html", str(site))
    text = (site / "index.html").read_text(encoding="utf-8")
    assert 'id="chain-1-chain"' in text
    assert 'id="chain-2-chain"' in text
    assert '<a href="#chain-2-hop-6"><code>defaultStamp</code></a>' in text
    assert not list(site.glob("trace-*.html")), "chains that start alike are one page"


@pytest.mark.parametrize("peer", ["mill", "."])
def test_a_peer_is_picked(world: World, peer: str) -> None:
    data = json.loads(world.run("follow", "Sync", "--repo", "client", "--peer", peer, "--json").stdout)
    assert [t["short"] for t in data["targets"]] == ["mill.defaultStamp"]
    assert [n["note"] for n in data["hops"][3]["notes"]] == ["also served by server:cmd/box: (*box.guarded).Open"]


def test_a_peer_decides_where_a_target_is_looked_for(world: World) -> None:
    way = ("follow", "Sync", "--repo", "client", "--to", "defaultStamp")
    assert "defaultStamp" in world.run(*way, "--peer", "mill").stdout
    assert "no chain to example.org/mill.defaultStamp" in world.run(*way, "--peer", "server:cmd/box", expect=1).stdout
    assert (
        "a peer is one of: client:cmd/agent, server:cmd/box, mill"
        in world.run(*way, "--peer", "miller", expect=2).stderr
    )


def test_a_branch_that_is_not_found(world: World, lost: Path, tmp_path: Path) -> None:
    text = world.run("follow", "Sync", "--repo", "client", expect=1, asked=lost).stdout
    assert "Sync reaches the constant DefaultLabel" in text
    assert "A way from Sync to unused was not shown. The search stopped at 1 place." in text
    assert text.endswith(
        "no chain to example.org/mill.unused was found. Where the search ended:\n"
        "  mill.unused main.go:24  no call of this was found in the programs looked at\n"
    )
    data = json.loads(world.run("follow", "Sync", "--repo", "client", "--json", expect=1, asked=lost).stdout)
    assert not data["found"]
    assert [c[-1]["to"]["short"] for c in data["chains"]] == ["box.DefaultLabel"]
    assert data["hops"] == data["chains"][0]
    assert [s["toward"] for s in data["stops"]] == ["example.org/mill.unused"]
    site = tmp_path / "site"
    world.run("follow", "Sync", "--repo", "client", "--html", str(site), expect=1, asked=lost)
    assert "on the way to <code>unused</code>" in (site / "index.html").read_text(encoding="utf-8")


def test_one_of_the_two_by_its_name(world: World) -> None:
    text = world.run("follow", "Sync", "--repo", "client", "--to", "defaultStamp").stdout
    assert "also served by server:cmd/box" in text
    assert "DefaultLabel" not in text


def test_diff_has_the_common_way_once(world: World) -> None:
    same = [f"{name}={world.folder / name}" for name in ("client", "server", "mill")]
    later = [a for source in same for a in ("--to-source", source)]
    changes = json.loads(world.run("diff", "Sync", "--repo", "client", "--json", *later).stdout)["changes"]
    names = [c["after"]["short"] for c in changes]
    assert {c["status"] for c in changes} == {"same"}
    assert names.count("(*agent.agent).prepare") == 1
    assert names[-4:] == ["box.DefaultLabel", "api._Box_Open_Handler", "(*mill.mill).Open", "mill.defaultStamp"]
