"""The facts of Go files by blob id: kept from an earlier run, or parsed when they are asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from tracer.store import Store
from tracer.syntax.facts import EXTRACTOR_VERSION, FileFacts, decode, encode
from tracer.syntax.parse import extract, query_text

_KEEP_AT = 200


@dataclass(eq=False)
class Reader:
    """Reads Go files. What it found is in the store when it is closed."""

    store: Store
    namespace: str = field(init=False)
    _fresh: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def __post_init__(self) -> None:
        recipe = EXTRACTOR_VERSION + query_text("go", "declarations") + query_text("go", "errors")
        self.namespace = hashlib.sha256(recipe.encode()).hexdigest()[:16]

    def kept(self, blob: str) -> FileFacts | None:
        """The facts of a file that somebody asked for before."""
        found = self.store.get_many(self.namespace, [blob]).get(blob)
        return decode(found) if found is not None else None

    def facts(self, blob: str, source: bytes) -> FileFacts:
        """The facts of a file with this blob id and content."""
        kept = self.kept(blob)
        if kept is not None:
            return kept
        facts = extract(source)
        self._fresh[blob] = encode(facts)
        if len(self._fresh) >= _KEEP_AT:
            self._keep()
        return facts

    def close(self) -> None:
        """Has what was found in the store."""
        self._keep()

    def _keep(self) -> None:
        self.store.put_many(self.namespace, self._fresh)
        self._fresh = {}
