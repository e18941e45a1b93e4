"""The language of a report: gettext catalogs, read by Babel from ``reports/locale/<code>.po``.

English stands in the source; a message that a catalog lacks is shown in English.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from tracer.errors import ReportError
from tracer.report.text import Phrase, Piece

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

    def note(self, text: str) -> str:
        """A sentence that a rule made, in this language if it has one of the known forms; else as it is."""
        return text if self.code == "en" else "".join(piece.text for piece in self.noted(text))

    def noted(self, text: str) -> Phrase:
        """The same with the source text in it told apart."""
        for pattern, message in _forms():
            found = pattern.fullmatch(text)
            if found is not None:
                parts = found.groupdict()
                return self.phrase(message, **{n: Piece(v, code=_is_code(v)) for n, v in parts.items()})
        return (Piece(self.text(text)),) if text else ()


def noted(message: str) -> str:
    """Marks a message for the catalogs; it is translated where it is shown."""
    return message


NOTES: Sequence[str] = (
    noted("returned by {a}"),
    noted("stored in the field {a}"),
    noted("stored as an element of the field {a}"),
    noted("stored as an element of {a}"),
    noted("passed as {a} to {b}"),
    noted("assigned to the variable {a}"),
    noted("{a} implements the interface in this program"),
    noted("{a} gets {b} from its embedded {c}"),
    noted("promoted through the embedded {a}"),
    noted("the stub sends the full method {a} over {b}"),
    noted("the stub sends the full method {a}"),
    noted("an interceptor of the client may stand between, given to {a}: {b}"),
    noted("an interceptor of the server may stand between, given to {a}: {b}"),
    noted("the service description gives {a} for it"),
    noted("the name of the program that is started here is {a}"),
    noted("the file name of {a} is {b}"),
    noted("the program starts itself here"),
    noted("{a} is the same program"),
    noted("registered as the service's implementation"),
    noted("overridden by an earlier result: {a}"),
    noted("otherwise a later result: {a}"),
    noted("overridden by another assignment: {a}"),
    noted("where this holds: {a}"),
    noted("where this does not hold: {a}"),
    noted("also read by {a}: {b}"),
    noted("also served by {a}: {b}, which answers that it is not implemented"),
    noted("also served by {a}: {b}"),
    noted("may also start {a}: {b}"),
    noted("it answers that the method is not implemented"),
    noted("{a} comes from: {b}"),
    noted("declared in a test file"),
    noted("no value of this type flows here"),
    noted("no code that is used makes a value of this type"),
    noted("not linked into {a} for {b}"),
    noted("also a target of this call; the chain goes another way"),
    noted("no call of this was found in the programs looked at"),
    noted("the search was cut off at {a} functions"),
    noted("the type of the called expression is not known"),
    noted("no value of this program flows here"),
    noted("a package is not among the sources"),
    noted("the source here does not parse"),
    noted("the search for values that flow here hit its bound"),
    noted("no program of the investigation serves this method"),
    noted("the registered implementation could not be decided"),
    noted("tracer failed on this code, which is a fault of its own"),
)
"""The forms of the sentences that rules and reasons make; what stands for ``{a}`` is source text and stays."""


def _is_code(value: str) -> bool:
    """Whether what stands in a sentence is source text, and not a number or the name of a protocol."""
    return not value.replace(",", "").isdecimal() and value not in ("gRPC", "ttrpc")


@functools.cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(message), message) for message in NOTES)


def _pattern(message: str) -> re.Pattern[str]:
    parts = _FIELD.split(message)
    made = [f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


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
