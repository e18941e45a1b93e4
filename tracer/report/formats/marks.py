"""Text and code inside Markdown, where nothing of either may be read as Markdown, HTML or a template."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tracer.report.text import Phrase, one_line, visible

_SPECIAL = re.compile(r"[&<>{}\[\]`*_~$#\\|!^]")
_AFTER_NUMBER = re.compile(r"(\d+)([.)])(?= |$)")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def prose(text: str) -> str:
    """``text`` on one line, with everything that could mean something as a character reference."""
    text = one_line(text)
    numbered = _AFTER_NUMBER.match(text)
    if numbered is not None:
        return f"{numbered[1]}&#{ord(numbered[2])};{_inner(text[numbered.end() :])}"
    if text[:1] in ("-", "+", "=", ":"):
        return f"&#{ord(text[0])};{_inner(text[1:])}"
    return _inner(text)


def code(text: str) -> str:
    """``text`` on one line as code."""
    text = one_line(text)
    if not text:
        return ""
    if _TEMPLATE.search(text):
        return f"<code>{_references(text)}</code>"
    tick = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{tick}{pad}{text}{pad}{tick}"


def words(
    sentence: Phrase, mark: Callable[[str], str] = code, addresses: Mapping[str, str | None] | None = None
) -> str:
    """A sentence with its pieces of code, each written by ``mark``; ``addresses`` are those of the pieces that lead somewhere."""
    known = addresses or {}
    parts = [
        link(mark(piece.text), known.get(piece.href)) if piece.code else _kept_blanks(piece.text, first=not i)
        for i, piece in enumerate(sentence)
    ]
    return "".join(parts).strip()


def link(text: str, url: str | None) -> str:
    """Markdown that is shown, as a link if there is an address."""
    return f"[{text}]({url})" if url is not None else text


def fence(lines: Sequence[str], language: str) -> str:
    """Lines of source as a block."""
    shown = [visible(line) for line in lines]
    if any(_TEMPLATE.search(line) for line in shown):
        # A blank line would end nothing inside of <pre>, but some renderers think so.
        return "<pre><code>" + "\n".join(_references(line) or "&#32;" for line in shown) + "</code></pre>"
    ticks = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "\n".join((f"{ticks}{language}", *shown, ticks))


def folded(summary: str, body: Iterable[str]) -> list[str]:
    """Lines that a reader opens."""
    return ["<details>", f"<summary>{html.escape(one_line(summary))}</summary>", "", *body, "", "</details>"]


def _inner(text: str) -> str:
    text = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text)
    # Where Markdown is a comment or an issue, @name would call somebody.
    return re.sub(r"@(?=\w)", "@<!-- -->", text)


def _kept_blanks(text: str, *, first: bool) -> str:
    """Prose inside a sentence, with the blanks that part it from the pieces beside it."""
    inner = prose(text) if first else _inner(one_line(text))
    before = " " if text[:1].isspace() else ""
    return f"{before}{inner}{' ' if inner and text[-1:].isspace() else ''}"


def _references(text: str) -> str:
    return "".join(char if char.isalnum() or char in " .,:;/()=" else f"&#{ord(char)};" for char in text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
