from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import InvestigationError
from tracer.investigation.model import builtin, load

GOOD = """
title = "t"
[repositories.r]
url = "https://example.org/r"
commit = "{sha}"
programs = ["cmd/x"]
[[chains]]
name = "c"
repository = "r"
entry = "A"
target = "B"
""".format(sha="a" * 40)


def write(folder: Path, text: str) -> str:
    path = folder / "i.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_built_in_one_loads() -> None:
    for name in builtin():
        investigation = load(name)
        assert investigation.chains
        assert all(len(r.commit) == 40 for r in investigation.repositories.values())


def test_a_file_loads(tmp_path: Path) -> None:
    investigation = load(write(tmp_path, GOOD))
    assert investigation.repositories["r"].programs == ("cmd/x",)
    assert investigation.chains[0].target == "B"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("programs", "program"), "did you mean 'programs'"),
        (("a" * 40, "main"), "repositories.r.commit: a pin is a full commit SHA"),
        (('repository = "r"', 'repository = "q"'), "there is no repository 'q'"),
        (('title = "t"', "title = 3"), "title: a string is expected"),
        (('["cmd/x"]', '"cmd/x"'), "repositories.r.programs: a list of strings"),
        (("[[chains]]", "[[chains"), "line 7"),
    ],
)
def test_errors_name_file_and_key(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(InvestigationError) as caught:
        load(path)
    assert words in str(caught.value)
    assert path in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvestigationError, match="no such investigation"):
        load(str(tmp_path / "none.toml"))
