"""What analysis says of source, as codes with arguments: closed sets, one for each thing that there is to say something of.

No code stands for a sentence in English or in any other language: ``sentences`` has a form for each, and the report one
in each of its languages. What comes from a source is an argument and stays one, so no text of it is ever taken for words
of the tool.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """One thing that can be said. ``parameters`` name its arguments; no two codes of all sets have the same value."""

    parameters: tuple[str, ...]

    def __new__(cls, value: str, *parameters: str) -> Code:
        self = str.__new__(cls, value)
        self._value_ = value
        self.parameters = parameters
        return self


@dataclass(frozen=True, slots=True)
class Message:
    """A code with its arguments: each is a text, or a message inside of this one."""

    code: Code
    arguments: tuple[str | Message, ...] = ()


Argument = str | Message

WORDS = frozenset(("number", "count", "protocol", "kind", "text", "reason", "detail"))
"""The parameters whose arguments are no source: they are set as words, in a report as the others are as code."""


class Rule(StrEnum):
    """What proved an edge. The values are the words for it as well."""

    FUNCTION = "function"
    METHOD = "method"
    PROMOTED = "promoted method"
    LITERAL = "literal"
    NAME = "name"
    STORED = "stored"
    FLOW = "flow"
    IMPLEMENTS = "implements"
    VALUE_FLOW = "value flow"
    REGISTRATION = "registration"
    FALLBACK = "fallback"
    FULL_METHOD = "full method"
    PROGRAM_PATH = "program path"


class Note(Code):
    """What a place in the source shows."""

    # The way of a value
    RETURNED = "returned", "function"
    STORED_IN_FIELD = "stored-in-field", "field"
    STORED_AS_ELEMENT_OF_FIELD = "stored-as-element-of-field", "field"
    STORED_AS_ELEMENT = "stored-as-element", "variable"
    PASSED = "passed", "parameter", "function"
    PASSED_UNNAMED = "passed-unnamed", "function"
    ASSIGNED = "assigned", "variable"
    # Methods
    IMPLEMENTS = "implements-interface", "method"
    FROM_EMBEDDED = "from-embedded", "type", "method", "field"
    PROMOTED = "promoted", "path"
    NOT_IMPLEMENTED = "not-implemented"
    DOES_NOT_RUN = "does-not-run", "function"
    # Wires
    SENDS = "sends", "method", "protocol"
    DESCRIBED = "described", "handler"
    REGISTERED = "registered"
    CLIENT_INTERCEPTOR = "client-interceptor", "option", "expression"
    SERVER_INTERCEPTOR = "server-interceptor", "option", "expression"
    LITERAL_GIVEN = "literal-given"
    STARTS_PROGRAM = "starts-program", "name"
    FILE_NAME = "file-name", "program", "name"
    STARTS_ITSELF = "starts-itself"
    SAME_PROGRAM = "same-program", "program"
    ALSO_SERVED = "also-served", "program", "method"
    ALSO_SERVED_BY_FALLBACK = "also-served-by-fallback", "program", "method"
    MAY_START = "may-start", "program", "function"
    ARGUMENTS = "with-arguments", "arguments"
    ARGUMENTS_UNKNOWN = "arguments-unknown"
    # What else decides a value
    EARLIER_RESULT = "earlier-result", "line"
    LATER_RESULT = "later-result", "line"
    OTHER_ASSIGNMENT = "other-assignment", "line"
    COMES_FROM = "comes-from", "variable", "line"
    NOT_ALL_KNOWN = "not-all-known", "reason"
    WHERE_HOLDS = "where-holds", "line"
    WHERE_HOLDS_NOT = "where-holds-not", "line"
    ALSO_READ = "also-read", "function", "line"
    SET_BY_DECODER = "set-by-decoder", "field", "tag"
    OTHERWISE_STORED = "otherwise-stored", "line"
    # What a constant, variable or field is, and where it goes
    VALUE = "value", "value"
    VALUE_UNKNOWN = "value-unknown"
    VALUE_STORED = "value-stored", "value", "line"
    CONSTANT = "constant", "name", "value"
    READ_BY = "read-by", "function", "line"
    INTO_FIELD = "into-field", "field", "line"
    INTO_VARIABLE = "into-variable", "variable", "line"
    STORED_IN_VARIABLE = "stored-in-variable", "variable"
    AS_ARGUMENT = "as-argument", "parameter", "line"
    UNDER_KEY = "under-key", "key"
    ENTRY = "entry", "key", "line"
    LOOKED_UP = "looked-up", "function", "line"
    READ_IN = "read-in", "function", "line"
    AS_RESULT = "as-result", "function", "line"
    TO_LIBRARY = "to-library", "function", "line"
    # The parts of a call
    CALL = "call", "code"
    TYPED = "typed", "expression", "type"
    PACKAGE = "package", "expression", "path"
    PROMOTED_METHOD = "promoted-method", "path"
    OF_INTERFACE = "of-interface", "type"
    # What a claim is about, what proves it, and what stands there instead
    REFERS = "refers", "question", "symbol"
    HOP = "hop", "number", "kind", "symbol", "code"
    HOP_OVER_WIRE = "hop-over-wire", "number", "kind", "symbol", "method", "code"
    LEADS_TO = "leads-to", "kind", "symbol"
    UNDECIDED = "undecided-there", "code", "reason", "detail"
    STOPPED = "stopped", "symbol", "reason"
    DECLARED = "declared", "kind", "symbol"
    NAMED = "named", "symbol"
    LINE = "line", "line"
    STEP = "step", "kind", "code"
    STEP_NOTED = "step-noted", "kind", "code", "detail"


class Reason(Code):
    """Why a call could not be decided."""

    UNTYPED = "untyped"
    NO_TARGET = "no-target"
    NONE_KNOWN = "none-known"
    HANDED_ON = "handed-on"
    MISSING_PACKAGE = "missing-package"
    BOUND = "bound"
    NO_SERVER = "no-server"
    NO_REGISTRATION = "no-registration"
    UNREGISTERED = "unregistered"
    FAULT = "fault"
    NO_PROGRAM_NAME = "no-program-name"

    @property
    def is_unknown(self) -> bool:
        """Whether it is for want of knowledge that there is no answer, and not because there is none."""
        return self in _UNKNOWN


_UNKNOWN = (
    Reason.UNTYPED,
    Reason.NONE_KNOWN,
    Reason.HANDED_ON,
    Reason.MISSING_PACKAGE,
    Reason.NO_REGISTRATION,
    Reason.NO_PROGRAM_NAME,
)


class Detail(Code):
    """What of a call is not known, or what it was asked of."""

    TYPE = "type", "type"
    INTERFACE = "interface", "type"
    METHOD = "method", "method"
    MISSING_C = "missing-c", "name"
    MISSING_IMPORT = "missing-import", "path"
    MISSING_TYPE = "missing-type", "name", "type"
    NOT_IN_PACKAGE = "not-in-package", "path", "name"
    NOT_IN_TYPE = "not-in-type", "type", "name"
    OPERAND_UNTYPED = "operand-untyped", "name"
    NAME_UNTYPED = "name-untyped", "name"
    UNDECLARED = "undeclared", "name"
    EXPRESSION_UNTYPED = "expression-untyped"
    ERROR = "raised", "text"
    STARTED_BY = "started-by", "function"


class Gap(Code):
    """Why not all values are known: what the library's facts leave out, and bounds that were hit."""

    TOO_MANY_FUNCTIONS = "too-many-functions", "number"
    TOO_DEEP = "too-deep", "number"
    TOO_FAR = "too-far", "number"
    TOO_MANY_PLACES = "too-many-places", "number"
    RETURNS = "returns", "function"
    PANICS = "panics"
    OUTSIDE = "outside", "detail"
    UNTYPED = "untyped-values", "package"
    HANDED = "handed", "function", "text"
    WRITTEN = "written", "text"
    FILLED = "filled", "type", "text"
    TYPE_TOLD = "type-told", "type", "text"
    REFLECTED = "reflected", "function", "giver"
    METHOD_CALLED = "method-called", "package", "function"
    FIELD_SET = "field-set", "package", "field"
    LINKED = "linked", "function"
    NO_BODY = "no-body", "function"
    UNKNOWN_METHODS = "unknown-methods", "type"
    NOT_READ = "not-read", "unit"
    SET_ASIDE = "set-aside", "reason"

    @property
    def is_bound(self) -> bool:
        """Whether a search was cut off, so that more room would tell more."""
        return self in (Gap.TOO_MANY_FUNCTIONS, Gap.TOO_DEEP, Gap.TOO_FAR, Gap.TOO_MANY_PLACES)


class Lack(Code):
    """Why a module that a program imports, or a package or file of it, is not among the sources."""

    NOT_IN_TREE = "not-in-tree"
    NOT_REQUIRED = "not-required"
    NOT_HERE = "not-here"
    OFFLINE = "offline"
    SWITCHED_OFF = "switched-off"
    DIRECT = "direct", "text"
    NO_SUCH_VERSION = "no-such-version"
    FAILED = "fetch-failed", "proxy", "text"
    OUTSIDE_TREE = "outside-tree", "directory"
    INSTEAD = "instead", "repository", "commit"
    UNCHECKED = "unchecked"
    NOT_LOADED = "not-loaded", "text"
    GIVEN_UP = "given-up"


class Exclusion(Code):
    """Why a candidate of a dispatch is no target, or not on the chain."""

    ANOTHER_WAY = "another-way"
    """It is a target as well: where one candidate has this, the hop's target is not the only one."""
    TEST_FILE = "test-file"
    NOT_LINKED = "not-linked", "program", "platform"
    NEVER_MADE = "never-made"
    NEVER_FLOWS = "never-flows"
    NOT_KNOWN_TO_FLOW = "not-known-to-flow"


class Ending(Code):
    """Why a search ended where it did."""

    NO_CALLER = "no-caller"
    MADE_THERE = "made-there", "function"
    HANDED_OVER = "handed-over", "field", "function"
    NOT_BUILT = "not-built-caller", "path"
    DOES_NOT_RUN = "entry-does-not-run"
    CUT_OFF = "cut-off", "number"
    CUT_OFF_AFTER = "cut-off-after", "number"
    UNDECIDED = "undecided", "text", "reason", "detail"
    NOT_STARTED = "not-started", "text", "method"
    UNNAMED = "unnamed-program", "text"
    OTHER_ARGUMENTS = "other-arguments", "text"
    MISSING = "missing-module", "path", "count", "number"
    SEVERAL = "several", "number", "reason", "detail"
    NEAREST = "nearest", "number"


class Difference(Code):
    """What is not the same of a symbol at two pins, or of the hop that leads to it."""

    NAME = "name-differs", "before", "after"
    PLACE = "place-differs", "before", "after"
    VALUE = "value-differs", "before", "after"
    SITE = "site-differs", "before", "after"
    KIND = "kind-differs", "before", "after"
    RULE = "rule-differs", "before", "after"
    WIRE = "wire-differs", "before", "after"
    STILL_DECLARED = "still-declared", "place"
    ALREADY_DECLARED = "already-declared", "place"


class Breach(Code):
    """What is wrong with a claim."""

    BOTH = "both", "one", "other"
    ERROR = "error", "text"
    ENTRY = "entry-error", "text"
    AFTER = "after-error", "symbol", "text"
    NO_SYMBOL = "no-symbol"
    SEVERAL_SYMBOLS = "several-symbols", "number"
    NO_CHAINS = "no-chains", "symbols"
    NO_CHAIN = "no-chain", "from", "to"
    NOT_LED_TO = "not-led-to", "number", "from", "to"
    NOT_AS_CLAIMED = "not-as-claimed", "number", "from", "to", "reason"
    OTHER_KIND = "other-kind", "kind", "claimed"
    OTHER_METHOD = "other-method", "method", "claimed"
    NO_METHOD = "no-method", "claimed"
    OTHER_PLACE = "other-place", "place", "claimed"
    NOT_IN_EVIDENCE = "not-in-evidence", "words"
    OTHER_END = "other-end", "symbol", "target"
    NO_VALUE = "no-value"
    OTHER_VALUE = "other-value", "value"
    NOT_THERE = "not-there", "place"
    NOT_IN_LINE = "not-in-line", "number", "words"
    NOT_IN_FILE = "not-in-file", "words"
    OTHER_HANDLER = "other-handler", "handler", "signal"
    NO_STEP = "no-step", "number", "kind"
    NO_STEP_WITH = "no-step-with", "number", "kind", "words"


class StepNote(Code):
    """What a step from an image to its program does, and when."""

    BOTH = "step-both", "one", "other"
    BUILDS = "builds", "path"
    BASE = "base"
    NO_BASE = "no-base"
    STARTS = "starts", "path"
    STARTS_BY_SHELL = "starts-by-shell", "path", "command"
    STARTS_AS_BASE = "starts-as-base"
    COPIED = "copied", "path", "source"
    NOT_COPIED = "not-copied", "path"
    OTHER_STAGE = "other-stage", "stage"
    NO_MAKEFILE = "no-makefile"
    NO_BUILD = "no-build", "path"
    NO_RULE = "no-rule", "path"
    MAKES = "makes", "path", "sources"
    MAKES_UNDER = "makes-under", "path", "sources", "condition"
    COMPILES = "compiles", "sources"
    NO_C_FILE = "no-c-file"
    ENTRY = "program-entry", "path"
    HANDLES = "handles", "code"
    FOR_EVER = "for-ever"
    WHERE = "where", "condition"
    ALL_OF = "all-of", "condition", "other"
    NEVER_REACHED = "never-reached", "number"
    TOO_LONG = "too-long"


def every_code() -> dict[str, Code]:
    """All codes of all sets by their values."""
    return {code.value: code for of in Code.__subclasses__() for code in of}
