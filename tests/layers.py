"""The layers of the tests: each test belongs to one, by the folder it stands in, and ``-m LAYER`` runs those of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

TESTS = Path(__file__).parent
LAYERS = {
    "unit": "a room of the house at a time, in this process",
    "cases": "made-up programs through all rooms, most of them by the command line",
    "differential": "edges, types and executed calls beside the Go compiler's and x/tools'",
    "sources": "chains through real code: Debian's Go packages, modules of the Go proxy, pins in a cache",
    "browser": "the report in Chromium",
}


def layer_of(path: PurePath) -> str:
    """The layer of a test file, or nothing."""
    parts = path.relative_to(TESTS).parts if path.is_relative_to(TESTS) else ()
    return parts[0] if len(parts) > 1 and parts[0] in LAYERS else ""


def misplaced(tests: Iterable[tuple[str, PurePath, Iterable[str]]]) -> list[str]:
    """What is wrong with tests, each with its file and the marks it has without its folder's."""
    out: list[str] = []
    for name, path, marks in tests:
        if not layer_of(path):
            out.append(f"{name} stands in none of the folders {', '.join(LAYERS)} of tests/")
        out += [f"{name} is marked {mark}: a layer is told by the folder alone" for mark in marks if mark in LAYERS]
    return out


def left_out(skipped: Iterable[tuple[str, str]]) -> list[str]:
    """What was skipped and why, in plain words, from the file and the reason of each skip, as pytest writes them."""
    rows: Counter[tuple[str, str]] = Counter()
    for path, reason in skipped:
        rows[layer_of(TESTS.parent / path), reason.removeprefix("Skipped: ")] += 1
    order = list(LAYERS)
    return [
        f"{layer or 'elsewhere'}: {count} {'test' if count == 1 else 'tests'} not run: {reason}"
        for (layer, reason), count in sorted(
            rows.items(), key=lambda row: (order.index(row[0][0]) if row[0][0] else -1, row[0][1])
        )
    ]
