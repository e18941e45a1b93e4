"""One tree of errors. Each says what happened, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change to the command that failed, after which it may answer: ``new`` stands for the argument ``old``, and options are added.

    ``about`` says what it asks about then. Only what stands behind the option ``place`` is changed, with an empty one only what is
    behind none that takes a name; with None wherever it stands.
    """

    old: str = ""
    new: str = ""
    options: tuple[tuple[str, str], ...] = ()
    about: str = ""
    place: str | None = None

    def __str__(self) -> str:
        return self.new or " ".join(f"{name} {value}" for name, value in self.options)


class TracerError(Exception):
    """Root of every error that tracer raises on purpose.

    ``message`` says what happened, ``where`` names the place (``path:line``, ``repository@commit`` or a
    file of the user's), and ``hint`` says what to do; so do ``remedies``, which the command line prints as commands to paste.
    Only the command line catches it; ``exit_code`` is what it exits with.
    """

    exit_code = 2

    def __init__(self, message: str, *, where: str = "", hint: str = "", remedies: tuple[Remedy, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.remedies = remedies

    @property
    def text(self) -> str:
        """What happened, where, and what to do, without the remedies."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n{self.hint}" if self.hint else text

    def __str__(self) -> str:
        return "\n".join([self.text, *(f"  {remedy}" for remedy in self.remedies)])


class SourceError(TracerError):
    """A repository, a commit or a file of it cannot be had."""

    exit_code = 3


class InvestigationError(TracerError):
    """An investigation file is malformed: names file, line where known, and key."""


class SyntaxStageError(TracerError):
    """Facts could not be extracted from a file."""


class ResolutionError(TracerError):
    """A program, package or symbol that was asked for does not exist or is ambiguous."""


class ReportError(TracerError):
    """A report could not be written."""


class CutShortError(ValueError):
    """Foreign text was given up: to read it takes longer than its length allows. What rests on it is on record as a fault."""


FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a fault of tracer's own raises, in code that it was not tried on. Where that can be set apart, it is put on record."""


def told(fault: BaseException) -> str:
    """What a fault says of itself: its kind, and its text where it is made of one. Of other things, trees and types, the text may have no end."""
    plain = all(isinstance(part, str | int | None) for part in fault.args)
    return f"{type(fault).__name__}: {fault}" if plain and fault.args else type(fault).__name__
