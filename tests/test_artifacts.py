"""From a Dockerfile to what a C program does: fixtures, each changed at one place, and hostile bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import repository

from tracer import api
from tracer.errors import SourceError
from tracer.investigation.model import ArtifactSource, Investigation, Repository
from tracer.model import Artifact, ArtifactStep
from tracer.sentences import sentence
from tracer.syntax import c, dockerfile, make

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


HANDLERS = [
    ("struct sigaction sa; sa.sa_handler = f; sigaction(SIGINT, &sa, NULL);", [("SIGINT", "f")]),
    ("struct sigaction sa; sa.sa_handler = f; sa.sa_handler = g; sigaction(SIGINT, &sa, NULL);", [("SIGINT", "g")]),
    ("struct sigaction sa; sa.sa_handler = f; if (x) sa.sa_handler = g; sigaction(SIGINT, &sa, NULL);", []),
    ("struct sigaction sa; if (x) { sa.sa_handler = g; sigaction(SIGINT, &sa, NULL); }", [("SIGINT", "g")]),
    ("struct sigaction sa; sa.sa_sigaction = &f; sigaction(SIGINT, (&sa), NULL);", []),
    ("sigaction(SIGINT, NULL, &old);", []),
    ("signal(SIGTERM, f);", [("SIGTERM", "f")]),
    ("sigaction(SIGINT, &(struct sigaction){f}, NULL);", []),
    ("p->sa_handler = f; sigaction(SIGINT, p, NULL);", []),
]


@pytest.mark.parametrize(("body", "wanted"), HANDLERS)
def test_handlers(body: str, wanted: list[tuple[str, str]]) -> None:
    found = c.extract(f"void f(int s) {{}} void g(int s) {{}} int main(void) {{ {body} }}".encode())
    main = found.function("main")
    assert main is not None
    assert [(s.signal, s.name) for s in main.steps if s.kind == "handler"] == wanted


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("void (*p)(int) = f; p(1);", ("f",)),
        ("void (*p)(int) = f; if (x) p = g; p(1);", ("f", "g")),
        ("void (*p)(int) = f; p = other(); p(1);", ()),
        ("h(1);", ()),
    ],
)
def test_calls_through_pointers(body: str, targets: tuple[str, ...]) -> None:
    found = c.extract(f"void f(int s) {{}} void g(int s) {{}} int main(void) {{ {body} }}".encode())
    assert found.functions[-1].steps[-1].targets == targets


@pytest.mark.parametrize(
    ("loop", "left"),
    [
        ("for (;;) { if (x) break; }", False),
        ("for (;;) { switch (x) { case 1: break; } }", True),
        ("while (1) { if (x) return 1; }", False),
        ("do { f(); } while (1);", True),
        ("while (x) { f(); }", False),
        ("for (;;) { if (x) goto out; } out:", False),
        ("for (;;) { while (x) { break; } }", True),
    ],
)
def test_what_stands_behind_an_endless_loop(loop: str, left: bool) -> None:
    found = c.extract(f"int main(void) {{ {loop} return 7; }}".encode())
    assert bool(found.functions[0].steps[-1].after_loop) is left


def test_make_expands_as_make_does(tmp_path: Path) -> None:
    text = b"""
A = $(B)
B = b
C := $(B)
B = later
D ?= d
D ?= never
E = e
E += more
F.x = $(A)$$
G = ${F.${H}}
H = x
define L
line
endef
ifdef Z
U = 1
endif
given = no
all: $(A) $C ; @echo
# $(info) tells and gives nothing
$(A)-$(D): $(E) ${G} $(wildcard *.c) $(U)
\t@printf '%s|' '$(A)' '$(C)' '$(D)' '$(E)' '$(G)' '$(given)' '$@' '$<' '$^'
"""
    found = make.read(text, {"given": "yes"})
    rule = found.rules[-1]
    assert rule.targets == ("later-d",)
    assert rule.prerequisites == ("e", "more", "later$", "$(wildcard *.c)", "$(U)")
    known = {name: found.expand(f"$({name})") for name in "ACDEG"}
    assert known == {"A": "later", "C": "b", "D": "d", "E": "e more", "G": "later$"}
    assert found.expand("$(given) $@ $<", rule) == "yes later-d e"
    assert make.undecided(found.expand("$(U)"))
    # The same by make itself, where it is at hand.
    (tmp_path / "Makefile").write_bytes(text.replace(b" $(wildcard *.c) $(U)", b"") + b"e more later$$:\n")
    done = subprocess.run(
        ["make", "-s", "given=yes", "later-d"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "later|b|d|e more|later$|yes|later-d|e|e more later$|"


def test_dockerfile_variables() -> None:
    known = {"A": "a", "E": ""}
    for text, wanted in (("$A${A}", "aa"), ("${X:-d}", "d"), ("${E:-d}", "d"), ("${E-d}", ""), ("\\$A", "$A"),
                         ("${A:+p}", "p"), ("${E:+p}", ""), ("$X", "$X")):  # fmt: skip
        assert dockerfile.substitute(text, known) == wanted
    stage = dockerfile.last_stage(dockerfile.instructions(b'FROM a\nARG N=1\nENV P=/p$N\nCOPY ["a b", "c", "$P/"]\n'))
    assert dockerfile.copies(stage, {})[0].sources == ("a b", "c")
    assert dockerfile.copies(stage, {})[0].destination == "/p1/"
    assert dockerfile.copies(stage, {"N": "2"})[0].destination == "/p2/"
    assert dockerfile.entrypoint(stage) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text("{}()[];*&=.,#\n abs\\\"'$:-\t", max_size=300).map(str.encode))
def test_hostile_bytes(data: bytes) -> None:
    c.extract(b"int main(void) { " + data)
    found = make.read(data, {})
    assert all(isinstance(found.expand(name), str) for name in found.variables)
    dockerfile.copies(dockerfile.last_stage(dockerfile.instructions(b"FROM x\n" + data)), {})


@pytest.mark.parametrize(
    "text",
    [
        "A = $(B)\nB = $(A)\nx: $(A)\n",
        "A = $(A)\nx: $(A)\n",
        "$(" * 3000,
        "A = " + "${A" * 900,
        "A = $(B)$(B)\nB = $(A)$(A)\n",
    ],
)
def test_what_never_ends(text: str) -> None:
    found = make.read(text.encode(), {})
    assert make.undecided(found.expand("$(A)")) or not found.rules


def test_deep_nesting() -> None:
    deep = 3000
    found = c.extract(
        b"int main(void) {" + b"if (x) {" * deep + b"f();" + b"}" * deep + b"g(" * deep + b")" * deep + b";}"
    )
    assert [len(s.conditions) for f in found.functions for s in f.steps if s.name == "f"] == [deep]


def test_command(tmp_path: Path) -> None:
    repository(tmp_path / "r", FILES)
    toml = tmp_path / "i.toml"
    toml.write_text(f'title = "t"\n[repositories.r]\nurl = "x"\ncommit = "{"0" * 40}"\n', encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tracer",
        "artifact",
        "./box/Dockerfile",
        "--repo",
        "r",
        "--makefile",
        "box/Makefile",
    ]
    command += ["--var", "ARCH=amd64", "-i", str(toml), "--source", f"r={tmp_path / 'r'}"]
    environment = os.environ | {"TRACER_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "  handler    SIGINT → down  box/linux/wait.c:18" in done.stdout
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=True)
    read = json.loads(done.stdout)
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
    command = [sys.executable, "-m", "tracer", "artifact", "box/Dockerfile", "--repo", "r", "-i", str(toml)]
    command += ["--source", f"r={tmp_path / 'r'}", "--json"]
    environment = os.environ | {"TRACER_CACHE": str(tmp_path / "cache")}

    def copied(*more: str) -> tuple[str, list[str]]:
        done = subprocess.run([*command, *more], capture_output=True, text=True, env=environment, check=True)
        steps = json.loads(done.stdout)["steps"]
        return next(step["text"] for step in steps if step["kind"] == "copy"), [step["kind"] for step in steps]

    text, kinds = copied()
    assert "arm" in text
    assert "rule" in kinds
    assert "amd64" in copied("--var", "ARCH=amd64")[0]
