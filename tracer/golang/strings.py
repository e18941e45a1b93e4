"""Which texts a string expression may be: constants, and what is made of them, followed to where they come from.

A text is a pattern as of ``fnmatch``: what is not known of it is ``*``. Concatenation, ``fmt.Sprintf`` and the functions
that join or clean paths are folded; everything else is followed as the flow has it, but for what is returned only where it is
an absolute path. The path of the running program is
``SELF``, whatever it is.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, product

from tracer.golang import types as t
from tracer.golang.flow.flow import Flow
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import CallValue, Component, Concat, Constant, Expression, Local, Node, Site, Use
from tracer.golang.types import constants
from tracer.golang.types.literals import quote
from tracer.syntax import ast
from tracer.syntax.guards import guards

MAX_TEXTS = 24
# A text that is put together with itself again and again has no end: a longer one is not known.
MAX_LENGTH = 10_000
MAX_NODES = 400
_OF_TEXT = re.compile(r"\[([*?\[])\]")
_VERB = re.compile(r"%[-+# 0]*+(?:\d++|\*)?(?:\.\d+)?[a-zA-Z]")
_SAME = frozenset(
    (
        "os/exec.LookPath",
        "path.Base",
        "path.Clean",
        "path/filepath.Abs",
        "path/filepath.Base",
        "path/filepath.Clean",
        "path/filepath.EvalSymlinks",
        "path/filepath.FromSlash",
        "strings.Clone",
        "strings.TrimSpace",
    )
)
_IS_ABSOLUTE = frozenset(("path.IsAbs", "path/filepath.IsAbs"))
_JOIN = frozenset(("path.Join", "path/filepath.Join"))
SELF = "/proc/self/exe"
"""The running program (man 5 proc), which is also what ``os.Executable`` tells the path of."""
_UNKNOWN = frozenset(("*",))


Texts = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What the texts of a node are made of: those of its ``inputs``, by ``make``."""

    inputs: tuple[Node | None, ...]
    make: Callable[[Sequence[Texts]], Texts]


def texts(analysis: Analysis, start: Node) -> Texts:
    """The texts that a node's value may be, ``*`` among them where one is not known at all.

    What flows there is looked at nearest first, up to a bound; what lies beyond it is not known.
    """
    # What code that does not run hands over is known only as if it ran.
    flow = analysis.flow_in(start.unit) if isinstance(start, Expression) else analysis.flow
    recipes: dict[Node, _Recipe] = {}
    queue = deque([start])
    while queue and len(recipes) < MAX_NODES:
        node = queue.popleft()
        if node not in recipes:
            recipes[node] = _recipe(analysis, flow, node)
            queue.extend(x for x in recipes[node].inputs if x is not None)
    return _solved(recipes)[start] - {""}


def origins(analysis: Analysis, start: Node) -> list[Node]:
    """The nodes from which a node's value may come, itself the first, as far as a bound allows."""
    flow = analysis.flow_in(start.unit) if isinstance(start, Expression) else analysis.flow
    found: dict[Node, None] = {start: None}
    queue = deque([start])
    while queue and len(found) < MAX_NODES:
        for node in flow.sources(queue.popleft()):
            if node not in found:
                found[node] = None
                queue.append(node)
    return list(found)


def _solved(recipes: dict[Node, _Recipe]) -> dict[Node, Texts]:
    """The least texts that fit all recipes. A node with too many is not known, and stays so: then each round adds some.

    Nothing is made of a part of which no text was found yet.
    """
    found: dict[Node, Texts] = dict.fromkeys(recipes, frozenset[str]())
    changed = True
    while changed:
        changed = False
        # Inputs were found after what they are put into.
        for node, recipe in reversed(recipes.items()):
            if found[node] == _UNKNOWN:
                continue
            made = found[node] | recipe.make([_UNKNOWN if i is None else found.get(i, _UNKNOWN) for i in recipe.inputs])
            made = _known(made) if len(made) <= MAX_TEXTS else _UNKNOWN
            changed = changed or made != found[node]
            found[node] = made
    return found


def _known(made: Texts) -> Texts:
    return made if all(len(text) <= MAX_LENGTH for text in made) else _UNKNOWN


def _recipe(analysis: Analysis, flow: Flow, node: Node) -> _Recipe:
    folded = None
    match node:
        case Constant(value=str() as text):
            folded = _fixed(frozenset((_literal(text),)))
        case Concat(x=x, y=y):
            folded = _Recipe((x, y), _joined)
        case CallValue(site=site) | Component(call=CallValue(site=site), index=0):
            folded = _call(site)
        case _:
            pass
    if folded is not None:
        return folded
    sources = flow.sources(node)
    if not sources:
        return _fixed(_UNKNOWN)
    return _Recipe(tuple(sources), _absolute if _is_absolute(analysis, node) else _union)


def _fixed(known: Texts) -> _Recipe:
    return _Recipe((), lambda _: known)


def _union(inputs: Sequence[Texts]) -> Texts:
    return frozenset[str]().union(*inputs)


def _is_absolute(analysis: Analysis, node: Node) -> bool:
    """Whether a node is a variable that a function returns only where it is an absolute path, for all that is known."""
    if not isinstance(node, Use) or analysis.program.build.goos == "windows":
        return False
    if not isinstance(node.var, Local) or node.var.role not in ("param", "local"):
        return False
    if not any(site.func is not None and site.func.full_name in _IS_ABSOLUTE for site in node.unit.sites):
        return False
    details = analysis.details(node.unit)
    info, e = details.info, details.syntax(node)
    var = info.uses.get(e)
    for returned, owner in info.returns:
        body = owner.decl.body if isinstance(owner, t.Func) and owner.decl is not None else None
        if body is None or not any(result is e for result in returned.results):
            continue
        for guard in guards(body, returned.pos):
            asked = info.sites.get(guard.condition) if isinstance(guard.condition, ast.Call) else None
            if guard.holds and asked is not None and asked.func is not None and asked.func.full_name in _IS_ABSOLUTE:
                of, at = asked.node.args[0], guard.condition.pos
                stored = [pos for _, pos in info.flows.get(("v", var), ())]
                return info.uses.get(of) is var and not any(at <= pos <= returned.pos for pos in stored)
    return False


def _absolute(inputs: Sequence[Texts]) -> Texts:
    return frozenset(text for text in _union(inputs) if text.startswith(("/", "*")))


def _joined(inputs: Sequence[Texts]) -> Texts:
    left, right = inputs
    return frozenset(a + b for a, b in product(left, right))


def _call(site: Site) -> _Recipe | None:
    name = site.func.full_name if site.func is not None else ""
    parts: tuple[Node | None, ...] = site.args
    if name == "os.Executable":
        return _fixed(frozenset((SELF,)))
    if not parts:
        return None
    if name == "os.Readlink":
        return _Recipe(parts[:1], lambda inputs: frozenset(text if text == SELF else "*" for text in inputs[0]))
    if name in _SAME:
        return _Recipe(parts[:1], _union)
    if name in _JOIN:
        # Only the last part of a path says which program it is.
        return _Recipe(parts[-1:], _last_parts)
    if name == "fmt.Sprintf":
        kinds = tuple(_kind(arg) for arg in site.args[1:])
        return _Recipe(parts, lambda inputs: _formatted(inputs[0], list(zip(kinds, inputs[1:], strict=True))))
    return None


def _last_parts(inputs: Sequence[Texts]) -> Texts:
    return frozenset(f"*/{posixpath.basename(last)}" if last else "*" for last in inputs[0])


def _kind(e: Expression | None) -> str | None:
    """What a plain verb makes of an argument: a constant integer's decimals, "" for a text, None for what is not known."""
    if isinstance(e, Constant) and isinstance(e.value, int):
        return str(e.value)
    return "" if e is not None and constants.kind_of(e.type) == "string" else None


def _formatted(formats: Texts, given: Sequence[tuple[str | None, Texts]]) -> Texts:
    """What ``fmt`` makes of texts and integers by plain verbs (package fmt, "Printing"); by others anything."""
    out: set[str] = set()
    for text in formats:
        pieces, verbs = _VERB.split(text), _VERB.findall(text)
        if len(verbs) != len(given):
            out.add(_VERB.sub("*", text))
            continue
        values = [_shown(verb, kind, texts) for verb, (kind, texts) in zip(verbs, given, strict=True)]
        for chosen in islice(product(*values), MAX_TEXTS + 1):
            out.add("".join(a + b for a, b in zip(pieces, (*chosen, ""), strict=True)))
    return frozenset(out)


def _shown(verb: str, kind: str | None, texts: Texts) -> Texts:
    if kind and verb in ("%d", "%v"):
        return frozenset((kind,))
    if kind == "" and verb in ("%s", "%v"):
        return texts
    return _UNKNOWN


def _literal(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


def written(text: str) -> str:
    """A text of ``texts`` for a reader: quoted where all of it is known, else with its stars."""
    known = _OF_TEXT.sub(r"\1", text)
    return quote(known) if "*" not in _OF_TEXT.sub("", text) else quote(known)[1:-1]
