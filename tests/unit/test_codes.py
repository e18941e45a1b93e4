"""Codes: each has a form in each language, is made with as many arguments as it has, and no source text is taken for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracer import keeping
from tracer.codes import WORDS, Code, Message, Note, Rule, every_code
from tracer.model import Edge, EdgeKind, Evidence, Hop, Position, Symbol
from tracer.report.language import codes as languages
from tracer.report.language import language
from tracer.report.text import Piece
from tracer.report.words import rule_words
from tracer.sentences import FORMS, fields, sentence

ROOT = Path(__file__).parents[2]
SETS = {of.__name__: of for of in Code.__subclasses__()}
EVERY = sorted(every_code().values())


def about(code: Code, *given: str) -> Message:
    """A message of a code: ``given`` and, as far as they go, names of its parameters."""
    return Message(code, (*given, *(f"‹{name}›" for name in code.parameters))[: len(code.parameters)])


def test_no_two_codes_are_one() -> None:
    """Of two members with one value an enumeration makes one; of two sets, what is kept could not be read again."""
    assert len(EVERY) == sum(len(of.__members__) for of in SETS.values())


@pytest.mark.parametrize("code", EVERY, ids=repr)
def test_every_code_has_a_form_in_every_language(code: Code) -> None:
    assert len(fields(FORMS[code])) == len(code.parameters)
    assert sentence(about(code)) == language("en").sentence(about(code))
    for one in languages():
        say = language(one)
        assert say.text(FORMS[code]), one
        assert one == "en" or say.translations.gettext(FORMS[code]) is not FORMS[code], one
        assert all(f"‹{name}›" in say.sentence(about(code)) for name in code.parameters), one


def test_forms_are_of_codes() -> None:
    assert set(FORMS) == set(EVERY)


# Who makes them


def sources() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / "tracer").rglob("*.py")):
        if path.name not in ("codes.py", "sentences.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path.name, node


def named(node: ast.AST) -> Code | None:
    """The code that an expression names: ``Note.RETURNED``."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in SETS:
        return SETS[node.value.id].__members__.get(node.attr)
    return None


def test_every_code_is_said_somewhere() -> None:
    assert set(EVERY) - {named(node) for _, node in sources()} == set()


def test_codes_are_made_with_as_many_arguments_as_they_have() -> None:
    checked = set[Code]()
    for file, node in sources():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        at = {"Evidence": 0, "Message": 0, "RuledOut": 1, "Stop": 2}.get(node.func.id)
        if at is None or len(node.args) <= at:
            continue
        code = named(node.args[at])
        given = node.args[at + 1] if len(node.args) > at + 1 else ast.Tuple([])
        if code is None or not isinstance(given, ast.Tuple) or any(isinstance(a, ast.Starred) for a in given.elts):
            continue
        assert len(given.elts) == len(code.parameters), f"{file}:{node.lineno}: {code!r}"
        checked.add(code)
    # Most are written out; of the others the name is chosen first.
    assert len(checked) > len(EVERY) / 2


# What is source stays source


@pytest.mark.parametrize("code", [code for code in EVERY if code.parameters], ids=repr)
@pytest.mark.parametrize("lang", languages())
def test_source_that_reads_like_a_sentence_is_none(code: Code, lang: str) -> None:
    """Every form as it stands, and filled in, is an argument like any other."""
    for text in {form for of in FORMS for form in (FORMS[of], sentence(about(of)))}:
        source = f"return x // {text}"
        for given in (source, text):
            told = language(lang).told(about(code, given))
            assert Piece(given, code=code.parameters[0] not in WORDS) in told
            assert language(lang).sentence(about(code, given)) == language(lang).sentence(about(code, "?")).replace(
                "?", given
            )


def test_a_message_inside_of_another_is_translated() -> None:
    inner = Message(Note.RETURNED, ("f",))
    assert language("zh").sentence(Message(Note.STOPPED, ("a.F", inner))) == "a.F：由 f 返回"
    assert sentence(Message(Note.STOPPED, ("a.F", inner))) == "a.F: returned by f"


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("kind", EdgeKind)
def test_every_rule_has_words(rule: Rule, kind: EdgeKind) -> None:
    at = Position("r", "a.go", 1, 1)
    symbol = Symbol("(*m.T).F", "method", at, "r:cmd")
    hop = Hop(Edge("m.a", symbol.name, at, kind, rule, wire="/a.B/C"), symbol, symbol, "t.F()")
    english, chinese = (rule_words(hop, language(code), lambda _: None) for code in ("en", "zh"))
    assert english
    assert [p.text for p in english] != [p.text for p in chinese]


# What is kept


@pytest.mark.parametrize("code", EVERY, ids=repr)
def test_what_is_kept_is_read_again(code: Code) -> None:
    inside = Message(Note.STOPPED, ("a.F", about(code)))
    assert keeping.read(keeping.written(inside), Message) == inside
    if isinstance(code, Note):
        evidence = Evidence(code, about(code).arguments, Position("r", "a.go", 1, 2))
        assert keeping.read(keeping.written(evidence), Evidence) == evidence


# What is documented


def documented() -> Iterator[str]:
    for of in SETS.values():
        assert of.__doc__ is not None
        yield f"| **{of.__name__}** | {of.__doc__.splitlines()[0]} |"
        yield from (f"| `{code.value}` | {sentence(about(code))} |" for code in of)


def test_the_documentation_has_them_all() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    rows = list(documented())
    assert [row for row in text.splitlines() if row in rows] == rows, "the table:\n" + "\n".join(rows)
    assert all(f"`{rule.value}`" in text for rule in Rule)


def test_places_of_forms_stand_in_the_order_of_the_arguments() -> None:
    for code, form in FORMS.items():
        letters = [place for place in fields(form) if len(place) == 1]
        assert letters == sorted(letters), (code, form)
