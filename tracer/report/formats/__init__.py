"""A trace for other tools: one module for each format, each from the trace and its sources to text."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tracer.errors import ReportError
from tracer.model import Trace
from tracer.report import exports
from tracer.report.formats import codetour, dot, graphml, junit, mail, markdown, mermaid, sarif
from tracer.report.lines import Read

FORMATS: Mapping[str, Callable[[Trace, Read], str]] = {
    "json": lambda trace, read: exports.dumps(trace, read) + "\n",
    "markdown": markdown.render,
    "html": mail.render,
    "mermaid": lambda trace, _: mermaid.render(trace),
    "dot": lambda trace, _: dot.render(trace),
    "graphml": lambda trace, _: graphml.render(trace),
    "codetour": codetour.render,
    "sarif": sarif.render,
}


__all__ = ["FORMATS", "junit", "render", "write"]


def render(trace: Trace, read: Read, name: str) -> str:
    """The trace in the format ``name``, one of ``FORMATS``; ReportError for any other name."""
    made = FORMATS.get(name)
    if made is None:
        raise ReportError(f"there is no format {name!r}", hint=f"formats: {', '.join(FORMATS)}")
    return made(trace, read)


def write(text: str, path: Path) -> None:
    """Writes a file aside and moves it into place; ReportError where that is not possible."""
    path = Path(path)
    aside = ""
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name[:80]}-", dir=path.absolute().parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        Path(aside).chmod(0o666 & ~_umask())
        Path(aside).replace(path)
    except OSError as error:
        if aside:
            Path(aside).unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        hint = "Give a file in a folder that exists and may be written to."
        raise ReportError(f"the export could not be written: {reason}", where=str(path), hint=hint) from error


def _umask() -> int:
    """The process' mask of file modes, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
