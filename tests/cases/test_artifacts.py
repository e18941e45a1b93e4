"""From a Dockerfile to what a C program does: fixtures, each changed at one place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import World
from support import repository

from tracer import api
from tracer.errors import SourceError
from tracer.investigation.model import ArtifactSource, Investigation, Repository
from tracer.model import Artifact, ArtifactStep
from tracer.sentences import sentence
from tracer.syntax import bounded

DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM golang AS tools
RUN make
ARG BASE
FROM ${BASE}
ARG ARCH
# ENTRYPOINT ["/other"]
COPY --chmod=755 bin/wait-linux-${ARCH} \\
  /wait
ENTRYPOINT ["/wait", "-q"]
"""
MAKEFILE = """\
OS ?= linux
ARCH ?= arm64
BASE.linux := scratch
BASE := ${BASE.${OS}}
CFLAGS = -static -DVERSION=$(TAG)
SRCS = $(OS)/wait.c
TAG = 1.0
COMMIT = $(shell git describe)

image: bin/wait-$(OS)-$(ARCH)
\tdocker buildx build --build-arg BASE=${BASE} --build-arg=ARCH=$(ARCH) .

bin/wait-$(OS)-$(ARCH): $(SRCS)
\tmkdir -p bin
\tx86_64-linux-gnu-gcc $(CFLAGS) -o $@ $^ # $(COMMIT)
"""
PROGRAM = """\
#include <signal.h>
#define VERSION "1.0"
#define SHOW(x) #x

static void farewell(const char *why) { puts(why); }
static void down(int signo) { farewell("down"); exit(0); }
static void reap(int signo) { while (waitpid(-1, NULL, WNOHANG) > 0); }

int main(int argc, char **argv) {
  struct sigaction sa = {.sa_handler = reap};
  void (*bye)(const char *) = farewell;
  if (argc > 1 && !strcmp(argv[1], "-v")) {
    puts(SHOW(VERSION));
    return 0;
  } else
    bye("hello");
  signal(SIGHUP, SIG_IGN);
  if (sigaction(SIGINT, &(struct sigaction){.sa_flags = 0, .sa_handler = down}, NULL) < 0)
    return 1;
  sigaction(SIGCHLD, &sa, NULL);
  for (;;)
    pause();
  return 42;
}
"""
FILES = {"box/Dockerfile": DOCKERFILE, "box/Makefile": MAKEFILE, "box/linux/wait.c": PROGRAM}
ASKED = ArtifactSource("wait", "r", "box/Dockerfile", "box/Makefile", {"ARCH": "amd64"})
STEPS = """\
build docker buildx build --build-arg BASE=scratch --build-arg=ARCH=amd64 . @ box/Makefile:11
base scratch @ box/Dockerfile:5
entrypoint ENTRYPOINT ["/wait", "-q"] @ box/Dockerfile:10
copy COPY --chmod=755 bin/wait-linux-amd64 /wait @ box/Dockerfile:8
rule bin/wait-linux-amd64: linux/wait.c @ box/Makefile:13
compile x86_64-linux-gnu-gcc -static -DVERSION=1.0 -o bin/wait-linux-amd64 linux/wait.c # $(shell git describe) @ box/Makefile:15
main main @ box/linux/wait.c:9
  call strcmp(argv[1], "-v") @ box/linux/wait.c:12
  call puts(SHOW(VERSION)) @ box/linux/wait.c:13
  return return 0 @ box/linux/wait.c:14
  call bye("hello") @ box/linux/wait.c:16
    call puts(why) @ box/linux/wait.c:5
  handler SIGHUP → SIG_IGN @ box/linux/wait.c:17
  handler SIGINT → down @ box/linux/wait.c:18
    call farewell("down") @ box/linux/wait.c:6
      call puts(why) @ box/linux/wait.c:5
    call exit(0) @ box/linux/wait.c:6
  return return 1 @ box/linux/wait.c:19
  handler SIGCHLD → reap @ box/linux/wait.c:20
    call waitpid(-1, NULL, WNOHANG) @ box/linux/wait.c:7
  loop for (;;) pause() @ box/linux/wait.c:21
  return return 42 @ box/linux/wait.c:23
"""


def traced(folder: Path, files: dict[str, str] = FILES, asked: ArtifactSource = ASKED) -> Artifact:
    repository(folder, files)
    investigation = Investigation("", "", {"r": Repository("r", "", "")}, (), ())
    with api.Session(investigation, api.Options({"r": str(folder)}, cache=folder / "cache")) as session:
        return api.artifact(session, asked)


def shown(steps: tuple[ArtifactStep, ...], prefix: str = "") -> str:
    return "".join(
        f"{prefix}{step.kind} {step.text} @ {step.position}\n{shown(step.steps, prefix + '  ')}" for step in steps
    )


def test_every_step(tmp_path: Path) -> None:
    found = traced(tmp_path)
    assert shown(found.steps) == STEPS
    assert found.handlers == (("SIGHUP", "SIG_IGN"), ("SIGINT", "down"), ("SIGCHLD", "reap"))
    notes = {step.text: sentence(step.note) if step.note else "" for step in found.steps[-1].steps}
    assert notes["puts(SHOW(VERSION))"] == 'where argc > 1 && !strcmp(argv[1], "-v")'
    assert notes['bye("hello")'] == 'where not (argc > 1 && !strcmp(argv[1], "-v"))'
    assert notes["for (;;) pause()"] == "for ever"
    assert notes["return 42"] == "never reached: nothing leaves the loop at line 21"


@pytest.mark.parametrize(("path", "text"), [("box/linux/wait.c", "/* "), ("box/Makefile", "$(A")])
def test_a_file_that_takes_too_long_ends_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.05)
    monkeypatch.setattr(bounded, "MOST_DEPTH", 1000)
    last = traced(tmp_path, FILES | {path: f"{FILES[path]}\n{text * 5000}"}).steps[-1]
    assert (last.kind, str(last.position)) == ("undecided", f"{path}:1")
    assert last.note is not None
    assert sentence(last.note).startswith("this file is not read")


@pytest.mark.parametrize(
    ("path", "old", "new", "kind", "text", "note"),
    [
        ("box/Dockerfile", "  /wait", "  /usr/bin/wait", "undecided", "/wait", "no ADD or COPY puts /wait there"),
        ("box/Dockerfile", "  /wait", "  /", "undecided", "/wait", "no ADD or COPY puts /wait there"),
        ("box/Dockerfile", "--chmod=755", "--from=tools", "undecided", "bin/wait-linux-amd64", "made in the stage tools"),
        ("box/Dockerfile", 'ENTRYPOINT ["/wait", "-q"]', "CMD /wait -q", "entrypoint", "CMD /wait -q", "by /bin/sh -c"),
        ("box/Dockerfile", 'ENTRYPOINT ["/wait", "-q"]', "USER 1", "undecided", "scratch", "starts what its base starts"),
        ("box/Makefile", "bin/wait-$(OS)-$(ARCH): $(SRCS)", "bin/stay-$(OS)-$(ARCH): $(SRCS)", "undecided", "box/bin/wait-linux-amd64", "no rule of box/Makefile has it as a target"),
        ("box/Makefile", "SRCS = $(OS)/wait.c", "SRCS = $(wildcard *.c)", "undecided", "box/bin/wait-linux-amd64", "no C file is among its prerequisites"),
        ("box/Makefile", " .\n", " -f Other .\n", "undecided", "bin/wait-linux-${ARCH}", "no rule builds an image from box/Dockerfile") ,
        ("box/linux/wait.c", "for (;;)\n    pause();", "for (;;) { pause(); break; }", "loop", "for (;;)", "for ever"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told(
    tmp_path: Path, path: str, old: str, new: str, kind: str, text: str, note: str
) -> None:
    assert FILES[path].count(old) == 1
    asked = ASKED if "Other" not in new else ArtifactSource("wait", "r", "box/Dockerfile", "box/Makefile")
    found = traced(tmp_path, FILES | {path: FILES[path].replace(old, new)}, asked)
    steps = [*found.steps, *(inner for step in found.steps for inner in step.steps)]
    assert (kind, text) in [(step.kind, step.text) for step in steps]
    assert note in next(sentence(step.note) for step in steps if (step.kind, step.text) == (kind, text))


def test_a_missing_file_names_those_that_resemble_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        traced(tmp_path, asked=ArtifactSource("wait", "r", "Dockerfile"))
    assert "there is no file Dockerfile\ndid you mean box/Dockerfile?" in str(caught.value)


def test_without_a_makefile(tmp_path: Path) -> None:
    found = traced(tmp_path, asked=ArtifactSource("wait", "r", "box/Dockerfile", None, {"BASE": "x", "ARCH": "arm"}))
    assert [(s.kind, s.text) for s in found.steps][-2:] == [
        ("copy", "COPY --chmod=755 bin/wait-linux-arm /wait"),
        ("undecided", "bin/wait-linux-arm"),
    ]


def test_command(tmp_path: Path) -> None:
    repository(tmp_path / "r", FILES)
    toml = tmp_path / "i.toml"
    toml.write_text(f'title = "t"\n[repositories.r]\nurl = "x"\ncommit = "{"0" * 40}"\n', encoding="utf-8")
    asked = World(tmp_path, toml, ("r",))
    words = ("artifact", "./box/Dockerfile", "--repo", "r", "--makefile", "box/Makefile", "--var", "ARCH=amd64")
    assert "  handler    SIGINT → down  box/linux/wait.c:18" in asked.run(*words).stdout
    read = json.loads(asked.run(*words, "--json").stdout)
    assert read["handlers"] == {"SIGHUP": "SIG_IGN", "SIGINT": "down", "SIGCHLD": "reap"}
    assert [step["kind"] for step in read["steps"]] == [
        "build", "base", "entrypoint", "copy", "rule", "compile", "main"
    ]  # fmt: skip


def test_what_the_investigation_says_of_the_image_is_taken(tmp_path: Path) -> None:
    repository(tmp_path / "r", FILES)
    toml = tmp_path / "i.toml"
    toml.write_text(
        f'title = "t"\n[repositories.r]\nurl = "x"\ncommit = "{"0" * 40}"\n[[artifacts]]\nname = "box"\nrepository = "r"\n'
        'dockerfile = "box/Dockerfile"\nmakefile = "box/Makefile"\nvariables = { ARCH = "arm" }\n',
        encoding="utf-8",
    )
    asked = World(tmp_path, toml, ("r",))

    def copied(*more: str) -> tuple[str, list[str]]:
        done = asked.run("artifact", "box/Dockerfile", "--repo", "r", "--json", *more)
        steps = json.loads(done.stdout)["steps"]
        return next(step["text"] for step in steps if step["kind"] == "copy"), [step["kind"] for step in steps]

    text, kinds = copied()
    assert "arm" in text
    assert "rule" in kinds
    assert "amd64" in copied("--var", "ARCH=amd64")[0]
