"""Versions of modules and of Go, in order, and how the go command spells modules (golang.org/x/mod/semver, module)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_PRUNED_SINCE = (1, 17)
_VENDORED_SINCE = (1, 14)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A module at a version; a main module and a directory have none."""

    path: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.path}@{self.version}" if self.version else self.path


_DIGITS = 10
# One that is less than all: what is no version.
_NONE = ((-1, ""),)
_Order = tuple[object, ...]


@cache
def order(version: str) -> _Order:
    """What versions are compared by (semver.Compare); of what is none, less than any."""
    core, _, _build = version.partition("+")
    core, dash, pre = core.partition("-")
    numbers = core.removeprefix("v").split(".")
    if not version.startswith("v") or len(numbers) > 3 or not all(_is_number(n) for n in numbers):
        return _NONE
    parts = [_size(n) for n in numbers] + [_size("0")] * (3 - len(numbers))
    # A number is less than a word, and no pre-release is more than any (semver.org, 11).
    rows = tuple((0, _size(p), "") if _is_number(p) else (1, _size("0"), p) for p in pre.split(".")) if dash else ()
    return (*parts, 0 if dash else 1, rows)


def _size(number: str) -> tuple[int, str]:
    """What numbers are compared by, however many digits they have (semver.compareInt)."""
    digits = number.lstrip("0")
    return len(digits), digits


def latest(one: str, other: str) -> str:
    """The later of two versions; a main module's, which is empty, before all."""
    if not one or not other:
        return ""
    return other if order(other) > order(one) else one


def is_version(text: str) -> bool:
    return order(text) is not _NONE


def is_pruned(go: str) -> bool:
    """Whether a go.mod of this Go version lists all that its packages need (Go reference, "Module graph pruning")."""
    return _release(go) >= _PRUNED_SINCE


def vendors(go: str) -> bool:
    """Whether a main module of this Go version is built from its ``vendor``; without a version it is 1.16."""
    return _release(go or "1.16") >= _VENDORED_SINCE


def _release(go: str) -> tuple[int, int]:
    major, _, rest = go.partition(".")
    minor = ""
    for c in rest:
        if not c.isdecimal():
            break
        minor += c
    # No release has a number of so many digits: what has is later than all.
    numbers = (
        [int(n) if len(n) < _DIGITS else 10**_DIGITS for n in (major, minor or "0")] if _is_number(major) else [0, 0]
    )
    return numbers[0], numbers[1]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def without_major(path: str) -> str:
    """A module's path without its major version: ``/v2``, and in gopkg.in ``.v2`` (module.SplitPathVersion)."""
    separator = ".v" if path.startswith("gopkg.in/") else "/v"
    head, found, major = path.rpartition(separator)
    return head if found and _is_number(major.removesuffix("-unstable")) else path
