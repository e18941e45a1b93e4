"""Which functions ``go test`` runs (``go help testfunc``; cmd/go/internal/load, isTest and isTestFunc; go/doc, Examples)."""

from __future__ import annotations

import re

from tracer.golang.load.package import File, is_test
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

# The beginning of a name, and the type that the function takes a pointer to. How package testing is imported does not count.
_TAKEN = {"Test": "T", "Benchmark": "B", "Fuzz": "F"}
_EXAMPLE = "Example"
_MAIN = "TestMain"
NAMES = (*_TAKEN, _EXAMPLE)
"""What the names of such functions begin with."""
# An example that says nothing of its output is built and not run.
_OUTPUT = re.compile(rb"(?://|/\*)\s*(?:unordered )?output:", re.IGNORECASE)


def is_run(file: File, declaration: Declaration) -> bool:
    """Whether ``go test`` runs a function of a file: a test, a benchmark, a fuzz test, an example with its output, ``TestMain``."""
    name = declaration.names[0]
    if declaration.kind != "func" or not is_test(file.path):
        return False
    if _is_named(name, _EXAMPLE):
        header = file.header(declaration).type
        says = _OUTPUT.search(file.source, declaration.start, declaration.end) is not None
        return says and not header.params and not header.results
    wanted = next((typ for begins, typ in _TAKEN.items() if _is_named(name, begins)), None)
    if wanted is None:
        return False
    header = file.header(declaration).type
    return _takes(header, wanted) or (name == _MAIN and _takes(header, "M"))


def _is_named(name: str, begins: str) -> bool:
    """``Test`` and ``TestX`` are tests, ``Testify`` is none."""
    return name.startswith(begins) and not name[len(begins) : len(begins) + 1].islower()


def _takes(header: ast.FuncType, wanted: str) -> bool:
    """Whether a function takes one pointer to a type of this name, and returns nothing."""
    if header.results or len(header.params) != 1:
        return False
    match header.params[0].type:
        case ast.Star(x=ast.Ident(name=name)):
            return name == wanted
        case ast.Star(x=ast.Selector(sel=sel)):
            return sel.name == wanted
        case _:
            return False
