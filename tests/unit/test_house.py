"""How large a part of the house may be."""

from __future__ import annotations

import ast
from pathlib import Path

import tracer

MODULES = sorted(Path(tracer.__file__).parent.rglob("*.py"))
MOST_LINES, MOST_OF_A_FUNCTION = 600, 60


def test_no_module_is_too_long() -> None:
    long = {path.name: lines for path in MODULES if (lines := path.read_text().count("\n")) > MOST_LINES}
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path.name}:{node.name}": lines
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef) and (lines := node.end_lineno - node.lineno + 1) > MOST_OF_A_FUNCTION
    }
    assert long == {}
