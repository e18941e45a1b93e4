"""tracer's edges against those of x/tools' callgraph: python bench/compare.py TREE PROGRAM PATTERN [TAGS]

The arguments are those of bench/edges.py; bench/commands.py tells which programs are run, and how another algorithm is.
Prints recall and precision of each kind of call; the edges that only one side has go to ours-only.txt and theirs-only.txt
in the folder that TRACER_DIFFERENCES names. A call through an interface counts at the lines where callgraph names a target,
one of a value where it has a function value: recall is the part of their targets that is ours, precision the part of ours
that is theirs. A function literal is a function of its own, as caller and as callee; those of package variables are numbered in
another order by each, and count as one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from commands import ALGORITHM, Command, callgraph, tracer

_TEMPLATE = "{{.Caller}}\t{{.Callee}}\t{{.Filename}}:{{.Line}}:{{.Column}}\t{{.Dynamic}}"
_TYPE_ARGUMENTS = re.compile(r"\[[^\[\]]*\]")
_CALLED = re.compile(r"(\w+)\s*(?:\[[^\[\]]*\]\s*)?$")
_STARTED = re.compile(r"(?:go|defer)\s+")
_STANDING = re.compile(r"(?:(?:go|defer)\s+\(*func\b|.*\}\)*\s*$)")
_STARTED_C = re.compile(rb"\s*(?:go|defer)\s+C\.\w+\(")
_INITIAL = re.compile(r"\.init\$\d+")
Edge = tuple[str, str, int, str]
"""Caller, file, line and callee: where on a line a call stands, the two tell differently."""


def run(command: Command) -> list[str]:
    environment = os.environ | command.environment
    done = subprocess.run(command.words, cwd=command.folder, env=environment, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


def plain(name: str) -> str:
    """A function's name without type arguments, and without go/ssa's marks of the wrappers around methods."""
    shorter = _TYPE_ARGUMENTS.sub("", name)
    if shorter != name:
        return plain(shorter)
    return _INITIAL.sub(".init$", name.removesuffix("$bound").removesuffix("$thunk"))


def theirs(rows: Iterable[str], tree: Path, files: set[str]) -> dict[str, set[Edge]]:
    """The edges of callgraph that leave some files of the tree, by kind: static, interface, value."""
    out: dict[str, set[Edge]] = defaultdict(set)
    lines = dict[str, list[bytes]]()
    for row in rows:
        caller, callee, place, dynamic = row.split("\t")
        file, line, column = place.rsplit(":", 2)
        if not Path(file).is_relative_to(tree) or (name := str(Path(file).relative_to(tree))) not in files:
            continue
        if caller.endswith(("$bound", "$thunk")):
            continue
        callee = plain(callee)
        every = lines.setdefault(name, Path(file).read_bytes().split(b"\n"))
        text = every[int(line) - 1]
        before, after = (part.decode("utf-8", "replace") for part in (text[: int(column) - 1], text[int(column) - 1 :]))
        if "$" in callee and _STARTED_C.match(text):
            # Cgo writes literals around what is started of C.
            continue
        # Where the name of what is called is not that of the callee, a value is called.
        started = _STARTED.match(after)
        called = _CALLED.search(last_call(after[started.end() :]) if started else before)
        same = called is not None and called.group(1) == callee.rsplit(".", 1)[-1]
        kind = ("interface" if same else "value") if dynamic == "dynamic" else "static"
        if same or kind == "value" or "$" in callee:
            # A literal that is called where it stands; one that a variable holds is called where the variable is.
            there = kind == "static" and "$" in callee and _STANDING.match(after if started else before)
            if kind == "value" and before.endswith(")"):
                line = opened(every, int(line), before)
            out[kind].add((plain(caller), name, 0 if there else int(line), callee))
    return out


def opened(lines: list[bytes], line: int, before: str) -> int:
    """The line on which the parentheses open that end a text before a call of what another call gives."""
    depth = before.count(")") - before.count("(")
    while depth > 0 and line > 1:
        line -= 1
        depth += lines[line - 1].count(b")") - lines[line - 1].count(b"(")
    return line


def last_call(text: str) -> str:
    """What is called last in an expression with which a line begins: all before its last parenthesis that stands in no other."""
    depth = 0
    last = len(text)
    for i, character in enumerate(text):
        if character == "(":
            last = i if depth == 0 else last
            depth += 1
        elif character == ")":
            depth -= 1
    return text[:last]


def by_name(edges: Iterable[Edge]) -> Mapping[Edge, set[str]]:
    """Callees by the caller, the line and the name that is called there."""
    out: dict[Edge, set[str]] = defaultdict(set)
    for caller, file, line, callee in edges:
        out[caller, file, line, callee.rsplit(".", 1)[-1]].add(callee)
    return out


def main() -> None:
    tree, program, pattern, *tags = sys.argv[1:]
    asked = callgraph(tree, program, tags, _TEMPLATE)
    with tempfile.TemporaryDirectory() as folder:
        rows = [json.loads(row) for row in run(tracer(tree, program, pattern, tags, Path(folder)))]
    edges = [
        # A literal that is called where it stands: at its beginning for one, at its end for the other.
        (
            row["kind"],
            (plain(row["caller"]), row["file"], 0 if row["rule"] == "literal" else row["line"], plain(row["callee"])),
        )
        for row in rows
        if row["callee"]
    ]
    ours = {edge for _, edge in edges}
    wanted = theirs(run(asked), Path(tree).resolve(), {row["file"] for row in rows})
    values = {edge for kind, edge in edges if kind == "value"}
    mine, all_theirs = by_name(ours), by_name(edge for edges in wanted.values() for edge in edges)
    print(f"tracer edges of {pattern} beside callgraph -algo={ALGORITHM}: recall, precision, edges of callgraph")
    for kind in ("static", "interface", "value"):
        if kind == "value":
            # Nothing is called by the name of what is called.
            lines = {edge[:3] for edge in wanted[kind]}
            claims = {edge for edge in values if edge[:3] in lines}
            claimed, right = len(claims), len(claims & wanted[kind])
        else:
            sites = by_name(wanted[kind])
            claimed = sum(len(mine.get(site, ())) for site in sites)
            right = sum(len(mine.get(site, set()) & all_theirs[site]) for site in sites)
        recall = len(wanted[kind] & ours) / max(len(wanted[kind]), 1)
        print(f"{kind:10} {recall:.4f} {right / max(claimed, 1):.4f} {len(wanted[kind])}")
    every = {edge for edges in wanted.values() for edge in edges}
    valued = {edge[:3] for edge in wanted["value"]}
    told = {edge for edge in ours if (*edge[:3], edge[3].rsplit(".", 1)[-1]) in all_theirs}
    told |= {edge for edge in values if edge[:3] in valued}
    folder = os.environ.get("TRACER_DIFFERENCES")
    kinds = {
        edge: kind for kind, found in (*((kind, (edge,)) for kind, edge in edges), *wanted.items()) for edge in found
    }
    for name, edges in (("ours-only.txt", told - every), ("theirs-only.txt", every - ours)) if folder else ():
        text = "".join(f"{edge[1]}:{edge[2]} {kinds[edge]} {edge[0]} -> {edge[3]}\n" for edge in sorted(edges))
        Path(folder or "", name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
