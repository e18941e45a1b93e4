"""What the path and version of a module tell, what its go.mod says of it (golang.org/x/mod: module, modfile), and why it was not had."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracer.codes import Message
from tracer.errors import SourceError

_COMMIT = re.compile(r"[-.](\d{14})-([0-9a-f]{12})(?:\+incompatible)?$", re.ASCII)

_GOPKG = "gopkg.in/"


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818
    """Why a module was not had."""

    why: Message


def commit_named(version: str) -> tuple[str, str] | None:
    """The time of the commit that a pseudo-version names, and the beginning of its SHA (module.IsPseudoVersion); None of other versions."""
    found = _COMMIT.search(version)
    before = version[: found.start() + 1] if found is not None else ""
    is_pseudo = before.endswith(("-", "-0.")) or (before.endswith(".0.") and "-" in before[:-4] and "+" not in before)
    return (found[1], found[2]) if found is not None and is_pseudo else None


def split_major(path: str) -> tuple[str, str]:
    """A module's path, and what of it is its major version: ``/v2``, in gopkg.in ``.v2`` (module.SplitPathVersion).

    Raises SourceError for a path that no module has.
    """
    is_gopkg = path.startswith(_GOPKG)
    head, _, last = path.rpartition(".v" if is_gopkg else "/v")
    digits = last.removesuffix("-unstable") if is_gopkg else last
    is_number = digits.isascii() and digits.isdecimal()
    is_wrong = (digits.startswith("0") and not (is_gopkg and digits == "0")) or (digits == "1" and not is_gopkg)
    if is_gopkg and not (head and is_number and not is_wrong):
        raise SourceError(f"{path!r} is no path of a module", hint="look at the go.mod that requires it")
    if not (head and is_number):
        return path, ""
    if is_wrong:
        raise SourceError(f"{path!r} is no path of a module", hint="look at the go.mod that requires it")
    return head, path[len(head) :]


def is_major(declared: str, major: str) -> bool:
    """Whether a go.mod's own path is of a major version that another path asks for (coderepo.go, isMajor)."""
    try:
        own = split_major(declared)[1] if declared else None
    except SourceError:
        return False
    if own is None:
        return False
    number = own[2:].removesuffix("-unstable")
    if not major:
        return number in ("", "0", "1")
    return bool(own) and major[1:] == own[1:]


def directive(data: bytes, verb: str) -> str:
    """What a go.mod says behind ``module`` or ``go``, found by its line alone (modfile.ModulePath); empty where it does not."""
    for line in data.decode("utf-8", "replace").splitlines():
        words = line.partition("//")[0].split()
        if len(words) == 2 and words[0] == verb:
            text = words[1]
            is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in '"`'
            return text[1:-1] if is_quoted else text
    return ""
