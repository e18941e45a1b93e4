"""What somebody calls a repository and a revision -> a pin: which commit that is now."""

from __future__ import annotations

import re
from pathlib import Path

from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.clones import expanded, open_local, origin_of

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+@[\w.-]+:")


def split_source(text: str) -> tuple[Path, str | None]:
    """``PATH[@REV]``; an @ inside an existing path belongs to it."""
    if is_there(Path(text)) or "@" not in text:
        return expanded(text, "--source"), None
    path, _, rev = text.rpartition("@")
    return expanded(path, "--source"), rev


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; there is none of a name that no system takes."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def address_of(name: str, path: Path) -> str:
    """The URL of a local clone: that of its remote ``origin``, or its own as a ``file:`` URL, which only this machine has."""
    return origin_of(name, path) or path.resolve().as_uri()


def is_url(text: str) -> bool:
    """Whether ``URL[@REV]`` or ``PATH[@REV]`` is the former: ``https://…``, ``git@host:path``."""
    return _URL.match(text) is not None and not is_there(split_source(text)[0])


def is_commit(rev: str) -> bool:
    """Whether a revision is a full SHA, so that nobody has to be asked what it means."""
    return _SHA.fullmatch(rev) is not None


def split_url(text: str) -> tuple[str, str | None]:
    """``URL[@REV]``: the @ of a revision comes after the path; that of a user before it."""
    head, slash, last = text.rpartition("/")
    last, _, rev = last.partition("@")
    return head + slash + last, rev or None


def at_revision(name: str, text: str, rev: str) -> str:
    """A source at a revision. Raises SourceError for one that has another already."""
    given = (split_url if is_url(text) else split_source)(text)[1]
    if given is not None:
        hint = f"give one of them: --rev {rev}, or --source {name}={text}"
        raise SourceError(f"two revisions are named for {name}: {given} and {rev}", where="--rev", hint=hint)
    return f"{text}@{rev}"


def pinned(name: str, text: str) -> tuple[Pin, str | None]:
    """The pin that ``URL[@REV]`` or ``PATH[@REV]`` means at this moment, and for a path what --source takes.

    Without a revision it is what HEAD names. A local clone's URL is that of its remote ``origin``, or its own as a
    ``file:`` URL. Raises SourceError where there is no such repository or revision.
    """
    path, rev = split_source(text)
    if is_there(path):
        with open_local(name, path, rev, "", None) as snapshot:
            commit = snapshot.pin.commit
        url = address_of(name, path)
        return Pin(name, url, commit), f"{path.resolve()}@{commit}"
    url, rev = split_url(text)
    if rev and is_commit(rev):
        return Pin(name, url, rev), None
    # Imported where it is needed, as in ``clones``.
    from tracer.source.remotes import ask_remote

    refs = ask_remote(name, url, rev or "HEAD", f"{rev or 'HEAD'}^{{}}")
    wanted = [f"refs/tags/{rev}^{{}}", f"refs/tags/{rev}", f"refs/heads/{rev}"] if rev else ["HEAD"]
    found = next((refs[ref] for ref in wanted if ref in refs), None)
    if found is None:
        hint = "name a branch, a tag or a full commit SHA: URL@REV"
        raise SourceError(f"there is no branch or tag {rev or 'HEAD'!r} in {url}", where=name, hint=hint)
    return Pin(name, url, found), None
