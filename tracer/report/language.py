"""The language of a report: gettext catalogs, read by Babel from ``reports/locale/<code>.po``.

English stands in the source, of what analysis says in ``sentences``; a message that a catalog lacks is shown in English.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from tracer.codes import WORDS, Message
from tracer.errors import ReportError
from tracer.report.text import Phrase, Piece, one_line
from tracer.sentences import FORMS, filling

_FIELD = re.compile(r"\{(\w+)\}")
_TAGS = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language: ``code`` is what ``--lang`` takes, ``tag`` what HTML's ``lang`` says (BCP 47)."""

    code: str
    tag: str
    translations: NullTranslations

    def text(self, message: str) -> str:
        """A message in this language."""
        return self.translations.gettext(message) if message else ""

    def plural(self, one: str, many: str, count: int) -> str:
        """A message about a number, which ``{n}`` stands for."""
        return self.translations.ngettext(one, many, count).replace("{n}", f"{count:,}")

    def phrase(self, message: str, **parts: str | Piece | Phrase) -> Phrase:
        """A message with pieces put in for ``{name}``; word order is the language's own."""
        out: list[Piece] = []
        for index, text in enumerate(_FIELD.split(self.text(message))):
            if index % 2 == 0:
                out += [Piece(text)] if text else []
                continue
            part = parts[text]
            out += [Piece(part)] if isinstance(part, str) else [part] if isinstance(part, Piece) else part
        return tuple(out)

    def told(self, message: Message, clean: Callable[[str], str] = one_line) -> Phrase:
        """What a code and its arguments say, with what is source told apart; every argument is made fit to be shown."""
        parts: dict[str, Piece] = {}
        for (name, argument), parameter in zip(filling(message).items(), message.code.parameters, strict=True):
            if isinstance(argument, Message):
                parts[name] = Piece(self.sentence(argument, clean))
            else:
                parts[name] = Piece(clean(argument), code=parameter not in WORDS)
        return self.phrase(FORMS[message.code], **parts)

    def sentence(self, message: Message, clean: Callable[[str], str] = one_line) -> str:
        """The same as a text."""
        return "".join(piece.text for piece in self.told(message, clean))


def noted(message: str) -> str:
    """Marks a message for the catalogs; it is translated where it is shown."""
    return message


@functools.cache
def reports_folder() -> Path:
    """The folder ``reports``: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_data", package.parent):
        if (root / "reports" / "templates").is_dir():
            return root / "reports"
    raise ReportError(
        "the report's templates are missing from this installation", hint="Install tracer again from its wheel."
    )


def codes() -> tuple[str, ...]:
    """The languages that there are: English, and those with a catalog."""
    return ("en", *sorted(path.stem for path in (reports_folder() / "locale").glob("*.po")))


@functools.cache
def language(code: str) -> Language:
    """The language called ``code``. Raises ReportError for one that there is not."""
    if code not in codes():
        raise ReportError(f"there is no language {code!r}", hint=f"known: {', '.join(codes())}")
    tag = _TAGS.get(code, code)
    if code == "en":
        return Language(code, tag, NullTranslations())
    # Imported where a catalog is read: English has none.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (reports_folder() / "locale" / f"{code}.po").open(encoding="utf-8") as file:
        catalog = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Language(code, tag, GNUTranslations(compiled))


ENGLISH = Language("en", "en", NullTranslations())
