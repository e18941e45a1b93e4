"""The map of a system as pictures: Mermaid and DOT."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracer.model import EdgeKind
from tracer.report.formats.dot import text as dot_text
from tracer.report.formats.mermaid import quoted
from tracer.report.text import plural
from tracer.systems import Between, SystemMap

_UNKNOWN = "a program whose name is not known"
_MOST = 6


def target_of(one: Between) -> str:
    """What is at the other end: a program, or else what is asked there."""
    return one.target or (one.service or _UNKNOWN).removeprefix("exec ")


def methods_of(one: Between) -> str:
    """What is sent, in short: the methods' own names, those that may be sent alone in brackets."""
    if one.kind is EdgeKind.EXEC:
        return "starts"
    names = [s.method.rpartition("/")[2] if s.certain else f"({s.method.rpartition('/')[2]})" for s in one.sent]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def mermaid(system: SystemMap) -> str:
    """A flowchart: programs are boxes, what none of them answers is round, stores are cylinders; what is not certain is dotted."""
    return _drawn(
        system,
        ["flowchart LR"],
        {
            "program": lambda i, n: f"  {i}[{quoted([n])}]",
            "other": lambda i, n: f"  {i}([{quoted([n])}])",
            "store": lambda i, n: f"  {i}[({quoted([n])})]",
        },
        lambda a, b, words, certain: f"  {a} {'-->' if certain else '-.->'}|{quoted([words])}| {b}",
        [],
    )


def dot(system: SystemMap) -> str:
    """The same in Graphviz' DOT language."""
    return _drawn(
        system,
        ["digraph system {", "  rankdir=LR", '  node [fontname="monospace"]', "  edge [fontsize=10]"],
        {
            "program": lambda i, n: f"  {i} [shape=box, label={dot_text([n])}]",
            "other": lambda i, n: f"  {i} [shape=ellipse, label={dot_text([n])}]",
            "store": lambda i, n: f"  {i} [shape=cylinder, label={dot_text([n])}]",
        },
        lambda a, b, words, certain: (
            f"  {a} -> {b} [label={dot_text([words])}, style={'solid' if certain else 'dashed'}]"
        ),
        ["}"],
    )


def _drawn(
    system: SystemMap,
    head: list[str],
    node: Mapping[str, Callable[[str, str], str]],
    edge: Callable[[str, str, str, bool], str],
    tail: list[str],
) -> str:
    idents: dict[tuple[str, str], str] = {}
    nodes: list[str] = []

    def named(kind: str, name: str) -> str:
        if (kind, name) not in idents:
            idents[kind, name] = f"n{len(idents)}"
            nodes.append(node[kind](idents[kind, name], name))
        return idents[kind, name]

    for program in system.programs:
        named("program", program)
    edges = [
        edge(
            named("program", one.source),
            named("program" if one.target else "other", target_of(one)),
            _label(one),
            one.certain,
        )
        for one in system.between
    ]
    kept = dict.fromkeys((one.program, one.store) for one in system.keeps)
    edges += [edge(named("program", program), named("store", store), "uses", True) for program, store in kept]
    return "\n".join([*head, *nodes, *edges, *tail]) + "\n"


def _label(one: Between) -> str:
    if one.kind is EdgeKind.EXEC:
        return "starts"
    return (
        f"{one.service.rpartition('.')[2]}: {plural(len(one.sent), 'method')}"
        if len(one.sent) > _MOST
        else methods_of(one)
    )
