"""What the report calls things: kinds, programs, symbols, and each rule in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable

from tracer.model import EdgeKind, Evidence, Hop, Position, Symbol, shortened
from tracer.report.language import Language, noted
from tracer.report.text import Phrase, Piece, one_line

_SENTENCES = {
    EdgeKind.CALL: noted("{a} calls {b}"),
    EdgeKind.INTERFACE: noted("{a} calls, through an interface, {b}"),
    EdgeKind.VALUE: noted("{a} calls, through a function value, {b}"),
    EdgeKind.RPC: noted("{a} calls, over the wire, {b}"),
    EdgeKind.EXEC: noted("{a} starts {b}"),
    EdgeKind.READ: noted("{a} reads {b}"),
}

KIND_WORDS = {
    EdgeKind.CALL: noted("call"),
    EdgeKind.INTERFACE: noted("interface call"),
    EdgeKind.VALUE: noted("function value"),
    EdgeKind.RPC: noted("remote call"),
    EdgeKind.EXEC: noted("process start"),
    EdgeKind.READ: noted("read"),
}

_PLAIN_RULES = {
    "function": noted("The call names {target}; by Go's scopes that is one declaration{place}."),
    "method": noted("The type of {receiver} is known, and {target} is its method{place}."),
    "promoted method": noted(
        "The type of {receiver} is known; its method is {target}, of a field that is embedded in it{place}."
    ),
    "literal": noted("A function literal is called where it is written."),
    "name": noted("{target} is read; by Go's scopes that name leads to one declaration{place}."),
    "fallback": noted(
        "A value of a type flows there that does not have this method itself: it comes from an embedded type of generated code, and answers that it is not implemented."
    ),
}

VERBS = {kind: sentence.removeprefix("{a} ").removesuffix(" {b}") for kind, sentence in _SENTENCES.items()}
"""What stands between caller and callee in an English sentence: ``calls``."""

_EMBEDDED = re.compile(r"(.+) gets (.+) from its embedded (.+)")
"""The note on a value that has a method by embedding another: whose, which, from what."""

ANOTHER_WAY = "also a target of this call; the chain goes another way"
"""The reason of a candidate that is a target as well: where one has it, the hop's target is not the only one."""


def qualifier(symbol: Symbol) -> str:
    """Package and receiver of a symbol: ``(*server.Service)`` of ``(*server.Service).Run``."""
    return _split(one_line(symbol.short))[0]


def leaf(symbol: Symbol) -> str:
    """The last name of a symbol: ``Run`` of ``(*server.Service).Run``."""
    return _split(one_line(symbol.short))[1]


def named(symbol: Symbol) -> str:
    """A symbol in a sentence, by its last name; the ``main`` that every program has, with its package."""
    name = leaf(symbol)
    return one_line(symbol.short) if symbol.kind == "func" and name.partition("#")[0] in ("main", "init") else name


def said(symbol: Symbol) -> str:
    """A symbol as people say it, with its receiver's type: ``Service.Run`` of ``(*server.Service).Run``."""
    owner, name = _split(one_line(symbol.short))
    receiver = owner.strip("(*)").partition("[")[0].rpartition(".")[2] if owner.startswith("(") else ""
    return f"{receiver}.{name}" if receiver else name


def entry_title(entry: Symbol, repository: str, language: Language) -> str:
    """The title of a trace that no investigation asked for."""
    message = language.text(noted("{symbol} in {repository}"))
    return message.replace("{symbol}", said(entry)).replace("{repository}", one_line(repository))


def _split(short: str) -> tuple[str, str]:
    cut = short.find(").") + 1 if short.startswith("(") else short.rfind(".")
    if cut <= 0 or cut + 1 >= len(short):
        return "", short
    return short[:cut], short[cut + 1 :]


def program_name(symbol: Symbol) -> str:
    """The program that a symbol belongs to: ``repository:main package``; failing that, its repository."""
    if symbol.program:
        return one_line(symbol.program)
    return one_line(symbol.position.repository) if symbol.position is not None else "unknown program"


def kind_words(kind: EdgeKind, language: Language) -> str:
    """What a kind of hop is called."""
    return language.text(KIND_WORDS[kind])


def hop_words(hop: Hop, language: Language) -> Phrase:
    """A hop as a sentence: who calls whom, and how."""
    source, target = Piece(said(hop.source), code=True), Piece(said(hop.target), code=True)
    return language.phrase(_SENTENCES[hop.edge.kind], a=source, b=target)


def rule_words(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    """The rule that proved a hop, in a sentence; ``at`` gives a position as a link."""
    rule = hop.edge.rule
    if rule in _PLAIN_RULES:
        where = at(hop.target.position)
        place = language.phrase(", at {place}", place=where) if where is not None else ()
        target = Piece(one_line(hop.target.short), code=True)
        return language.phrase(_PLAIN_RULES[rule], receiver=_before(hop, language), target=target, place=place)
    if rule == "registration":
        return _registration(hop, language, at)
    if rule == "full method" and hop.edge.wire:
        return language.phrase(
            "The client sends the full method {wire}; the server's service description names this handler for the same method.",
            wire=Piece(one_line(hop.edge.wire), code=True),
        )
    if rule == "program path":
        return language.phrase(
            "The flow of values tells the path of the program that is started here, and it is this one: {wire}.",
            wire=Piece(one_line(hop.edge.wire), code=True),
        )
    if rule in ("flow", "implements") and hop.edge.kind is EdgeKind.INTERFACE:
        return _interface(hop, language, at)
    if rule == "value flow" or rule in ("flow", "implements"):
        return _value(hop, language, at)
    return language.phrase("Proved by the rule “{rule}”.", rule=one_line(rule))


def _interface(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    receiver = _before(hop, language, noted("What stands before the dot"))
    owner = _receiver(hop.target, language)
    if hop.edge.rule == "implements":
        return language.phrase(
            "{receiver} is an interface. Not every value that flows there could be followed; {type} implements the interface in this program.",
            receiver=receiver,
            type=owner,
        )
    program = Piece(program_name(hop.target), code=True)
    others = _several(hop)
    embedded = next((found for e in hop.edge.evidence if (found := _EMBEDDED.fullmatch(one_line(e.note)))), None)
    if embedded is not None:
        # The value that gets there is not of the method's own type.
        message = (
            noted(
                "{receiver} is an interface. In {program} values of several types flow there; {holder} among them has this method from its embedded {field}, where {type} is a value"
            )
            if others
            else noted(
                "{receiver} is an interface. In {program} a call of it only ever ends at {type}: {holder} has this method from its embedded {field}, where that is the value"
            )
        )
        holder = Piece(shortened(embedded[1]), code=True)
        field = Piece(embedded[3], code=True)
        made = language.phrase(message, receiver=receiver, program=program, type=owner, holder=holder, field=field)
        return made + _shown(hop, language, at)
    message = (
        noted("{receiver} is an interface. In {program} values of several types flow there, {type} among them")
        if others
        else noted("{receiver} is an interface. In {program} only {type} ever gets there")
    )
    made = language.phrase(message, receiver=receiver, program=program, type=owner)
    return made + _shown(hop, language, at)


def _value(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    made = language.phrase("What is called is a function value, and this function is a value that flows there")
    return made + _shown(hop, language, at)


def _shown(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    """The end of a sentence on flow: the last place on the value's way."""
    last: Evidence | None = hop.edge.evidence[-1] if hop.edge.evidence else None
    place = at(last.position) if last is not None else None
    if last is None or place is None or not last.note.strip():
        return language.phrase(".")
    return language.phrase(": {note}, at {place}.", note=language.noted(one_line(last.note)), place=place)


def _registration(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    message = (
        noted("The handler calls what was registered for its service; values of several types were, {type} among them")
        if _several(hop)
        else noted("The handler calls what was registered for its service, and that is a value of {type}")
    )
    return language.phrase(message, type=_receiver(hop.target, language)) + _shown(hop, language, at)


def _several(hop: Hop) -> bool:
    """Whether the call has other targets."""
    return any(candidate.reason == ANOTHER_WAY for candidate in hop.edge.ruled_out)


def _before(hop: Hop, language: Language, unnamed: str = noted("what stands before the dot")) -> Phrase:
    """What stands before the dot of a call: ``m.runtimeService``; in words where that is more than names."""
    before = one_line(hop.code).partition(f".{leaf(hop.target)}(")[0]
    return (Piece(before, code=True),) if _is_path(before) else language.phrase(unnamed)


def _receiver(symbol: Symbol, language: Language) -> Piece:
    owner = qualifier(symbol)
    inner = owner[1:-1] if owner.startswith("(") and owner.endswith(")") else owner
    return Piece(inner, code=True) if inner else Piece(language.text("this method's receiver"))


def _is_path(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split("."))
