"""What a file declares, as a hash: its text without the bodies of its functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_SIZE = 16
# Where one of these stands in a function's header, its body may begin elsewhere than at the first brace that ends a line.
_DOUBTFUL = (b"//", b"/*", b'"', b"`")
_BRACED = (b"struct", b"interface")


def without_bodies(source: bytes, functions: Iterable[tuple[int, int]]) -> str:
    """The hash of a file, in hex, whose functions stand from and to these byte offsets, in their order.

    Equal for two files only where they are the same but for bodies; where it is not sure which braces are a body's, that stays.
    """
    found, last = hashlib.blake2b(digest_size=_SIZE), 0
    for start, end in functions:
        at = source.find(b"{\n", start, end)
        if at >= 0 and _ends_header(source[start:at]):
            found.update(source[last:at])
            last = end
    found.update(source[last:])
    return found.hexdigest()


def _ends_header(header: bytes) -> bool:
    """Whether what follows is a function's body: no brace of a type among its parameters or results, and no comment's."""
    whole = all(header.count(a) == header.count(b) for a, b in ((b"(", b")"), (b"[", b"]"), (b"{", b"}")))
    return whole and not header.rstrip().endswith(_BRACED) and not any(mark in header for mark in _DOUBTFUL)
