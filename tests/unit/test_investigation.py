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


def test_texts_in_other_languages(tmp_path: Path) -> None:
    question = '[[questions]]\nquestion = "q"\nanswer = "a"\n[questions.zh]\nquestion = "问"\nanswer = "答"\n'
    investigation = load(write(tmp_path, GOOD + question + '[zh]\ntitle = "题"\n'))
    assert investigation.titles == {"zh": "题"}
    assert investigation.questions[0].texts == {"zh": ("问", "答")}
    for broken, words in (
        ("问", "questions[0].zh.question: this must not be empty"),
        ("题", "zh.title: this must not"),
    ):
        with pytest.raises(InvestigationError) as caught:
            load(write(tmp_path, (GOOD + question + '[zh]\ntitle = "题"\n').replace(broken, "")))
        assert words in str(caught.value)


def test_the_built_in_ones_speak_chinese() -> None:
    for name in builtin():
        investigation = load(name)
        assert "zh" in investigation.titles
        assert all("zh" in question.texts for question in investigation.questions)


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


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    extra = """
[repositories.old]
url = "https://example.org/old"
commit = "%s"
programs = ["./src/x/", "."]
goos = "darwin"
[[chains]]
name = "d"
repository = "old"
program = "src/x"
entry = "A"
target = "B"
via = ["C"]
[[questions]]
question = "q"
answer = "a"
""" % ("b" * 64)
    investigation = load(Path(write(tmp_path, GOOD + extra)))
    assert investigation.name == "i"
    old = investigation.repositories["old"]
    assert (old.programs, old.goos, old.goarch) == (("src/x", ""), "darwin", "amd64")
    assert investigation.chains[0].program is None
    chain = investigation.chains[1]
    assert (chain.program, chain.via) == ("src/x", ("C",))
    assert investigation.questions[0].answer == "a"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"cmd/x"', '"../x"'), "repositories.r.programs: '../x' is not a directory"),
        (('target = "B"', 'target = "B"\nprogram = "cmd/y"'), "chains[0].program: 'cmd/y' is not among the programs"),
        (('target = "B"', 'targt = "B"'), "chains[0].targt: unknown key; did you mean 'target'"),
        (('target = "B"', 'target = ""'), "chains[0].target: this must not be empty"),
        (('title = "t"', ""), "title: this key is missing"),
        (("a" * 40, "A" * 40), "repositories.r.commit: a pin"),
        (('title = "t"', 'title = "t"\nchains = [3]\n#'), "i.toml"),
        (("[[chains]]", "[[questions]]\nquestion = 'q'\nanswr = 'a'\n[[chains]]"), "did you mean 'answer'"),
    ],
)
def test_more_errors(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(InvestigationError) as caught:
        load(write(tmp_path, GOOD.replace(*change)))
    assert words in str(caught.value)


@pytest.mark.parametrize("data", [b"\xff", b"a = " + b"[" * 5000, b"\0"])
def test_files_that_are_no_toml(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "i.toml").write_bytes(data)
    for path in (tmp_path / "i.toml", tmp_path):
        with pytest.raises(InvestigationError):
            load(path)


def test_a_built_in_name_that_is_mistyped() -> None:
    with pytest.raises(InvestigationError) as caught:
        load("pasue")
    assert caught.value.hint == "did you mean 'pause'?"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvestigationError, match="no such investigation"):
        load(str(tmp_path / "none.toml"))
