"""What the report calls things: kinds, programs, symbols, and each rule in plain words."""

from __future__ import annotations

from tracer.model import EdgeKind, Hop, Symbol
from tracer.report.text import Phrase, Piece, one_line

VERBS = {
    EdgeKind.CALL: "calls",
    EdgeKind.INTERFACE: "calls, through an interface,",
    EdgeKind.VALUE: "calls, through a function value,",
    EdgeKind.RPC: "calls, over the wire,",
    EdgeKind.EXEC: "starts",
    EdgeKind.READ: "reads",
}

KIND_WORDS = {
    EdgeKind.CALL: "call",
    EdgeKind.INTERFACE: "interface call",
    EdgeKind.VALUE: "function value",
    EdgeKind.RPC: "remote call",
    EdgeKind.EXEC: "process start",
    EdgeKind.READ: "read",
}

_PLAIN_RULES = {
    "function": "The call names the function; Go's scopes lead from the name to this one declaration.",
    "method": "The type of the expression before the dot is known, and this is its method.",
    "promoted method": "The type of the expression before the dot is known; the method comes from a field that is embedded in it.",
    "literal": "A function literal is called where it is written.",
    "value flow": "What is called is a function value, and this function is a value that flows there.",
    "name": "The name that is read leads by Go's scopes to this one declaration.",
    "registration": "The handler calls the implementation that was registered for its service; a value of this type was.",
}


def qualifier(symbol: Symbol) -> str:
    """Package and receiver of a symbol: ``(*server.Service)`` of ``(*server.Service).Run``."""
    return _split(one_line(symbol.short))[0]


def leaf(symbol: Symbol) -> str:
    """The last name of a symbol: ``Run`` of ``(*server.Service).Run``."""
    return _split(one_line(symbol.short))[1]


def said(symbol: Symbol) -> str:
    """A symbol as people say it, with its receiver's type: ``Service.Run`` of ``(*server.Service).Run``."""
    owner, name = _split(one_line(symbol.short))
    receiver = owner.strip("(*)").partition("[")[0].rpartition(".")[2] if owner.startswith("(") else ""
    return f"{receiver}.{name}" if receiver else name


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


def program_parts(program: str) -> tuple[str, str]:
    """Repository and main package's directory of a program's name."""
    repository, _, package = program.partition(":")
    return repository, package


def rule_words(hop: Hop) -> Phrase:
    """The rule that proved a hop, in a sentence."""
    rule = hop.edge.rule
    if rule in _PLAIN_RULES:
        return (Piece(_PLAIN_RULES[rule]),)
    if rule == "full method" and hop.edge.wire:
        return (
            Piece("The client sends the full method "),
            Piece(one_line(hop.edge.wire), code=True),
            Piece("; the server's service description names this handler for the same method."),
        )
    if rule in ("flow", "implements"):
        return _interface(hop)
    return Piece("Proved by the rule “"), Piece(one_line(rule)), Piece("”.")


def _interface(hop: Hop) -> Phrase:
    name = leaf(hop.target)
    before = one_line(hop.code).partition(f".{name}(")[0]
    receiver = Piece(before, code=True) if _is_path(before) else Piece("What stands before the dot")
    owner = _receiver(qualifier(hop.target))
    if hop.edge.rule == "implements":
        return (
            receiver,
            Piece(" is an interface. Not every value that flows there could be followed; "),
            owner,
            Piece(" implements the interface in this program."),
        )
    program = Piece(program_name(hop.target), code=True)
    return receiver, Piece(" is an interface. In "), program, Piece(" a value of type "), owner, Piece(" flows there.")


def _receiver(owner: str) -> Piece:
    inner = owner[1:-1] if owner.startswith("(") and owner.endswith(")") else owner
    return Piece(inner or "this method's receiver", code=bool(inner))


def _is_path(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split("."))
