"""What modules an answer lacks, in words, with how to have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracer.codes import Code, Lack, Message
from tracer.model import MissingModule
from tracer.report.text import plural
from tracer.sentences import sentence

_SHOWN = 4
_VENDOR = "run `go mod vendor` and commit vendor/, or name their repositories with --source NAME=PATH[@REV]"
_REMEDIES: Mapping[Code, str] = {
    Lack.NOT_HERE: _VENDOR,
    Lack.OFFLINE: "run the same without --offline, or once: tracer sync --modules",
    Lack.SWITCHED_OFF: f"export GOPROXY=https://proxy.golang.org and run again, or {_VENDOR}",
    Lack.DIRECT: f"run `go mod download` in the repository, which fills Go's module cache, or {_VENDOR}",
    Lack.NO_SUCH_VERSION: f"run `go mod download` in the repository, which fills Go's module cache, or {_VENDOR}",
    Lack.FAILED: "run again, or with GOPROXY=direct, which asks their own repositories",
    Lack.NOT_LOADED: "mend what is said of it, or name the program that is meant with --program",
    Lack.OUTSIDE_TREE: "name its repository with --source NAME=PATH[@REV]",
}
_HEADS: Mapping[Code, str] = {Lack.NOT_LOADED: "left out", Lack.GIVEN_UP: "not read"}


def lacking(rows: Sequence[MissingModule]) -> Iterator[tuple[str, str, str]]:
    """What is wrong, with which module, and what that costs; those that are only not checked together."""
    for row in rows:
        if row.why.code is not Lack.UNCHECKED:
            cost = f"  {_packages(row)}, imported in {plural(row.files, 'file')} of {row.repository}"
            said = f"{cost if row.packages else ''}: {sentence(row.why)}"
            yield _HEADS.get(row.why.code, "not among the sources"), _name(row), said
    names = list(dict.fromkeys(_name(row) for row in rows if row.why.code is Lack.UNCHECKED))
    if names:
        yield "not checked", _some(names), f": {sentence(Message(Lack.UNCHECKED))}"


def remedies(rows: Sequence[MissingModule]) -> list[str]:
    """What to do to have them."""
    return list(dict.fromkeys(_REMEDIES[row.why.code] for row in rows if row.why.code in _REMEDIES))


def _packages(row: MissingModule) -> str:
    """The packages that are missing: of a module that is here by their paths, since the module's does not tell."""
    if row.why.code is Lack.NOT_IN_TREE:
        return _some(row.packages)
    return plural(len(row.packages), "package")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _name(row: MissingModule) -> str:
    return f"{row.module} {row.version}".strip()
