from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import InvestigationError
from tracer.investigation import reader, writer
from tracer.investigation.model import ChainClaim, ConstantClaim, FileClaim, WantedHop
from tracer.investigation.reader import builtin, load, parse

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


SCHEMA = json.loads((Path(reader.__file__).parent / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
FULL = (
    GOOD
    + """
[[artifacts]]
name = "image"
repository = "r"
dockerfile = "Dockerfile"
variables = { ARCH = "amd64" }
[[questions]]
question = "q"
answer = "by {hop:B}, in {artifact:image}"
[[claims]]
claim = "hops"
chain = "c"
hops = ["A.b", { to = "B", kind = "rpc", wire = "/s/M", place = "x.go:3", evidence = ["e"] }]
[[claims]]
claim = "through"
chain = "c"
through = ["M"]
[[claims]]
claim = "constant"
constant = "B"
repository = "r"
value = 3
[[claims]]
claim = "symbol"
symbol = "B"
repository = "r"
place = "x.go"
[[claims]]
claim = "file"
file = "x.go"
repository = "r"
holds = "package x"
line = 1
[[claims]]
claim = "steps"
artifact = "image"
steps = [{ kind = "entrypoint", holds = "/x" }]
[[claims]]
claim = "handler"
artifact = "image"
signal = "SIGINT"
handler = "down"
"""
)
# What is changed in FULL, the line that is told, and the words.
WRONG = [
    ('value = 3', "value = [3]", 33, "claims[2].value: a string, a number or a truth value"),
    ('value = 3\n', "", 29, "claims[2].value: this key is missing"),
    ('claim = "file"\n', "", 39, "claims[4].claim: this key is missing"),
    ('kind = "rpc"', 'kind = "rcp"', 24, "claims[0].hops[1].kind: 'rcp' is no kind of edge; did you mean 'rpc'"),
    ('place = "x.go:3"', 'place = "x.go:x"', 24, "claims[0].hops[1].place: 'x.go:x' is neither"),
    ('"A.b"', "3", 24, "claims[0].hops[0]: a symbol, or a table"),
    ('through = ["M"]', 'through = ["M"]\nhops = ["M"]', 28, "claims[1].through: hops are the whole chain"),
    ('line = 1', "line = -1", 44, "claims[4].line: the number of a line"),
    ('steps = [{ kind = "entrypoint", holds = "/x" }]', "steps = []", 48, "claims[5].steps: at least one step"),
    ('signal = "SIGINT"\n', "", 49, "claims[6].signal: this key is missing"),
    ('constant = "B"', 'constant = "B"\nfile = "f"', 29, "claims[2]: a claim is about one thing"),
    ('dockerfile = "Dockerfile"', 'dockerfiles = "Dockerfile"', 16, "artifacts[0].dockerfiles: unknown key; did you mean"),
    ('variables = { ARCH = "amd64" }', "variables = { ARCH = 64 }", 17, "artifacts[0].variables.ARCH: a string"),
]  # fmt: skip


def test_every_kind_of_claim(tmp_path: Path) -> None:
    found = load(write(tmp_path, FULL))
    assert [type(claim).__name__ for claim in found.claims] == [
        "ChainClaim",
        "ChainClaim",
        "ConstantClaim",
        "SymbolClaim",
        "FileClaim",
        "ArtifactClaim",
        "HandlerClaim",
    ]
    assert isinstance(found.claims[0], ChainClaim)
    assert found.claims[0].hops[1] == WantedHop("B", "rpc", "/s/M", "x.go:3", ("e",))
    VALIDATOR.validate(tomllib.loads(FULL))


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG, ids=[w[3].partition(":")[0] for w in WRONG])
def test_errors_name_the_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert FULL.count(old) == 1
    text = FULL.replace(old, new)
    path = write(tmp_path, text)
    with pytest.raises(InvestigationError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{line}: {words}")
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(tomllib.loads(text))


@pytest.mark.parametrize(("artifact", "chain"), [("images", "c"), ("image", "d")])
def test_claims_on_what_is_not_there(tmp_path: Path, artifact: str, chain: str) -> None:
    text = FULL.replace('artifact = "image"', f'artifact = "{artifact}"').replace('chain = "c"', f'chain = "{chain}"')
    with pytest.raises(InvestigationError, match=r"there is no (artifact 'images'; did you|chain 'd'; known)"):
        load(write(tmp_path, text))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("{artifact:image}", "{artifact:imag}"), "questions[0].answer: there is no artifact 'imag'; did you mean"),
        (('title = "t"', 'title = "t"\nanswer = "{artifact:x}"'), "answer: there is no artifact 'x'"),
        (('title = "t"', 'title = "t"\nanswer = ""'), "answer: this must not be empty"),
        (('title = "t"', 'title = "t"\nanswer = "a"\nzh = {title = "问"}'), "zh.answer: this key is missing"),
        (('title = "t"', 'title = "t"\nzh = {title = "问", answer = "答"}'), "zh.answer: unknown key"),
    ],
)
def test_answers_that_cannot_be(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(InvestigationError) as caught:
        load(write(tmp_path, FULL.replace(*change)))
    assert words in str(caught.value)


def test_the_answer_to_the_title(tmp_path: Path) -> None:
    text = FULL.replace(
        'title = "t"', 'title = "t"\nanswer = "a: {hop:B}"\nzh = {title = "问", answer = "答 {artifact:image}"}'
    )
    found = load(write(tmp_path, text))
    assert (found.answer, found.answers) == ("a: {hop:B}", {"zh": "答 {artifact:image}"})
    assert parse(writer.write(found), "i", "i") == found
    VALIDATOR.validate(tomllib.loads(text))


def test_the_built_in_ones_have_the_shape_of_the_schema() -> None:
    for name in builtin():
        text = (Path(reader.__file__).parent / f"{name}.toml").read_text(encoding="utf-8")
        VALIDATOR.validate(tomllib.loads(text))


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    for name in builtin():
        assert parse(writer.write(load(name)), name, name) == load(name)
    full = load(write(tmp_path, FULL))
    assert parse(writer.write(full), "i", "i") == full


TEXT = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


@given(TEXT, TEXT, st.lists(st.tuples(TEXT, st.sampled_from(["", "call", "rpc"]), TEXT)), TEXT, st.integers(0, 9))
def test_any_text_reads_back(title: str, claim: str, hops: list[tuple[str, str, str]], holds: str, line: int) -> None:
    wanted = tuple(WantedHop(to, kind, wire) for to, kind, wire in hops)
    claims = (
        ChainClaim(claim, "c", wanted),
        FileClaim(claim, "f", "r", holds, line),
        ConstantClaim(claim, "X", "r", title),
    )
    made = replace(parse(GOOD, "i", "i"), title=title, claims=claims)
    text = writer.write(made)
    assert parse(text, "i", "i") == made
    VALIDATOR.validate(tomllib.loads(text))
