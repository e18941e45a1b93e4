"""Which files may declare a name, as text: most hold it because they use it, and need not be read for what they declare.

What a name is declared by stands before it: a keyword, the parenthesis or line of a group, a comma of a list, a method's receiver
(Go spec, "Declarations and scope"), or a comment. So it is told what is none of these; the rest may be one.
"""

from __future__ import annotations

import re

_WORD = re.compile(rb"[\w\x80-\xff]")
_KEYWORD = re.compile(rb"(?:func|type|var|const)[ \t]*(?:\([ \t]*)?\Z")
# A line that begins with names and commas, behind a keyword or in a group.
_LIST = re.compile(
    rb"[ \t]*(?:(?:var|const)\b[ \t]*\(?[ \t]*)?[\w\x80-\xff]+(?:[ \t]*,[ \t]*[\w\x80-\xff]+)*[ \t]*,[ \t]*"
)
# What follows a name that is used, and none that is declared, at the begin of a line: a selector, an assignment that
# declares, an operator, a literal's brace.
_USED = re.compile(rb"[ \t]*(?:[.:{!>%&|^+-]|<(?!-)|==|/(?![/*]))")
_NEAR = 16


def may_declare(source: bytes, name: bytes) -> bool:
    """Whether a file may declare a function, type, constant or variable of this name in its package's block."""
    size = len(name)
    at = source.find(name)
    while at >= 0:
        if not _WORD.match(source, at + size):
            begin = max(at - _NEAR, 0)
            before = source[begin:at].rstrip(b" \t")
            match before[-1:]:
                case b"\n" | b"\r" | b";" | b"":
                    if not _USED.match(source, at + size):
                        return True
                case b"/":
                    return True
                case b"(" | b"c" | b"e" | b"r" | b"t":
                    if _KEYWORD.search(before):
                        return True
                case b",":
                    line = source.rfind(b"\n", 0, at) + 1
                    if _LIST.fullmatch(source, line, at) or b"*/" in source[line:at]:
                        return True
                case _:
                    pass
        at = source.find(name, at + size)
    return False


def may_declare_method(source: bytes, name: bytes) -> bool:
    """Whether a file may declare a method of this name."""
    size = len(name)
    at = source.find(name)
    while at >= 0:
        if not _WORD.match(source, at + size) and source[max(at - _NEAR, 0) : at].rstrip(b" \t")[-1:] in (
            b")",
            b"/",
            b"",
        ):
            return True
        at = source.find(name, at + size)
    return False
