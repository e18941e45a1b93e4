"""A pin as git is given it: which URLs and commits are taken, how messages name them, when a clone has one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.snapshot import printable, run_git

Progress = Callable[[str, int, int], None]
"""Called with words, done and total; the total is 0 where it is not known."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What git takes for a remote helper such as ``ext::``; an IPv6 address holds ``::`` as well.
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
# Variables that tie git to one repository, as they are set inside a hook; the user's configuration is none of them.
TIES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)


def where(pin: Pin) -> str:
    """The repository, its URL and the commit, for messages."""
    return f"{pin.repository} ({printable(pin.url.encode('utf-8', 'replace'))}) @ {pin.commit[:12]}"


def validate(pin: Pin) -> None:
    """Raises SourceError for a commit that is no full SHA and for a URL that git should not be given."""
    if not _SHA.fullmatch(pin.commit):
        hint = "give all 40 (or 64) lower-case hex digits: git rev-parse <rev>"
        raise SourceError(f"{pin.commit!r} is not a full commit SHA", where=pin.repository, hint=hint)
    url = pin.url
    if not url.strip() or url.startswith("-") or not url.isprintable() or _HELPER.match(url):
        raise SourceError(f"{url!r} is not a URL that git should be given", where=pin.repository)


def has_pin(directory: Path, commit: str) -> bool:
    """Whether a clone is good for a commit: ``refs/pins/<sha>`` names it, which is written after a fetch was verified."""
    if not (directory / "HEAD").is_file():
        return False
    done = run_git(directory, "rev-parse", "--verify", "-q", f"refs/pins/{commit}^{{commit}}")
    if done.returncode != 0 or done.stdout.strip() != commit.encode():
        return False
    return run_git(directory, "cat-file", "-e", f"{commit}^{{tree}}").returncode == 0
