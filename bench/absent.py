"""What tracer says where a tree's dependencies are missing: python bench/absent.py TREE PROGRAM PATTERN [TAGS]

The arguments are those of bench/edges.py; TREE has a vendor folder. Its edges are asked for with that folder and without:
a dynamic call that has targets with it must have them without it as well, or say that not all is known that it may call
(``bounded``, or another reason than that no value flows there). Prints how many calls claim more than is known, how many
edges stand only where less is known, and how many calls are not told at all; each with examples.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from commands import tracer
from compare import run

_NONE = "no value of this program flows here"
_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@localhost")
Row = dict[str, Any]
Place = tuple[str, int, int]


def edges(tree: str, program: str, pattern: str, tags: list[str]) -> dict[Place, list[Row]]:
    """The calls of a tree by their places, those whose callee is plain left out."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [json.loads(row) for row in run(tracer(tree, program, pattern, tags, Path(folder)))]
    out = dict[Place, list[Row]]()
    for row in rows:
        out.setdefault((row["file"], row["line"], row["column"]), []).append(row)
    return out


def bare(tree: str, folder: Path) -> str:
    """A copy of a tree's commit without its vendor folder."""
    at = str(folder / "bare")
    subprocess.run([*_GIT, "clone", "-q", "--shared", "-c", "advice.detachedHead=false", tree, at], check=True)
    for words in (["rm", "-rqf", "vendor"], ["commit", "-qm", "bare"]):
        subprocess.run([*_GIT, *words], cwd=at, check=True)
    return at


def targets(rows: Iterable[Row]) -> set[str]:
    return {row["callee"] for row in rows if row["kind"] in ("interface", "value")}


def is_closed(rows: Iterable[Row]) -> bool:
    """Whether the answer says that it is all: no reason is left open."""
    return not any(row.get("bounded") or row.get("reason", _NONE) != _NONE for row in rows)


def main() -> None:
    tree, program, pattern, *tags = sys.argv[1:]
    whole = edges(str(Path(tree).resolve()), program, pattern, tags)
    with tempfile.TemporaryDirectory() as folder:
        # Nobody has the modules either.
        os.environ |= {"GOPROXY": "off", "GOMODCACHE": str(Path(folder) / "modules")}
        less = edges(bare(str(Path(tree).resolve()), Path(folder)), program, pattern, tags)
    dynamic = {place: found for place, rows in whole.items() if (found := targets(rows))}
    lost = [place for place in dynamic if place not in less]
    false = [
        place
        for place, wanted in dynamic.items()
        if place in less and not wanted <= targets(less[place]) and is_closed(less[place])
    ]
    invented = [(p, name) for p, rows in less.items() for name in targets(rows) - targets(whole.get(p, ()))]
    closed = sum(is_closed(rows) for place, rows in less.items() if place in dynamic)
    print(f"{len(dynamic)} dynamic calls with targets; {closed} of them are told as closed without vendor")
    for title, found in (("false closed-world claims", false), ("invented edges", invented), ("not told", lost)):
        print(f"{len(found)} {title}")
        for one in sorted(found, key=str)[:10]:
            print(f"  {one}")


if __name__ == "__main__":
    main()
