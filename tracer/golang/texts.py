"""Which texts a string expression may be: constants, and what is made of them, followed to where they come from.

A text is a pattern as of ``fnmatch``: what is not known of it is ``*``. Concatenation, ``fmt.Sprintf`` and the functions
that join or clean paths are folded; everything else is followed as the flow has it.
"""

from __future__ import annotations

import re
from itertools import islice, product

from tracer.golang import constants
from tracer.golang import types as t
from tracer.golang.analysis import Analysis
from tracer.golang.checker import Info, Node, Scope
from tracer.syntax import ast

MAX_TEXTS = 24
MAX_NODES = 400
_VERB = re.compile(r"%[-+# 0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]")
_SAME = frozenset(
    ("path.Base", "path.Clean", "path/filepath.Base", "path/filepath.Clean", "path/filepath.Abs", "os/exec.LookPath")
)
_SAME_TOO = frozenset(("path/filepath.EvalSymlinks", "path/filepath.FromSlash", "strings.TrimSpace", "strings.Clone"))
_JOIN = frozenset(("path.Join", "path/filepath.Join"))
UNKNOWN = "*"


def texts(analysis: Analysis, info: Info, e: ast.Expr) -> frozenset[str]:
    """The texts that an expression of a function may be, ``*`` among them where one is not known at all."""
    return _Texts(analysis).of(("x", info, e))


class _Texts:
    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.known: dict[Node, frozenset[str]] = {}

    def of(self, node: Node) -> frozenset[str]:
        found = self.known.get(node)
        if found is None:
            # A cycle adds nothing to what else reaches it.
            self.known[node] = frozenset()
            found = self.known[node] = self._cut(self._find(node))
        return found

    def _cut(self, found: frozenset[str]) -> frozenset[str]:
        return found if len(found) <= MAX_TEXTS else frozenset((UNKNOWN,))

    def _find(self, node: Node) -> frozenset[str]:
        if len(self.known) > MAX_NODES:
            return frozenset((UNKNOWN,))
        if node[0] == "x":
            folded = self._folded(node[1], node[2])
            if folded is not None:
                return folded
        elif node[0] == "xi" and node[3] == 0:
            folded = self._call(node[1], node[2])
            if folded is not None:
                return folded
        sources = self.analysis.flow.sources(node)
        if not sources:
            return frozenset((UNKNOWN,))
        return frozenset[str]().union(*map(self.of, sources))

    def _folded(self, info: Info, e: ast.Expr) -> frozenset[str] | None:
        value = self.analysis.checker.constant(e, info.file)
        if value is not None:
            return frozenset((_literal(value),)) if value else frozenset()
        match e:
            case ast.Binary(op="+"):
                left, right = self.of(("x", info, e.x)), self.of(("x", info, e.y))
                return frozenset(a + b for a, b in product(left or {""}, right or {""}))
            case ast.Call():
                return self._call(info, e)
            case _:
                return None

    def _call(self, info: Info, call: ast.Call) -> frozenset[str] | None:
        site = info.sites.get(call)
        name = site.func.full_name if site is not None and site.func is not None else ""
        parts = [("x", info, arg) for arg in call.args]
        if name in _SAME or name in _SAME_TOO:
            return self.of(parts[0]) if parts else None
        if name in _JOIN and parts:
            # Only the last part of a path says which program it is.
            return frozenset(f"*/{last}" for last in self.of(parts[-1]))
        if name == "fmt.Sprintf" and parts:
            return self._formatted(self.of(parts[0]), parts[1:])
        return None

    def _formatted(self, formats: frozenset[str], given: list[Node]) -> frozenset[str]:
        """What ``fmt`` makes of texts and numbers by plain verbs; by others anything."""
        out: set[str] = set()
        for text in formats:
            pieces = _VERB.split(text)
            verbs = _VERB.findall(text)
            if len(verbs) != len(given):
                out.add(_VERB.sub("*", text))
                continue
            values = [self._shown(verb, node) for verb, node in zip(verbs, given, strict=True)]
            for chosen in islice(product(*values), MAX_TEXTS + 1):
                filled = (a + b for a, b in zip(pieces, (*chosen, ""), strict=True))
                out.add("".join(filled))
        return frozenset(out)

    def _shown(self, verb: str, node: Node) -> frozenset[str]:
        """How a plain verb shows a value: a text as it is, a constant integer in decimal (package fmt, "Printing")."""
        info, e = node[1], node[2]
        if verb in ("%d", "%v"):
            found = self.analysis.checker.evaluate(e, Scope(info.file))
            if found is not None and isinstance(found.value, int) and not isinstance(found.value, bool):
                return frozenset((str(found.value),))
        if verb in ("%s", "%v") and constants.kind_of(info.types.get(e, t.UNKNOWN)) == "string":
            return self.of(node) or frozenset(("",))
        return frozenset((UNKNOWN,))


def _literal(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)
