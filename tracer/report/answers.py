"""Answers that refer to symbols of the chains, as ``{hop:SYMBOL}``, and to images, as ``{artifact:NAME}``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.golang.names import fits, normal
from tracer.model import Trace
from tracer.report.words import said

_REFERENCE = re.compile(r"\{(hop|artifact):([^{}]+)\}")
IMAGE = "artifact:"
"""What the address of an image begins with, where a symbol has its full name."""


def parts(text: str, trace: Trace) -> Iterator[tuple[str, str | None]]:
    """The pieces of an answer: a text, and for a reference the full name of the symbol that it means.

    A reference is shown as it is written, and with a package's path as people call the symbol. One to an image has
    its name after ``IMAGE``.
    """
    names = {s.name: s for chain in trace.chains for hop in chain for s in (hop.source, hop.target)}
    at = 0
    for found in _REFERENCE.finditer(text):
        yield text[at : found.start()], None
        at = found.end()
        if found[1] == "artifact":
            yield found[2], IMAGE + found[2]
            continue
        wanted = normal(found[2])
        symbol = next((s for s in names.values() if fits(s, wanted)), None)
        if symbol is None:
            yield found[2], None
        else:
            yield said(symbol) if "/" in found[2] else found[2], symbol.name
    yield text[at:], None


def plain(text: str, trace: Trace) -> str:
    """An answer in words alone."""
    return "".join(words for words, _ in parts(text, trace))


def questions(trace: Trace) -> tuple[tuple[str, str], ...]:
    """The questions of a trace with their answers in words alone."""
    return tuple((question, plain(answer, trace)) for question, answer in trace.questions)
