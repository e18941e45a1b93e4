"""An investigation as a file of tests, one for each claim. Imported with the first such file: all of the tool comes with it."""

# pytest's nodes are typed in part only.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracer import api
from tracer.errors import TracerError
from tracer.investigation.reader import load
from tracer.model import Evidence, Verdict
from tracer.sentences import sentence, text


class BrokenClaimError(Exception):
    """A claim that does not hold."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(text(verdict.claim))
        self.verdict = verdict

    def __str__(self) -> str:
        verdict = self.verdict
        broken = sentence(verdict.broken) if verdict.broken is not None else ""
        lines = [*(f"    {_line(e)}" for e in verdict.evidence), f"broken: {broken}"]
        return "\n".join([text(verdict.claim), *lines, *(f"there now: {_line(e)}" for e in verdict.instead)])


class InvestigationFile(pytest.File):
    """An investigation; its sources are opened with its first test and closed after its last."""

    _session: api.Session | None = None

    def collect(self) -> Iterator[pytest.Item]:
        try:
            asked = load(self.path)
        except TracerError as error:
            raise self.CollectError(str(error)) from error
        for number, claim in enumerate(asked.claims):
            yield ClaimItem.from_parent(self, name=claim.claim, number=number)
        if api.has_references(asked):
            yield ClaimItem.from_parent(self, name="the answers refer to hops that are there", number=None)

    def session_opened(self) -> api.Session:
        if self._session is None:
            texts: list[str] = self.config.getoption("--tracer-source") or []
            given = dict(_source(text) for text in texts)
            options = api.Options(given, offline=bool(self.config.getoption("--tracer-offline")))
            self._session = api.Session(load(self.path), options)
        return self._session

    def teardown(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


class ClaimItem(pytest.Item):
    """One claim, or with no number all references of the answers."""

    def __init__(self, *, number: int | None, **kwargs: object) -> None:
        super().__init__(**kwargs)  # pyright: ignore[reportArgumentType]
        self.number = number

    def runtest(self) -> None:
        assert isinstance(self.parent, InvestigationFile)
        session = self.parent.session_opened()
        if self.number is None:
            verdicts = api.check_references(session)
        else:
            verdicts = [api.check_claim(session, session.investigation.claims[self.number])]
        for verdict in verdicts:
            if not verdict.holds:
                raise BrokenClaimError(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(excinfo.value, BrokenClaimError | TracerError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def _source(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if not name or not path:
        raise pytest.UsageError(f"--tracer-source: {text!r} is not NAME=PATH[@REV]")
    return name, path


def _line(evidence: Evidence) -> str:
    place = evidence.position
    note = sentence(evidence.message)
    return f"{note}  {place.repository}/{place}" if place is not None else note
