"""The languages an image is built with: C, make and Dockerfiles, construct by construct, and hostile bytes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.syntax import c, dockerfile, make

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


@settings(max_examples=150)
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
