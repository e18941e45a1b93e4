"""A trace for other tools: one module for each format, each from the trace and its sources to text."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tracer.errors import ReportError
from tracer.model import Trace
from tracer.report.lines import Read

FORMATS = ("json", "markdown", "html", "mermaid", "dot", "graphml", "codetour", "sarif")


def render(trace: Trace, read: Read, name: str) -> str:
    """The trace in the format ``name``, one of ``FORMATS``; ReportError for any other name."""
    # A command needs one format at most, and each brings its own libraries: it is imported where it is asked for.
    match name:
        case "json":
            from tracer.report import exports

            return exports.dumps(trace, read) + "\n"
        case "markdown":
            from tracer.report.formats import markdown

            return markdown.render(trace, read)
        case "html":
            from tracer.report.formats import mail

            return mail.render(trace, read)
        case "mermaid":
            from tracer.report.formats import mermaid

            return mermaid.render(trace)
        case "dot":
            from tracer.report.formats import dot

            return dot.render(trace)
        case "graphml":
            from tracer.report.formats import graphml

            return graphml.render(trace)
        case "codetour":
            from tracer.report.formats import codetour

            return codetour.render(trace, read)
        case "sarif":
            from tracer.report.formats import sarif

            return sarif.render(trace, read)
        case _:
            raise ReportError(f"there is no format {name!r}", hint=f"formats: {', '.join(FORMATS)}")


def write(text: str, path: Path) -> None:
    """Writes a file aside and moves it into place; ReportError where that is not possible.

    A link stays, and what it leads to is written; what is no file, a pipe or a device, is written to and never replaced.
    """
    path = Path(path)
    aside = ""
    try:
        target = Path(os.path.realpath(path))
        if target.is_symlink() or (target.exists() and not target.is_file()):
            with target.open("w", encoding="utf-8", newline="\n") as out:
                out.write(text)
            return
        handle, aside = tempfile.mkstemp(prefix=f".{target.name[:80]}-", dir=target.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        Path(aside).chmod(0o666 & ~_umask())
        Path(aside).replace(target)
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
