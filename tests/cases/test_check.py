"""Claims on a chain over two repositories: all hold, and with one line changed the hop of that line is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command import World, tracer
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import repository

from tracer import api
from tracer.investigation.reader import load
from tracer.model import Check, Verdict
from tracer.sentences import sentence

CLAIMS = """
[[claims]]
claim = "Sync comes to DefaultLabel"
chain = "label"
hops = [
  { to = "agent.prepare", kind = "call", place = "cmd/agent/main.go:28" },
  { to = "counted.Open", kind = "interface", evidence = ["agent.opener"] },
  "boxClient.Open",
  { to = "_Box_Open_Handler", kind = "rpc", wire = "/demo.v1.Box/Open" },
  "guarded.Open",
  "service.Open",
  { to = "service.label", place = "cmd/box/main.go" },
  { to = "DefaultLabel", kind = "read", evidence = ["return pinned"] },
]

[[claims]]
claim = "by way of the guard"
chain = "label"
through = ["guarded.Open"]

[[claims]]
claim = "its value"
constant = "box.DefaultLabel"
repository = "server"
value = "label:3.9"

[[claims]]
claim = "its place"
symbol = "box.DefaultLabel"
repository = "server"
place = "cmd/box/main.go:11"

[[claims]]
claim = "the fallback"
file = "cmd/box/main.go"
repository = "server"
holds = '''
if pinned := s.labels["box"]; pinned != "" {
    return pinned
}
return DefaultLabel'''
line = 26
"""
# The line that is changed, what it becomes, and what is told: the hop that broke, and what stands there now.
CHANGES = [
    ("client", "error { return a.prepare(ctx) }", "error { return nil }", 1, []),
    ("client", "\topener = counted{inner: opener}", "\topener = opener", 2, ["interface (*api.boxClient).Open"]),
    ("client", "{ return c.inner.Open(ctx) }", "{ return nil }", 3, []),
    (
        "client",
        "newAgent(api.NewBoxClient(&grpc.ClientConn{}))",
        "newAgent(&fakeOpener{})",
        3,
        ["interface (*agent.fakeOpener).Open"],
    ),
    (
        "client",
        '= "/demo.v1.Box/Open"',
        '= "/demo.v1.Box/Shut"',
        4,
        ["none of the programs here serves this method (/demo.v1.Box/Shut)"],
    ),
    (
        "server",
        'guard(&service{labels: map[string]string{"box": DefaultLabel}})',
        "&service{}",
        5,
        ["interface (*box.service).Open"],
    ),
    ("server", "{ return g.in.Open(ctx) }", "{ return nil }", 6, []),
    ("server", "_ = s.label()", "_ = s.labels", 7, []),
    ("server", "\treturn DefaultLabel", '\treturn "label"', 8, []),
]


def made(
    folder: Path, change: tuple[str, str, str] | None = None, claims: str = CLAIMS, head: str = ""
) -> tuple[Path, dict[str, str]]:
    files = {"client": CLIENT_FILES, "server": SERVER_FILES}
    if change is not None:
        name, old, new = change
        assert sum(text.count(old) for text in files[name].values()) == 1
        files[name] = {path: text.replace(old, new) for path, text in files[name].items()}
    shas = {name: repository(folder / name, of) for name, of in files.items()}
    toml = folder / "label.tracer.toml"
    toml.write_text(head + INVESTIGATION.format(**shas) + claims, encoding="utf-8")
    return toml, {name: str(folder / name) for name in files}


def said(verdict: Verdict) -> str:
    """What is wrong with a claim, in English."""
    return sentence(verdict.broken) if verdict.broken is not None else ""


def checked(folder: Path, change: tuple[str, str, str] | None = None, claims: str = CLAIMS, head: str = "") -> Check:
    toml, sources = made(folder, change, claims, head)
    with api.Session(load(toml), api.Options(sources, cache=folder / "cache")) as session:
        return api.check(session)


def test_verdicts_are_kept_until_a_pin_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml, sources = made(tmp_path)
    options = api.Options(sources, cache=tmp_path / "cache")
    with api.Session(load(toml), options) as session:
        first = api.check(session)
    with monkeypatch.context() as patch, api.Session(load(toml), options) as session:
        patch.delattr(api, "check_claim")
        assert api.check(session) == first
    text = toml.read_text(encoding="utf-8").replace('value = "label:3.9"', 'value = "label:4"')
    toml.write_text(text, encoding="utf-8")
    with api.Session(load(toml), options) as session:
        assert [v.claim for v in api.check(session).verdicts if not v.holds] == ["its value"]


def test_all_claims_hold(tmp_path: Path) -> None:
    found = checked(tmp_path)
    assert [(v.claim, said(v)) for v in found.verdicts if not v.holds] == []
    assert len(found.verdicts) == 5
    chain = [(str(e.position), sentence(e.message).partition(":")[0]) for e in found.verdicts[0].evidence]
    assert chain == [
        ("cmd/agent/main.go:28", "1. call (*agent.agent).prepare"),
        ("cmd/agent/main.go:30", "2. interface (agent.counted).Open"),
        ("cmd/agent/main.go:14", "3. interface (*api.boxClient).Open"),
        ("vendor/example.org/api/api.go:18", "4. rpc api._Box_Open_Handler over /demo.v1.Box/Open"),
        ("vendor/example.org/api/api.go:30", "5. interface (*box.guarded).Open"),
        ("cmd/box/main.go:34", "6. interface (*box.service).Open"),
        ("cmd/box/main.go:21", "7. call (*box.service).label"),
        ("cmd/box/main.go:29", "8. read box.DefaultLabel"),
    ]


@pytest.mark.parametrize(("name", "old", "new", "hop", "instead"), CHANGES, ids=[str(c[3]) for c in CHANGES])
def test_the_hop_that_broke_is_named(
    tmp_path: Path, name: str, old: str, new: str, hop: int, instead: list[str]
) -> None:
    verdict = checked(tmp_path, (name, old, new)).verdicts[0]
    assert said(verdict).startswith(f"hop {hop}: ")
    assert len(verdict.evidence) == hop - 1
    told = [sentence(e.message) for e in verdict.instead]
    assert all(any(words in note for note in told) for words in instead), told
    assert bool(told) == bool(instead), told


@pytest.mark.parametrize(
    ("change", "claim", "broken", "instead"),
    [
        (("server", 'version = "3.9"', 'version = "3.10"'), 2, 'its value is not "label:3.9"', 'box.DefaultLabel = "label:3.10"'),
        (("server", "// DefaultLabel is", "\n// DefaultLabel is"), 3, "it is not declared at cmd/box/main.go:11", "const box.DefaultLabel"),
        (("server", "// DefaultLabel is", "\n// DefaultLabel is"), 4, "line 26 does not hold", 'if pinned := s.labels["box"]; pinned != "" {'),
        (("server", "pinned := s", "chosen := s"), 4, "it does not hold", 'if chosen := s.labels["box"]; pinned != "" {'),
        (("server", "{ return g.in.Open(ctx) }", "{ return nil }"), 1, "no chain leads from (*box.guarded).Open to box.DefaultLabel", ""),
    ],
)  # fmt: skip
def test_other_claims_that_break(
    tmp_path: Path, change: tuple[str, str, str], claim: int, broken: str, instead: str
) -> None:
    verdict = checked(tmp_path, change).verdicts[claim]
    assert broken in said(verdict)
    assert not instead or instead in [sentence(e.message) for e in verdict.instead]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "rpc"', 'kind = "exec"', "it is of kind rpc, not exec"),
        ("/demo.v1.Box/Open", "/demo.v1.Box/Shut", "it is sent to /demo.v1.Box/Open, not to /demo.v1.Box/Shut"),
        ("main.go:28", "main.go:31", "it stands at cmd/agent/main.go:28, not at cmd/agent/main.go:31"),
        ("return pinned", "return given", "no evidence of it says 'return given'"),
        ('"counted.Open"', '"counter.Open"', "(*agent.agent).prepare does not lead to counter.Open"),
        ('  { to = "DefaultLabel", kind = "read", evidence = ["return pinned"] },\n', "", "the hops end at"),
    ],
)
def test_claims_that_say_something_else(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in said(checked(tmp_path, claims=CLAIMS.replace(old, new, 1)).verdicts[0])


def test_numbers_and_truth(tmp_path: Path) -> None:
    more = "\n\nconst half = 0.5\n\nconst on = 1 < 2\n\nconst many = 1 << 70\n"
    claims = "".join(
        f'[[claims]]\nclaim = "c"\nconstant = "{n}"\nrepository = "server"\nvalue = {v}\n'
        for n, v in (("half", "0.5"), ("on", "true"), ("many", 2**70), ("on", "1"), ("version", "3.9"), ("guard", "1"))
    )
    found = checked(tmp_path, ("server", 'const version = "3.9"', 'const version = "3.9"' + more), claims)
    assert [v.holds for v in found.verdicts] == [True, True, True, False, False, False]
    assert said(found.verdicts[5]) == "it is no constant whose value is known"


def test_answers_refer_to_hops(tmp_path: Path) -> None:
    question = '\n[[questions]]\nquestion = "Why?"\nanswer = "By {hop:label} and {hop:nothing}, see {hop:Open}."\n'
    answer = 'answer = "To {hop:box.DefaultLabel}."\n'
    found = checked(tmp_path, claims=question, head=answer)
    assert [(v.holds, said(v)) for v in found.verdicts] == [
        (True, ""),
        (True, ""),
        (False, "no symbols of the chains are called that"),
        (False, "4 symbols of the chains are called that"),
    ]


def test_answers_where_no_chain_is_found(tmp_path: Path) -> None:
    question = '\n[[questions]]\nquestion = "Why?"\nanswer = "{hop:Sync} comes to {hop:DefaultLabel}."\n'
    found = checked(tmp_path, ("server", "{ return g.in.Open(ctx) }", "{ return nil }"), question)
    assert [(v.holds, said(v)) for v in found.verdicts] == [
        (True, ""),
        (False, "no symbols of the chains are called that; no chain to box.DefaultLabel was found"),
    ]


def run(toml: Path, sources: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    given = [a for n, p in sources.items() for a in ("--source", f"{n}={p}")]
    return tracer("check", str(toml), *arguments, *given, cache=toml.parent / "cache")


def test_command(tmp_path: Path) -> None:
    toml, sources = made(tmp_path, ("server", "\treturn DefaultLabel", '\treturn "<&>"'))
    junit = tmp_path / "claims.xml"
    done = run(toml, sources, "--junit", str(junit))
    assert done.returncode == 1
    assert "BROKEN Sync comes to DefaultLabel" in done.stdout
    assert "hop 8: (*box.service).label does not lead to DefaultLabel" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 of 5 claims hold"
    suite = ET.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("5", "3")
    assert [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None] == [
        "Sync comes to DefaultLabel",
        "by way of the guard",
        "the fallback",
    ]
    read = json.loads(run(toml, sources, "--json").stdout)
    assert read["schema"] == "tracer.check/1"
    assert [c["holds"] for c in read["claims"]] == [False, False, True, True, False]
    assert read["pins"][1]["wanted"] == read["pins"][1]["read"]


def test_a_commit_that_is_not_the_pin_is_told(tmp_path: Path) -> None:
    toml, sources = made(tmp_path)
    text = toml.read_text()
    pin = load(toml).repositories["server"].commit
    toml.write_text(text.replace(pin, "0" * 40))
    done = run(toml, sources)
    assert done.returncode == 0
    assert f"read server at {pin}, which is not the pin {'0' * 40}" in done.stdout


def test_claims_as_pytest_tests(tmp_path: Path) -> None:
    _, sources = made(tmp_path, ("server", "_ = s.label()", "_ = s.labels"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tracer.pytest_plugin",
        "-p",
        "no:cacheprovider",
        str(tmp_path),
        "-rA",
    ]
    command += [a for n, p in sources.items() for a in ("--tracer-source", f"{n}={p}")]
    environment = os.environ | {"TRACER_CACHE": str(tmp_path / "cache"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "broken: hop 7: (*box.service).Open does not lead to service.label" in done.stdout
    assert "2 failed, 3 passed" in done.stdout


def test_pages_of_a_report(tmp_path: Path) -> None:
    files = {"build/Dockerfile": 'FROM scratch\nADD box /box\nENTRYPOINT ["/box"]\n'}
    shas = {"client": repository(tmp_path / "client", CLIENT_FILES)}
    shas["server"] = repository(
        tmp_path / "server",
        {p: t.replace("\treturn DefaultLabel", '\treturn "<i>"') for p, t in (SERVER_FILES | files).items()},
    )
    more = """
[[artifacts]]
name = "box"
repository = "server"
dockerfile = "build/Dockerfile"
[[claims]]
claim = "it starts <box>"
artifact = "box"
steps = [{ kind = "entrypoint", holds = "/box" }]
[claims.zh]
claim = "它启动 box"
"""
    toml = tmp_path / "label.toml"
    toml.write_text(INVESTIGATION.format(**shas) + CLAIMS + more, encoding="utf-8")
    asked = World(tmp_path, toml)

    def pages(*arguments: str) -> tuple[str, str]:
        asked.run("report", *arguments, expect=1)
        folder = Path(arguments[-1])
        return (folder / "claims.html").read_text(encoding="utf-8"), (folder / "artifacts.html").read_text(
            encoding="utf-8"
        )

    claims, images = pages("--html", str(tmp_path / "en"))
    assert "<li>3 of 6 claims hold.</li>" in claims
    assert "hop 8: (*box.service).label does not lead to DefaultLabel" in claims
    assert "it starts &lt;box&gt;" in claims
    assert "There now: " in claims
    assert "ENTRYPOINT [&#34;/box&#34;]" in images
    assert "no Makefile is given that would make it" in images
    assert '<a href="source/server/build-Dockerfile.html#L3">Dockerfile:3</a>' in images
    dockerfile = (tmp_path / "en/source/server/build-Dockerfile.html").read_text(encoding="utf-8")
    start = next(line for line in dockerfile.splitlines() if "<li id=L3" in line or '<li id="L3"' in line)
    remark = '<a class="remark proof" href="../../artifacts.html#step-1-2">box: starts</a>'
    assert f'ENTRYPOINT ["/box"]{remark}' in start
    assert re.search(r'href="\.\./\.\./claims\.html#claim-\d+">it starts &lt;box&gt;</a>', start)
    claims, images = pages("--lang", "zh", "--html", str(tmp_path / "zh"))
    assert "它启动 box" in claims
    assert "<h1>镜像</h1>" in images
