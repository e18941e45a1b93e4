"""Where declared names stand in a program's text, and what that says: whether a value is made there, and of what it is a part.

A value of a type is said to be made wherever the type is named, but for places that only take or test one: its own
declaration, receivers, parameters, pointer results, type assertions and cases, targets of ``errors.As``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.load.package import File, Package
from tracer.golang.search.candidates import Candidates
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

_QUALIFIED = rb"(?:\w+\.)?"
_TESTED = re.compile(rb"(?:\.\(\s*\*?|\bAsType\[\s*\*?)" + _QUALIFIED + rb"$")
_CASE = re.compile(rb"^\s*case\s[\s\w.*,]*$")
_REST_OF_CASE = re.compile(rb"[\s\w.*,]*:(?!=)")
_DECLARED = re.compile(rb"\bvar\s+(\w+)\s+\*?" + _QUALIFIED + rb"$")
_AS = re.compile(rb"\berrors\.As\(")
_POINTED = re.compile(rb"\*" + _QUALIFIED + rb"$")
# A quote that opens or closes no string: a rune, and what is escaped.
_NO_QUOTE = re.compile(rb"'\"'|\\.")
# A comment behind code is told from text where no raw string begins on the line. A text may have no end there.
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+("?)')


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a package declares."""

    package: Package
    name: str
    is_type: bool = False


Use = tuple[File, Declaration, int]


def uses(candidates: Candidates, name: Name) -> Iterator[Use]:
    """Where a package's name stands in code: in its own files bare, in others behind a selector or a dot import."""
    package = name.package
    exported = t.exported(name.name)
    text = candidates.words.own if exported or not package.is_std else candidates.words.library
    files = candidates.qualifiers.naming(package) if exported else dict.fromkeys(package.files)
    for file, at in text.among(name.name, files):
        if candidates.qualifiers.names(file, at, package) and not in_words(file.source, at):
            declaration = file.declaration_at(at)
            if declaration is not None:
                yield file, declaration, at


def in_words(source: bytes, at: int) -> bool:
    """Whether an offset is in a comment of its own line, or between quotes that open and close on it."""
    start, end = source.rfind(b"\n", 0, at) + 1, source.find(b"\n", at)
    before, after = source[start:at], source[at : end if end >= 0 else len(source)]
    if b"//" in before and b"`" not in before and b"//" in _TEXT.sub(lambda text: b"" if text[1] else text[0], before):
        return True
    return bool(_NO_QUOTE.sub(b"", before).count(b'"') % 2 and b'"' in after)


def is_made(file: File, declaration: Declaration, at: int, name: str) -> bool:
    """Whether a value may be made where a type is named."""
    source, end = file.source, at + len(name.encode())
    if declaration.kind in ("func", "method"):
        params, body = signature(source, declaration)
        if at < params or (at < body and _POINTED.search(source, declaration.start, at)):
            return False
    line = source.rfind(b"\n", 0, at) + 1
    if _TESTED.search(source, line, at):
        return False
    if _CASE.match(source[line:at]) and _REST_OF_CASE.match(source, end):
        return False
    declared = _DECLARED.search(source, line, at)
    if declared is None or source[end : end + 1] != b"\n":
        return True
    # errors.As stores in its target what is there already.
    whole = source[declaration.start : declaration.end]
    target = re.compile(rb"&" + declared.group(1) + rb"\b")
    asked = [(line, _AS.search(line)) for line in whole.split(b"\n")]
    found = sum(call is not None and target.search(line, call.end()) is not None for line, call in asked)
    return not found or found != len(target.findall(whole))


def signature(source: bytes, declaration: Declaration) -> tuple[int, int]:
    """Where a function's parameters end, and its signature: offsets of the file."""
    at = declaration.start
    for _ in range(2 if declaration.kind == "method" else 1):
        at = _closed(source, source.find(b"(", at), declaration.end)
    body = source.find(b"{", at, declaration.end)
    return at, declaration.end if body < 0 else body


def _closed(source: bytes, at: int, end: int) -> int:
    """The offset after the parenthesis that closes the one at ``at``."""
    depth = 0
    for match in re.compile(rb"[()]").finditer(source, at, end):
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return match.end()
    return end


def declared_at(file: File, declaration: Declaration, at: int) -> list[str]:
    """The names that what stands at an offset is the declaration of, in a group of variables, constants or types."""
    if len(declaration.names) == 1:
        return list(declaration.names)
    found: list[str] = []
    for spec in file.specs(declaration):
        names = [spec.name] if isinstance(spec, ast.TypeSpec) else [ident.name for ident in spec.names]
        if (spec.pos if isinstance(spec, ast.TypeSpec) else spec.names[0].pos) <= at:
            found = names
        elif isinstance(spec, ast.ValueSpec) and spec.values and spec.values[0].pos < spec.pos:
            # What stands at a constant is repeated by those after it that have no value (Go spec, "Constant declarations").
            found += names
        else:
            break
    return found or list(declaration.names)
