"""The terminal that commands talk to: where lines go, and the progress that is shown until they come."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from tracer.report.text import visible

OUT = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


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
