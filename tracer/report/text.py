"""Untrusted text made safe to look at."""

from __future__ import annotations

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def visible(text: str, *, newlines: bool = False) -> str:
    """``text`` with control characters and bidirectional controls written out, as ``<U+202E>``."""
    return "".join(c if _plain(c) or (newlines and c == "\n") else f"<U+{ord(c):04X}>" for c in text)


def _plain(char: str) -> bool:
    code = ord(char)
    control = code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF
    return char == "\t" or not (control or char in _BIDI)
