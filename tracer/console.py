"""The terminal that commands talk to: where lines go, and the progress that is shown until they come."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from tracer.errors import Remedy, told
from tracer.report.text import visible

FAULT = 70
"""The exit code of what was not foreseen: no answer, and none that is empty."""
ISSUES = "the issues of tracer's repository"
_ROOT = Path(__file__).resolve().parent
_MOST = 500

# A width of nothing, or of so many digits, is none.
_ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if name not in ("COLUMNS", "LINES") or 0 < len(value.strip("0")) < 6
}
OUT = Console(highlight=False, soft_wrap=True, markup=False, emoji=False, _environ=_ENVIRON)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False, _environ=_ENVIRON)


_NAMING = ("--to", "--via")
"""The options that take the name of a symbol."""
TYPED: ContextVar[tuple[str, ...]] = ContextVar("TYPED", default=())
"""The arguments of the command that runs."""


def pasted(remedy: Remedy) -> str:
    """The command that runs with a change to it, as a shell takes it."""
    out: list[str] = []
    rest = list(TYPED.get())
    options = dict(remedy.options)
    before = ""
    while rest:
        argument = rest.pop(0)
        name, separator, value = argument.partition("=")
        if name in options:
            # What was given for it makes way.
            rest = rest if separator else rest[1:]
        elif argument == remedy.old and _is_meant(remedy, before):
            out.append(remedy.new)
        elif separator and name.startswith("--") and value == remedy.old and _is_meant(remedy, name):
            out.append(f"{name}={remedy.new}")
        else:
            out.append(argument)
        before = argument
    return shlex.join(["tracer", *out, *(part for option in options.items() for part in option)])


def _is_meant(remedy: Remedy, option: str) -> bool:
    """Whether what stands behind an argument may be what a remedy changes."""
    if not remedy.old or remedy.place is None:
        return bool(remedy.old)
    return option == remedy.place if remedy.place else option not in _NAMING


def remedies(found: Sequence[Remedy], most: int = 20) -> list[str]:
    """Lines for commands to paste, each with what it asks about behind it as a comment."""
    commands = [(pasted(remedy), remedy.about) for remedy in found[:most]]
    longest = max((len(command) for command, about in commands if about), default=0)
    # Side by side where that fits: a column that is broken is none.
    width = longest if all(longest + len(about) + 6 <= ERR.width for _, about in commands) else 0
    lines = [
        f"  {visible(command):{width}}" + (f"  # {visible(about)}" if about else "") for command, about in commands
    ]
    lines = [line.rstrip() for line in lines]
    return lines + ([f"  … and {len(found) - most} more"] if len(found) > most else [])


def prepare() -> None:
    """Makes the streams take whatever is printed: what an encoding has no form for is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # A stream that was closed before is None, and what is printed there goes nowhere.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()


def failed(error: Exception) -> int:
    """Tells of what was not foreseen, and how to report it; the code to end with (sysexits.h, EX_SOFTWARE)."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _ROOT in Path(frame.filename).parents]
    at = f" ({Path(own[-1].filename).relative_to(_ROOT)}:{own[-1].lineno})" if own else ""
    what, is_system = told(error), False
    if isinstance(error, OSError) and error.strerror:
        what, is_system = f"{error.strerror}: {error.filename or 'output'}", True
    # Its message must not fail as well: where nothing can be written, the code alone tells.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"error: {visible(what)[:_MOST]}{at}\n")
        if not is_system:
            sys.stderr.write(
                f"This is a fault of tracer's. Please report it with this line, the command and the commits: {ISSUES}\n"
            )
        sys.stderr.flush()
    return FAULT


def print_line(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


class Status:
    """Progress on a terminal; silence elsewhere."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        if ERR.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=20))
            # It must not take hold of stdout: what is printed there may go to a file, and would land here.
            self._progress = Progress(
                *columns, console=ERR, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._task = self._progress.add_task("reading sources", total=None)

    def __enter__(self) -> None:
        if self._progress is not None:
            self._progress.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Takes the progress away, since what is looked for is about to be printed."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def __call__(self, name: str, count: int) -> None:
        if self._progress is not None:
            words = f"{count} functions · {visible(name.rsplit('/', 1)[-1])}" if count else name
            self._progress.update(self._task, description=words)

    def fetching(self, words: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress.update(self._task, description=visible(words), completed=done, total=total or None)
