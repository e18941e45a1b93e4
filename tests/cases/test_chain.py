"""The whole chain over two repositories, through the command line, against golden JSON and HTML."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command import World

GOLDEN = Path(__file__).parents[1] / "golden"
CHAIN = [
    ("call", "(*example.org/client/cmd/agent.agent).prepare"),
    ("interface", "(example.org/client/cmd/agent.counted).Open"),
    ("interface", "(*example.org/api.boxClient).Open"),
    ("rpc", "example.org/api._Box_Open_Handler"),
    ("interface", "(*example.org/server/cmd/box.guarded).Open"),
    ("interface", "(*example.org/server/cmd/box.service).Open"),
    ("call", "(*example.org/server/cmd/box.service).label"),
    ("read", "example.org/server/cmd/box.DefaultLabel"),
]
CHAIN_SHORT = [
    "(*agent.agent).prepare",
    "(agent.counted).Open",
    "(*api.boxClient).Open",
    "api._Box_Open_Handler",
    "(*box.guarded).Open",
    "(*box.service).Open",
    "(*box.service).label",
    "box.DefaultLabel",
]


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("TRACER_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} differs; TRACER_UPDATE_GOLDEN=1 writes it anew"


def steady(text: str) -> str:
    """Without the tool's version, the one thing that may change."""
    return re.sub(r'"version": "[^"]*"|tracer \d+\.\d+\.\d+', "VERSION", text)


def test_json(world: World) -> None:
    text = world.run("follow", "Sync", "--repo", "client", "--json").stdout
    data = json.loads(text)
    assert [(h["kind"], h["to"]["name"]) for h in data["hops"]] == CHAIN
    assert data["target"]["value"] == '"label:3.9"'
    assert data["hops"][3]["wire"] == "/demo.v1.Box/Open"
    ruled_out = {r["symbol"]: r["reason"] for r in data["hops"][1]["ruled_out"]}
    assert (
        ruled_out["(*example.org/client/cmd/agent.fakeOpener).Open"]
        == "no code that is used makes a value of this type"
    )
    assert ruled_out["testOpener.Open"] == "declared in a test file"
    notes = [n["note"] for n in data["hops"][-1]["notes"]]
    assert "overridden by an earlier result: return pinned" in notes
    assert any(n.startswith("also read by example.org/server/cmd/box.main") for n in notes)
    golden("label.json", steady(text))


def test_every_position_holds_what_is_said(world: World) -> None:
    data = json.loads(world.run("follow", "Sync", "--repo", "client", "--json").stdout)
    for hop in data["hops"]:
        call = hop["call"]
        line = (world.folder / call["repository"] / call["path"]).read_text().split("\n")[call["line"] - 1]
        name = hop["to"]["name"].rsplit(".", 1)[-1] if hop["kind"] != "rpc" else "Invoke"
        assert line[call["column"] - 1 :].startswith(name)
        commit = next(p["commit"] for p in data["pins"] if p["repository"] == call["repository"])
        expected = f"https://github.com/example/{call['repository']}/blob/{commit}/{call['path']}#L{call['line']}"
        assert call["permalink"] == expected


def test_text(world: World) -> None:
    text = world.run("follow", "Sync", "--repo", "client").stdout
    assert "\x1b" not in text
    assert "══ wire /demo.v1.Box/Open ══> server:cmd/box" in text
    golden("label.txt", text)


def test_the_second_answer_is_the_first(world: World) -> None:
    first = world.run("follow", "Sync", "--repo", "client", "--json").stdout
    assert world.run("follow", "Sync", "--repo", "client", "--json").stdout == first


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        self.links.append(values.get("href") or values.get("xlink:href") or "")


def test_html(world: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    world.run("follow", "Sync", "--repo", "client", "--html", str(site))
    text = (site / "index.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.ids
    assert all(
        (site / link.split("#")[0]).is_file() for link in page.links if link and "//" not in link and link[0] != "#"
    )
    assert "style" not in page.tags
    assert "b" not in page.tags
    assert re.search(r"From &lt;b&gt;<a href=.#hop-8.><code>DefaultLabel</code></a>&lt;/b&gt;", text)
    assert str(world.folder) not in text
    golden("label.html", steady(text))
    world.run("follow", "Sync", "--repo", "client", "--html", str(tmp_path / "again"))
    files = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    again = tmp_path / "again"
    assert {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()} == files


def test_what_stands_around(world: World, tmp_path: Path) -> None:
    world.run("follow", "Sync", "--repo", "client", "--html", str(tmp_path / "site"))
    around = json.loads((tmp_path / "site" / "index.json").read_text(encoding="utf-8"))["around"]
    found = {one["symbol"]["short"]: one for one in around}
    assert [e["caller"] for e in found["(*agent.agent).Sync"]["callers"]] == ["example.org/client/cmd/agent.main"]
    assert [e["callee"] for e in found["(*box.service).label"]["callees"]] == [
        "example.org/server/cmd/box.DefaultLabel"
    ]
    readers = [e["caller"] for e in found["box.DefaultLabel"]["callers"]]
    assert readers == ["(*example.org/server/cmd/box.service).label", "example.org/server/cmd/box.main"]
    assert list(found) == ["(*agent.agent).Sync", *CHAIN_SHORT]


def test_several_investigations_and_a_language(world: World, tmp_path: Path) -> None:
    text = world.investigation.read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(
        text.replace("What does Sync come to?", "Another") + '\n[zh]\ntitle = "另一个"\n', encoding="utf-8"
    )
    out = tmp_path / "site"
    world.run("report", "--html", str(out), "--lang", "zh", "-i", str(other))
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "另一个" in index
    assert "What does Sync come to?" in index
    assert (out / "trace-what-does-sync-come-to.html").is_file()
    assert world.run("report", "--html", str(out), "--lang", "xx", expect=2).stderr.count("no language 'xx'") == 1


def test_html_is_not_written_over_something_else(world: World, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    done = world.run("follow", "Sync", "--repo", "client", "--html", str(tmp_path), expect=2)
    assert "is not an earlier report" in done.stderr
    assert (tmp_path / "precious").read_text() == "x"


def test_without_a_target_the_trace_goes_to_the_wires(world: World) -> None:
    data = json.loads(world.run("follow", "prepare", "--repo", "client", "--json").stdout)
    assert data["target"] is None
    assert [c[-1]["wire"] for c in data["chains"]] == ["/demo.v1.Box/Open"]


def test_via(world: World) -> None:
    way = ("--to", "DefaultLabel", "--via", "guarded.Open")
    data = json.loads(world.run("follow", "prepare", "--repo", "client", *way, "--json").stdout)
    assert [(h["kind"], h["to"]["name"]) for h in data["hops"]] == CHAIN[1:]


def test_not_found_says_where_it_stopped(world: World) -> None:
    done = world.run("follow", "counted.Open", "--repo", "client", "--to", "agent.Sync", expect=1)
    assert "no chain to" in done.stdout
    assert "agent.main cmd/agent/main.go:32  no call of this was found" in done.stdout
    assert "no chain to" in world.run("follow", "Sync", "--repo", "client", "--to", "agent.Sync", expect=1).stdout


def test_ambiguous_and_misspelt_names(world: World) -> None:
    done = world.run("follow", "Open", "--repo", "server", "--to", "DefaultLabel", expect=2)
    assert "'Open' is ambiguous in server:cmd/box, it can be one of 2:\n" in done.stderr
    assert "  tracer follow guarded.Open --repo server --to DefaultLabel -i" in done.stderr
    # What nothing makes is not meant, nor what was taken from elsewhere.
    done = world.run("follow", "Open", "--repo", "client", "--to", "DefaultLabel")
    assert "Open: (agent.counted).Open, the only one of those that run which was written for this repository" in (
        done.stderr
    )
    assert "tracer follow agent.Sync --repo client" in world.run("follow", "sync", "--repo", "client", expect=2).stderr


def test_sources_that_cannot_be_had(world: World) -> None:
    done = world.run("follow", "Sync", "--repo", "client", "--offline", sources=False, expect=3)
    assert "client" in done.stderr
    assert "--source NAME=PATH" in done.stderr


def test_callers_callees_find(world: World) -> None:
    rows = json.loads(world.run("callers", "label", "--repo", "server", "--json").stdout)["edges"]
    assert [r["caller"] for r in rows] == ["(*example.org/server/cmd/box.service).Open"]
    rows = json.loads(world.run("callees", "service.label", "--repo", "server", "--json").stdout)["edges"]
    assert [(r["kind"], r["callee"]) for r in rows] == [("read", "example.org/server/cmd/box.DefaultLabel")]
    found = json.loads(world.run("find", "Open", "--repo", "client", "--json").stdout)
    assert "(*example.org/api.boxClient).Open" in [s["name"] for s in found]
    rows = json.loads(world.run("callers", "_Box_Open_Handler", "--repo", "server", "--json").stdout)["edges"]
    # Both programs link the stub in.
    assert [(r["kind"], r["caller"]) for r in rows] == [("rpc", "(*example.org/api.boxClient).Open")] * 2


def test_edges(world: World) -> None:
    options = ("--repo", "server", "--program", "cmd/box", "--package", "cmd/...", "--format", "jsonl")
    rows = [json.loads(line) for line in world.run("edges", *options).stdout.splitlines()]
    assert (
        "(*example.org/server/cmd/box.guarded).Open",
        "(*example.org/server/cmd/box.service).Open",
        "interface",
    ) in [(r["caller"], r["callee"], r["kind"]) for r in rows]
    assert all({"caller", "callee", "file", "line", "column", "kind"} <= r.keys() for r in rows)


def test_explain(world: World) -> None:
    found = json.loads(world.run("explain", "prepare", "Open", "--repo", "client", "--json").stdout)
    by_place = {(x["site"]["path"], x["site"]["line"]): x for x in found}
    (place,) = by_place
    told = by_place[place]
    assert told["kind"] == "interface"
    assert [e["callee"] for e in told["targets"]] == ["(example.org/client/cmd/agent.counted).Open"]
    assert told["targets"][0]["rule"] == "flow"
    assert told["targets"][0]["evidence"], "a way without a place proves nothing"
    assert "(*example.org/client/cmd/agent.fakeOpener).Open" in [r["symbol"] for r in told["ruled_out"]]
    same = json.loads(world.run("explain", f"{place[0]}:{place[1]}", "--repo", "client", "--json").stdout)
    assert same == found
    text = world.run("explain", "prepare", "Open", "--repo", "client").stdout
    assert "✗ (*example.org/client/cmd/agent.fakeOpener).Open: no code that is used makes a value of this type" in text
    assert "there is no call at" in world.run("explain", f"{place[0]}:1", "--repo", "client", expect=2).stderr
    assert "is not FILE:LINE" in world.run("explain", "prepare", "--repo", "client", expect=2).stderr
    assert "no call in" in world.run("explain", "prepare", "label", "--repo", "client", expect=2).stderr


def test_summary_counts_every_call_once(world: World) -> None:
    options = ("--repo", "server", "--program", "cmd/box", "--package", "./...")
    rows = [json.loads(line) for line in world.run("edges", *options, "--format", "jsonl").stdout.splitlines()]
    calls = {(r["caller"], r["file"], r["line"], r["column"]) for r in rows}
    lines = world.run("edges", *options, "--summary").stdout.splitlines()
    unresolved = sum(r["kind"] == "unresolved" for r in rows)
    (total,) = [line.split() for line in lines if line.startswith("total")]
    assert total[1] == str(len(calls))
    assert total[-1] == str(unresolved)


@pytest.mark.parametrize(
    "arguments",
    [
        ("follow", "Sync", "--repo", "client", "--json"),
        ("edges", "--repo", "server", "--program", "cmd/box", "--package", "./...", "--format", "jsonl"),
        ("callers", "label", "--repo", "server", "--json"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_answer_is_had_from_a_go_command(world: World, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    called = tmp_path / "called"
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(f'#!/bin/sh\necho "$@" >> "{called}"\nexit 1\n')
    go.chmod(0o755)
    path = os.pathsep.join((str(go.parent), os.environ["PATH"]))
    environment = os.environ | {"PATH": path, "TRACER_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "tracer", *arguments, "-i", str(world.investigation), *world.sources]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == world.run(*arguments).stdout
    assert not called.exists(), called.read_text()
    # Who asks for it there does get this one.
    subprocess.run(["go", "version"], env=environment, check=False)
    assert called.read_text() == "version\n"
