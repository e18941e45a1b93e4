"""What nobody foresaw ends with a code of its own, never with one that an answer has; and what the surroundings may do."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command import tracer
from support import repository

from tracer import api, console
from tracer.errors import SourceError, told
from tracer.golang import types as t
from tracer.golang.load.versions import latest, vendors
from tracer.golang.types.literals import value_of
from tracer.source.clones import expanded
from tracer.source.pinning import split_source
from tracer.syntax import ast
from tracer.syntax.dockerfile import Instruction

FILES = {
    "go.mod": "module example.org/x\n\ngo 1.24\n",
    "main.go": "package main\n\nfunc f() {}\n\nfunc main() { f() }\n",
}
MANY = "9" * 5000
"""More digits than Python makes a number of."""


def raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RecursionError("too deep"), "RecursionError: too deep"),
        (MemoryError(), "MemoryError"),
        (KeyError(t.pointer(t.BASICS["int"])), "KeyError"),
        (ValueError("a\x1b[31mb"), "ValueError: a"),
        (OSError(28, "No space left on device", "x"), "No space left on device: x"),
    ],
)
def test_a_fault(error: Exception, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path / "x", FILES)
    monkeypatch.setattr(api, "callees", raising(error))
    done = tracer("callees", "main", cache=tmp_path / "cache", folder=tmp_path / "x")
    assert done.returncode == console.FAULT
    first, *rest = done.stderr.splitlines()[-2:] if not isinstance(error, OSError) else done.stderr.splitlines()[-1:]
    assert first.startswith(f"error: {message}")
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
    assert isinstance(error, OSError) or "Please report it" in rest[0]


def test_what_a_fault_says_of_itself() -> None:
    assert told(ValueError("no")) == "ValueError: no"
    assert told(KeyError(t.BASICS["int"])) == "KeyError"


def _run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    here = os.environ | {"TRACER_CACHE": str(folder.parent / "cache"), "NO_COLOR": "1"} | environment
    command = f'"$0" -m tracer {" ".join(arguments)}'
    return subprocess.run(
        ["sh", "-c", command, sys.executable], check=False, cwd=folder, env=here, capture_output=True, text=True
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_surroundings(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    repository(folder, FILES)
    assert "main.go" in _run("callees", "main", folder=folder, COLUMNS="0").stdout
    full = _run("callees", "main", ">", "/dev/full", folder=folder)
    assert full.returncode == console.FAULT
    assert "No space left on device" in full.stderr
    assert _run("callees", "main", ">&-", folder=folder).returncode == 0
    assert _run("callees", "main", "2>&-", folder=folder).returncode == 0
    unknown = _run("callees", "main", folder=folder, TRACER_CACHE="~nobody-of-that-name/x")
    assert (unknown.returncode, "not known" in unknown.stderr) == (3, True)


def test_a_stream_takes_what_it_has_no_form_for(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    console.prepare()
    console.print_line("→")
    stream.flush()
    assert written.getvalue() == b"\\u2192\n"


def test_paths_that_no_system_takes() -> None:
    long = "a" * 100_000
    assert split_source(f"clone@{long}") == (Path("clone"), long)
    assert split_source("clone\0") == (Path("clone\0"), None)
    with pytest.raises(SourceError, match="not known"):
        expanded("~nobody-of-that-name/x", "here")


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (f"1e{MANY}", None),
        (f"1e-{MANY}", None),
        (f"0x1p{MANY}", None),
        (f"0x1p-{'0' * 5000}1", 0.5),
        (f"1e+{'0' * 300}2", 100),
    ],
)
def test_exponents(literal: str, value: float | None) -> None:
    assert value_of(ast.BasicLit("FLOAT", literal, 0)) == value


def test_numbers_of_many_digits() -> None:
    assert latest(f"v1.{MANY}.0", f"v1.{MANY}9.0") == f"v1.{MANY}9.0"
    assert latest(f"v1.0.0-{MANY}", "v1.0.0-9") == f"v1.0.0-{MANY}"
    assert vendors(f"1.{MANY}")
    assert vendors(f"{MANY}.1")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('["a", "[b"]', ("a", "[b")),
        ("[]", ()),
        ("[" * 100_000, ("[" * 100_000,)),
        ('[["a"]]', ("[[a]]",)),
        ('["a",]', ("[a,]",)),
    ],
)
def test_the_exec_form_is_a_list_of_texts(value: str, words: tuple[str, ...]) -> None:
    assert Instruction("ENTRYPOINT", value, 1).words == words
