"""The facts and trees of Go files by blob id: kept from an earlier run, parsed ahead, or parsed when they are asked for."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracer.store import Store
from tracer.syntax import ast
from tracer.syntax.facts import EXTRACTOR_VERSION, Declaration, FileFacts, decode, encode
from tracer.syntax.parse import extract, parse_function, parse_specs, query_text

if TYPE_CHECKING:
    from tracer.syntax.ahead import Ahead

_KEEP_AT = 200
# Source below this size is parsed before another process has begun.
_WORTH = 2_000_000


@dataclass(eq=False)
class Reader:
    """Reads Go files. What it found is in the store when it is closed."""

    store: Store
    namespace: str = field(init=False)
    _fresh: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _ahead: Ahead | None = None

    def __post_init__(self) -> None:
        recipe = EXTRACTOR_VERSION + query_text("go", "declarations") + query_text("go", "errors")
        self.namespace = hashlib.sha256(recipe.encode()).hexdigest()[:16]

    def kept(self, blob: str) -> FileFacts | None:
        """The facts of a file that somebody asked for before."""
        found = self.store.get_many(self.namespace, [blob]).get(blob)
        if found is None:
            return None
        try:
            return decode(found)
        except (ValueError, TypeError):
            # Written in another form under the same version.
            return None

    def facts(self, blob: str, source: bytes) -> FileFacts:
        kept = self.kept(blob)
        if kept is not None:
            return kept
        made = self._ahead.facts(blob) if self._ahead is not None else None
        facts = extract(source) if made is None else decode(made)
        self._fresh[blob] = made or encode(facts)
        if len(self._fresh) >= _KEEP_AT:
            self._keep()
        return facts

    def function(self, blob: str, source: bytes, declaration: Declaration) -> ast.FuncDecl:
        made = self._ahead.tree(blob, declaration.start) if self._ahead is not None else None
        return made or parse_function(source, declaration)

    def specs(self, blob: str, source: bytes, declaration: Declaration) -> tuple[ast.TypeSpec | ast.ValueSpec, ...]:
        made = self._ahead.tree(blob, declaration.start) if self._ahead is not None else None
        return parse_specs(source, declaration) if made is None else made

    def read_ahead(self, files: Mapping[str, bytes]) -> None:
        """Begins to parse the files of these blobs, most of which will be asked for, where that saves time."""
        if self._ahead is None and _processors() > 1 and sum(map(len, files.values())) >= _WORTH:
            # Imported where it is used: most commands parse little.
            from tracer.syntax.ahead import Ahead

            with contextlib.suppress(OSError):
                self._ahead = Ahead(files)

    def close(self) -> None:
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None
        self._keep()

    def _keep(self) -> None:
        self.store.put_many(self.namespace, self._fresh)
        self._fresh = {}


def _processors() -> int:
    """How many processors this process may use; one where processes cannot share files as is done here."""
    if os.name != "posix":
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
