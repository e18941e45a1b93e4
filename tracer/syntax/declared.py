"""What a file declares, as a hash: its text without the bodies of its functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_SIZE = 16


def without(source: bytes, bodies: Iterable[tuple[int, int]]) -> str:
    """The hash of a file, in hex, without what stands from and to these byte offsets, in their order."""
    found, last = hashlib.blake2b(digest_size=_SIZE), 0
    for start, end in bodies:
        found.update(source[last:start])
        last = end
    found.update(source[last:])
    return found.hexdigest()
