"""Which files may declare a name, as text: most hold it because they use it, and need not be read for what they declare.

What a name is declared by stands before it: a keyword, the parenthesis or line of a group, a comma of a list, a method's receiver
(Go spec, "Declarations and scope"), or a comment. So it is told what is none of these; the rest may be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") | frozenset(range(128, 256))
# What stands right before most names that are used, and before none that is declared.
_BEFORE_USE = _WORD | frozenset(b".*&[]{}!<>=+-:~|^%\"'`")
# What a word ends with that may stand before a name, and a space, that is declared: func, type, var or const.
_BEFORE_SPACE = frozenset(b"cert \t\n;,/()")
_SPACE = ord(" ")
_KEYWORD = re.compile(rb"(?:func|type|var|const)[ \t]*(?:\([ \t]*)?\Z|(?:[\n/]|\A)[ \t]*\(\Z")
# A line that begins with names and commas, behind a keyword or in a group.
_LIST = re.compile(
    rb"[ \t]*(?:(?:var|const)\b[ \t]*)?(?:\([ \t]*)?[\w\x80-\xff]+(?:[ \t]*,[ \t]*[\w\x80-\xff]+)*[ \t]*,[ \t]*"
)
# What follows a name that is used, and none that is declared, at the begin of a line: a selector, an assignment that
# declares, an operator, a literal's brace.
_USED = re.compile(rb"[ \t]*(?:[.:{!>%&|^+-]|<(?!-)|==|/(?![/*]))")
# A group of types, or one whose name stands behind a comment.
_TYPES = re.compile(rb"\btype\s*[(/]")
_NEAR = 16


def may_declare(source: bytes, name: bytes) -> bool:
    """Whether a file may declare a function, type, constant or variable of this name in its package's block."""
    return any(_declares(source, at, at + len(name)) for at in _places(source, name))


def may_declare_type(source: bytes, name: bytes) -> bool:
    """Whether a file may declare a type of this name in its package's block."""
    places = [at for at in _places(source, name) if _declares(source, at, at + len(name))]
    return any(source[max(at - _NEAR, 0) : at].rstrip()[-4:] in (b"type", b"") for at in places) or bool(
        places and _TYPES.search(source)
    )


def may_declare_method(source: bytes, name: bytes) -> bool:
    """Whether a file may declare a method of this name: behind a receiver, or a comment."""
    return any(_declares_method(source, at) for at in _places(source, name))


def may_declare_at_top(source: bytes, name: bytes) -> bool:
    """Whether a file may declare what has this name at top level, methods included."""
    return any(_declares(source, at, at + len(name)) or _declares_method(source, at) for at in _places(source, name))


def _declares_method(source: bytes, at: int) -> bool:
    return source[max(at - _NEAR, 0) : at].rstrip(b" \t")[-1:] in (b")", b"/", b"")


def _places(source: bytes, name: bytes) -> Iterator[int]:
    """Where a name stands as a word, and not behind what makes it a use."""
    size = len(name)
    at = source.find(name, 1)
    while at >= 0:
        before = source[at - 1]
        if before not in _BEFORE_USE and not (before == _SPACE and source[at - 2] not in _BEFORE_SPACE):
            if at + size == len(source) or source[at + size] not in _WORD:
                yield at
        at = source.find(name, at + size)


def _declares(source: bytes, at: int, end: int) -> bool:
    before = source[max(at - _NEAR, 0) : at].rstrip(b" \t")
    match before[-1:]:
        case b"\n" | b"\r" | b";" | b"":
            return not _USED.match(source, end)
        case b"/":
            return True
        case b"(" | b"c" | b"e" | b"r" | b"t":
            return _KEYWORD.search(before) is not None
        case b",":
            line = source.rfind(b"\n", 0, at) + 1
            return _LIST.fullmatch(source, line, at) is not None or b"*/" in source[line:at]
        case _:
            return False
