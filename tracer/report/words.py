"""What the report calls things: kinds, programs, symbols, and each rule in plain words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracer.codes import Ending, Exclusion, Note, Rule
from tracer.model import EdgeKind, Evidence, Hop, Position, Stop, Symbol, shortened
from tracer.report.language import Language, noted
from tracer.report.text import Phrase, Piece, one_line
from tracer.sentences import sentence, text

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
    Rule.FUNCTION: noted("The call names {target}; by Go's scopes that is one declaration{place}."),
    Rule.METHOD: noted("The type of {receiver} is known, and {target} is its method{place}."),
    Rule.PROMOTED: noted(
        "The type of {receiver} is known; its method is {target}, of a field that is embedded in it{place}."
    ),
    Rule.LITERAL: noted("A function literal is called where it is written."),
    Rule.NAME: noted("{target} is read; by Go's scopes that name leads to one declaration{place}."),
    Rule.STORED: noted("{target} is stored in this field, so who reads the field may read it{place}."),
    Rule.FALLBACK: noted(
        "A value of a type flows there that does not have this method itself: it comes from an embedded type of generated code, and answers that it is not implemented."
    ),
}

VERBS = {kind: sentence.removeprefix("{a} ").removesuffix(" {b}") for kind, sentence in _SENTENCES.items()}
"""What stands between caller and callee in an English sentence: ``calls``."""


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
    wire = Piece(one_line(hop.edge.wire), code=True)
    match hop.edge.rule:
        case Rule.REGISTRATION:
            return _registration(hop, language, at)
        case Rule.FULL_METHOD:
            return language.phrase(
                "The client sends the full method {wire}; the server's service description names this handler for the same method.",
                wire=wire,
            )
        case Rule.PROGRAM_PATH:
            return language.phrase(
                "The flow of values tells the path of the program that is started here, and it is this one: {wire}.",
                wire=wire,
            )
        case Rule.FLOW | Rule.IMPLEMENTS | Rule.VALUE_FLOW:
            shown = _interface if hop.edge.kind is EdgeKind.INTERFACE else _value
            return shown(hop, language, at)
        case (
            Rule.FUNCTION
            | Rule.METHOD
            | Rule.PROMOTED
            | Rule.LITERAL
            | Rule.NAME
            | Rule.STORED
            | Rule.FALLBACK as plain
        ):
            where = at(hop.target.position)
            place = language.phrase(", at {place}", place=where) if where is not None else ()
            target = Piece(one_line(hop.target.short), code=True)
            return language.phrase(_PLAIN_RULES[plain], receiver=_before(hop, language), target=target, place=place)


def _interface(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    receiver = _before(hop, language, noted("What stands before the dot"))
    owner = _receiver(hop.target, language)
    if hop.edge.rule is Rule.IMPLEMENTS:
        return language.phrase(
            "{receiver} is an interface. Not every value that flows there could be followed; {type} implements the interface in this program.",
            receiver=receiver,
            type=owner,
        )
    program = Piece(program_name(hop.target), code=True)
    others = _several(hop)
    embedded = next((e.arguments for e in hop.edge.evidence if e.note is Note.FROM_EMBEDDED), None)
    if embedded is not None:
        # The value that gets there is not of the method's own type.
        message = (
            noted(
                "{receiver} is an interface. In {program} values of several types flow there; {holder} among them has this method from its embedded {field}, where {type} is a value"
            )
            if others
            else noted(
                "{receiver} is an interface. In {program} {holder} gets there, which has this method from its embedded {field}, where {type} is a value; what else may get there is not all known"
            )
            if hop.edge.is_open
            else noted(
                "{receiver} is an interface. In {program} a call of it only ever ends at {type}: {holder} has this method from its embedded {field}, where that is the value"
            )
        )
        holder, _, field = (Piece(one_line(shortened(text(argument))), code=True) for argument in embedded)
        made = language.phrase(message, receiver=receiver, program=program, type=owner, holder=holder, field=field)
        return made + _shown(hop, language, at)
    message = (
        noted("{receiver} is an interface. In {program} values of several types flow there, {type} among them")
        if others
        else noted("{receiver} is an interface. In {program} {type} gets there; what else may is not all known")
        if hop.edge.is_open
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
    if last is None or place is None:
        return language.phrase(".")
    return language.phrase(": {note}, at {place}.", note=language.told(last.message), place=place)


def _registration(hop: Hop, language: Language, at: Callable[[Position | None], Piece | None]) -> Phrase:
    message = (
        noted("The handler calls what was registered for its service; values of several types were, {type} among them")
        if _several(hop)
        else noted("The handler calls what was registered for its service, and that is a value of {type}")
    )
    return language.phrase(message, type=_receiver(hop.target, language)) + _shown(hop, language, at)


def _several(hop: Hop) -> bool:
    """Whether the call has other targets."""
    return any(candidate.reason is Exclusion.ANOTHER_WAY for candidate in hop.edge.ruled_out)


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


def bound(stops: Sequence[Stop]) -> str:
    """That a search was not brought to its end, if so: for a headline in English."""
    cut = next(
        (one_line(sentence(s.message)) for s in stops if s.reason is Ending.CUT_OFF),
        "a search for values hit its bound",
    )
    return f", and {cut}" if any(stop.hit_bound for stop in stops) else ""
