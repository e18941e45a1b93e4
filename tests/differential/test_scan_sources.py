"""The Go toolchain's own sources: what their text tells that they declare is what a parser tells."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from gotypes import go as go_command

from tracer.syntax import parse
from tracer.syntax.header import head
from tracer.syntax.scan import scan

pytestmark = pytest.mark.skipif(go_command() is None, reason="there is no go command")
FOLDERS = os.environ.get(
    "TRACER_TEST_SCAN", "archive cmd/go cmd/compile/internal/syntax encoding go net os reflect"
).split()
LEAST = 0.9


def test_text_tells_what_a_parser_tells_of_the_go_toolchains_sources() -> None:
    command = go_command()
    assert command is not None
    root = Path(subprocess.run([command, "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip())
    files = [path for folder in FOLDERS for path in (root / "src" / folder).rglob("*.go") if path.is_file()]
    told = 0
    for path in files:
        source = path.read_bytes()
        written = head(source)
        found = scan(source, written.end) if written is not None else None
        # The grammar takes some of what is right for wrong.
        if written is None or found is None or parse._root(source).has_error:
            continue
        told += 1
        facts = parse._facts(source, written.package, written.imports, found)
        assert replace(facts, declared="") == replace(parse._parsed(source), declared=""), path
    assert told >= LEAST * len(files) > 0
