"""tracer's edges of a program, in the form of ``edges``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import tree_sitter_go
from edges import Edge, package, plain
from tree_sitter import Language, Node, Parser

from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Site
from tracer.model import Unresolved

_PARSER = Parser(Language(tree_sitter_go.language()))
Span = tuple[int, int]
Place = tuple[int, int]


def call_places(source: bytes) -> dict[Span, Place]:
    """Where go/ssa says that each call of a file is: the parenthesis, or the ``go`` or ``defer``."""
    return {(node.start_byte, node.end_byte): _place(node) for node in _calls(source)}


def call_lines(source: bytes) -> dict[int, set[Place]]:
    """The places of the calls that stand on each line; one over several lines on its first, last and that of its name.

    Where a function literal ends are none: what it has deferred is called there. What is deferred at all, and may be
    called from where a function returns or panics, is under line 0.
    """
    out: dict[int, set[Place]] = {0: set()}
    for node in _nodes(source, "func_literal"):
        out[node.end_point[0] + 1] = set()
    ends = frozenset(out)
    for node in _calls(source):
        place = _place(node)
        for line in (node.start_point[0] + 1, place[0], node.end_point[0] + 1):
            if line not in ends:
                out.setdefault(line, set()).add(place)
        if node.parent is not None and node.parent.type == "defer_statement":
            out[0].add(place)
    return out


def _calls(source: bytes) -> Iterator[Node]:
    # The grammar reads f[int](x) as a conversion.
    return _nodes(source, "call_expression", "type_conversion_expression")


def _nodes(source: bytes, *types: str) -> Iterator[Node]:
    waiting = [_PARSER.parse(source).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.type in types:
            yield node


def _place(call: Node) -> Place:
    at = call.child_by_field_name("arguments") or next(c for c in call.children if c.type == "(")
    if call.parent is not None and call.parent.type in ("go_statement", "defer_statement"):
        at = call.parent
    return at.start_point[0] + 1, at.start_point[1] + 1


class Ours:
    """The edges of one program, with the calls that it left undecided."""

    def __init__(self, program: Analysis, packages: Collection[str] = ()) -> None:
        """Of the packages with these import paths, or of all in the repository."""
        self.program = program
        self.edges: set[Edge] = set()
        self.kinds: dict[tuple[str, int, int], str] = {}
        self.unresolved: list[Unresolved] = []
        self._places: dict[str, dict[Span, Place]] = {}
        for found in program.packages_under(["..."]):
            if not packages or found.path in packages:
                for file in found.files:
                    self._file(file)

    def _file(self, file: File) -> None:
        for declaration in file.facts.declarations:
            if declaration.kind in ("func", "method", "var"):
                for site in self.program.unit(file.unit(declaration)).sites:
                    self._site(site)

    def _site(self, site: Site) -> None:
        found, failure = self.program.resolve(site)
        if failure is not None:
            self.unresolved.append(failure)
        file = site.unit.file
        path = file.path
        if path not in self._places:
            self._places[path] = call_places(file.source)
        place = self._places[path].get((site.start, site.end))
        if place is None:
            # The call of an iterator by a range clause: go/ssa gives it no position.
            assert site.kind != "unknown"
            return
        line, column = place
        self.kinds[path, line, column] = site.kind
        caller = site.caller.full_name if site.caller is not None else site.unit.name
        for edge in found:
            self.edges.add(Edge(plain(caller), plain(edge.callee), path, line, column))

    def within(self, prefix: str) -> set[Edge]:
        """The edges whose caller is in a package of this path or below it."""
        return {e for e in self.edges if (package(e.caller) + "/").startswith(prefix + "/")}
