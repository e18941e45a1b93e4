"""Bytes of a Makefile -> its variables and rules, expanded as make would, as far as that needs no shell.

The rules are those of the GNU make manual: "How make Reads a Makefile" (what is expanded at once and what later), "The Two
Flavors of Variables", "Automatic Variables". What takes a function, a pattern or a condition is left as it is written, and told.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import tree_sitter_make
from tree_sitter import Language, Node

from tracer.errors import CutShortError
from tracer.syntax.bounded import LONG, BoundedParser

_AUTOMATIC = frozenset("@<^+?*%|")
_FUNCTION = re.compile(r"[\w-]+[ \t]")
_MAX_DEPTH = 50
_MAX_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class RecipeLine:
    """One command of a rule, its continued lines joined; ``line`` counts from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its targets and prerequisites expanded; ``under`` is the condition that it stands under, if any."""

    targets: tuple[str, ...]
    prerequisites: tuple[str, ...]
    recipe: tuple[RecipeLine, ...]
    line: int
    under: str = ""


@dataclass(frozen=True, slots=True)
class Makefile:
    """The rules of a Makefile in their order, and what its variables are at its end."""

    rules: tuple[Rule, ...]
    variables: Mapping[str, str]

    def expand(self, text: str, rule: Rule | None = None) -> str:
        """A text as make would put it into a command of ``rule``; what cannot be told stays as it is written."""
        automatic: dict[str, str] = {}
        if rule is not None:
            prerequisites = " ".join(dict.fromkeys(rule.prerequisites))
            automatic = {"@": rule.targets[0] if rule.targets else "", "^": prerequisites}
            automatic["<"] = rule.prerequisites[0] if rule.prerequisites else ""
        return _expand(text, self.variables, automatic)


def undecided(text: str) -> bool:
    """Whether something of an expanded text is not known."""
    return "$(" in text or "${" in text or "%" in text


@functools.cache
def _parser() -> BoundedParser:
    return BoundedParser(Language(tree_sitter_make.language()), b")", with_text=True)


def read(source: bytes, given: Mapping[str, str]) -> Makefile:
    """The rules of a Makefile with the variables ``given`` on make's command line. Raises CutShortError where parsing it takes too long."""
    state = _State(dict(given), frozenset(given))
    parser = _parser()
    pending: list[tuple[Node, str]] = [(node, "") for node in parser.parse(source).root_node.named_children]
    if parser.cut:
        raise CutShortError(LONG)
    while pending:
        node, under = pending.pop(0)
        if node.type == "variable_assignment":
            state.assign(node, under)
        elif node.type == "define_directive":
            state.define(node)
        elif node.type == "rule":
            state.rule(node, under)
        elif node.type == "conditional":
            first = _text(node).partition("\n")[0].strip()
            inner = [c for c in node.named_children if c.type not in ("ifeq_directive", "ifneq_directive")]
            pending = [(child, first) for child in inner] + pending
        elif node.type in ("else_directive", "elsif_directive", "consequence", "ERROR"):
            pending = [(child, under) for child in node.named_children] + pending
    return Makefile(tuple(state.rules), state.values)


@dataclass
class _State:
    """What make knows while it reads; a value that is not known refers to its own variable."""

    values: dict[str, str]
    given: frozenset[str]
    rules: list[Rule] = field(default_factory=list[Rule])

    def assign(self, node: Node, under: str) -> None:
        if node.child_by_field_name("target_or_pattern") is not None:
            return
        name = _expand(_text(node.child_by_field_name("name")), self.values, {})
        operator = next((_text(c) for c in node.children if not c.is_named and "=" in c.type), "=")
        value = _joined(_text(node.child_by_field_name("value")))
        if name in self.given:
            return
        if under:
            self.values[name] = f"$({name})"
        elif operator == "?=":
            self.values.setdefault(name, value)
        elif operator == "+=":
            old = self.values.get(name, "")
            self.values[name] = f"{old} {value}".strip()
        elif operator in (":=", "::=", ":::="):
            self.values[name] = _expand(value, self.values, {})
        elif operator == "!=":
            self.values[name] = f"$(shell {value})"
        else:
            self.values[name] = value

    def define(self, node: Node) -> None:
        name = _text(node.child_by_field_name("name"))
        if name not in self.given:
            self.values[name] = _text(node.child_by_field_name("value"))

    def rule(self, node: Node, under: str) -> None:
        targets = next((c for c in node.named_children if c.type == "targets"), None)
        recipe = next((c for c in node.named_children if c.type == "recipe"), None)
        lines = [c for c in recipe.named_children if c.type == "recipe_line"] if recipe is not None else []
        self.rules.append(
            Rule(
                self.words(targets),
                self.words(node.child_by_field_name("normal")),
                tuple(RecipeLine(_joined(_text(line)).lstrip("@-+ "), line.start_point[0] + 1) for line in lines),
                node.start_point[0] + 1,
                under,
            )
        )

    def words(self, node: Node | None) -> tuple[str, ...]:
        """The names in a list, expanded at once; one that is not known to its end stays one word."""
        return tuple(_split(_expand(_joined(_text(node)), self.values, {}))) if node is not None else ()


def _split(text: str) -> list[str]:
    """The words of a text; blanks inside of ``$(…)`` part none."""
    out: list[str] = [""]
    depth = 0
    for i, char in enumerate(text):
        if char in "({" and text[i - 1 : i] == "$":
            depth += 1
        elif char in ")}" and depth:
            depth -= 1
        if char.isspace() and not depth:
            out.append("")
        else:
            out[-1] += char
    return [word for word in out if word]


def _expand(text: str, variables: Mapping[str, str], automatic: Mapping[str, str]) -> str:
    """A text with its variables put in, as often as they hold others; unknown functions stay."""
    return _Expansion(variables, automatic).text(text, 0)


@dataclass
class _Expansion:
    """One expansion; a variable is expanded once, however often it is named."""

    variables: Mapping[str, str]
    automatic: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict[str, str])

    def text(self, text: str, depth: int) -> str:
        out: list[str] = []
        at = 0
        while at < len(text):
            dollar = text.find("$", at)
            if dollar < 0 or dollar + 1 >= len(text):
                out.append(text[at:])
                break
            out.append(text[at:dollar])
            after = text[dollar + 1]
            if after in "({":
                end = _closing(text, dollar + 1)
                inner, whole, at = text[dollar + 2 : end], text[dollar : end + 1], end + 1
                out.append(self.value(inner, whole, depth))
            else:
                at = dollar + 2
                out.append("$" if after == "$" else self.value(after, f"${after}", depth))
        return "".join(out)

    def value(self, inner: str, whole: str, depth: int) -> str:
        """What a reference stands for; the reference itself where that is not known."""
        if depth > _MAX_DEPTH or _FUNCTION.match(inner):
            return whole
        name = self.text(inner, depth + 1)
        if name in self.automatic:
            return self.automatic[name]
        if name in _AUTOMATIC or undecided(name) or ":" in name:
            return whole
        if name not in self.known:
            # What refers to itself stops make, and stays here as it is written.
            self.known[name] = f"$({name})"
            value = self.variables.get(name, "")
            found = self.text(value, depth + 1)
            self.known[name] = found if len(found) <= _MAX_LENGTH else f"$({name})"
        return self.known[name]


def _closing(text: str, start: int) -> int:
    """The bracket that closes the one at ``start``; the text's end if there is none."""
    opened, closed = text[start], ")" if text[start] == "(" else "}"
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == opened) - (text[at] == closed)
        if depth == 0:
            return at
    return len(text)


def _joined(text: str) -> str:
    """Continued lines as one (GNU make manual, "Splitting Long Lines")."""
    return " ".join(part.strip(" \t") for part in text.split("\\\n")).strip()


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
