"""What a name that somebody typed means in some programs."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.errors import ResolutionError
from tracer.golang.names import matches, normal
from tracer.golang.program import Analysis, Declared


def lookup(analyses: Sequence[Analysis], text: str, prefer: str | None = None) -> tuple[Analysis, Declared]:
    """The one declared object that ``text`` means, in the first program that has it.

    ``prefer`` is the full name meant where several fit. Raises ResolutionError for what means nothing or too much.
    """
    return lookup_all(analyses, text, prefer)[0]


def lookup_all(analyses: Sequence[Analysis], text: str, prefer: str | None = None) -> list[tuple[Analysis, Declared]]:
    """The same in every program that it is linked into."""
    if not normal(text):
        raise ResolutionError("an empty name means nothing", hint="name a function, method, constant or variable")
    found = [(a, obj) for a in analyses for obj in a.find(text)]
    if len(found) > 1 and prefer is not None:
        meant = [(a, obj) for a, obj in found if matches(obj.full_name, normal(prefer))]
        found = meant or found
    found = found or [(a, field) for a in analyses for field in a.find_fields(text)]
    names = sorted({obj.full_name for _, obj in found})
    where = ", ".join(a.name for a in analyses)
    if len(names) > 1:
        listing = "\n".join(f"  {name}" for name in names[:20])
        more = f"\n  … and {len(names) - 20} more" if len(names) > 20 else ""
        raise ResolutionError(f"{text!r} is ambiguous in {where}", hint=f"it can be:\n{listing}{more}")
    if not found:
        close = list(dict.fromkeys(name for a in analyses for name in a.similar(text)))
        hint = "similar names: " + ", ".join(close) if close else "check the name, --repo and --program"
        raise ResolutionError(f"nothing is called {text!r} in {where}", hint=hint)
    return found
