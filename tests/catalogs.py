"""What a report says, read off the source: the messages that every catalog has to have."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

from tracer.sentences import FORMS

ROOT = Path(__file__).parents[1]
KEYWORDS = {"text": None, "phrase": None, "noted": None, "_": None, "plural": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]


def messages() -> set[str | tuple[str, ...]]:
    """The messages in code and templates, and the forms of all codes; one about a number is a pair."""
    found: set[str | tuple[str, ...]] = set()
    for folder in (ROOT / "tracer" / "report", ROOT / "reports" / "templates"):
        options = {"**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
        for _, _, message, _, _ in extract_from_dir(folder, METHODS, options, KEYWORDS):
            found.add(message if isinstance(message, str) else tuple(message))
    return found | set(FORMS.values())


if __name__ == "__main__":
    for message in sorted(messages(), key=str):
        print(repr(message))
