"""Files that import C are built where the tags say so; what C does is not among the sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.model import Reason
from tracer.sentences import sentence

FILES = {
    "go.mod": "module main\n\ngo 1.26\n",
    "main.go": "package main\n\nfunc main() { work(1) }\n\nfunc last() {}\n",
    "with.go": """package main

// static int twice(int x) { return 2 * x; }
import "C"

import "strconv"

func work(n int) {
\tvar size C.size_t = C.sizeof_int
\ttext := strconv.Itoa(int(C.twice(C.int(n))) + int(size) + int(C.struct_pair{}.first))
\tprintln(text)
\tlast()
}
""",
    "without.go": "//go:build !cgo\n\npackage main\n\nfunc work(n int) {}\n",
}


@pytest.mark.parametrize(
    ("tags", "called", "left"),
    [
        ((), [], []),
        (("cgo",), ["strconv.Itoa", "main.last"], ["C's twice is not among the sources"]),
    ],
)
def test_files_that_import_c(tags: tuple[str, ...], called: list[str], left: list[str], tmp_path: Path) -> None:
    repository(tmp_path, FILES)
    program = analysis(tmp_path, tags=frozenset(tags))
    [work] = program.find("main.work")
    edges, failed = program.edges(work)
    assert [edge.callee for edge in edges] == called
    assert [sentence(row.detail) for row in failed] == left
    assert {row.reason for row in failed} <= {Reason.MISSING_PACKAGE}
