"""The command line, run in this process: what it prints, and the code it ends with."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import repository

from tracer import cli


def tracer(*arguments: str, cache: Path, folder: Path | None = None, answers: str = "") -> CompletedProcess[str]:
    """``tracer`` with arguments, in a folder, with what a person types; nothing of it stands on a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(folder or Path.cwd()),
        patch.object(sys, "stdin", io.StringIO(answers)),
        patch.dict(os.environ, {"TRACER_CACHE": str(cache), "NO_COLOR": "1"}),
    ):
        code = cli.run(arguments)
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class World:
    """Repositories in a folder, and an investigation of them."""

    folder: Path
    investigation: Path
    repositories: tuple[str, ...] = ("client", "server")

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def sources(self) -> list[str]:
        return [a for name in self.repositories for a in ("--source", f"{name}={self.folder / name}")]

    def run(
        self, *arguments: str, expect: int = 0, sources: bool = True, asked: Path | None = None
    ) -> CompletedProcess[str]:
        """A command about the repositories that has to end with the code ``expect``."""
        given = self.sources if sources else []
        done = tracer(*arguments, "-i", str(asked or self.investigation), *given, cache=self.cache)
        assert done.returncode == expect, done.stdout + done.stderr
        return done


def made(
    folder: Path,
    files: Mapping[str, Mapping[str, str]] | None = None,
    text: str = INVESTIGATION,
    name: str = "label.toml",
) -> World:
    """The two repositories with a wire between them, or others, and their investigation, whose pins are filled in."""
    files = {"client": CLIENT_FILES, "server": SERVER_FILES} if files is None else files
    shas = {repo: repository(folder / repo, own) for repo, own in files.items()}
    (folder / name).write_text(text.format(**shas), encoding="utf-8")
    return World(folder, folder / name, tuple(files))
