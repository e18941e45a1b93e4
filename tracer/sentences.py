"""The English form of each code: the one table of what the terminal, exports, JSON and the report say.

A form holds the arguments of its code as ``{a}``, ``{b}``, in their order. The report translates forms, so they are the
messages of its catalogs; two codes may have one form.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from tracer.codes import (
    Argument,
    Breach,
    Code,
    Detail,
    Difference,
    Ending,
    Exclusion,
    Gap,
    Message,
    Note,
    Reason,
    StepNote,
)

FORMS: Mapping[Code, str] = {
    Note.RETURNED: "returned by {a}",
    Note.STORED_IN_FIELD: "stored in the field {a}",
    Note.STORED_AS_ELEMENT_OF_FIELD: "stored as an element of the field {a}",
    Note.STORED_AS_ELEMENT: "stored as an element of {a}",
    Note.PASSED: "passed as {a} to {b}",
    Note.PASSED_UNNAMED: "passed as an argument to {a}",
    Note.ASSIGNED: "assigned to the variable {a}",
    Note.IMPLEMENTS: "{a} implements the interface in this program",
    Note.FROM_EMBEDDED: "{a} gets {b} from its embedded {c}",
    Note.PROMOTED: "promoted through the embedded {a}",
    Note.NOT_IMPLEMENTED: "it answers that the method is not implemented",
    Note.SENDS: "the stub sends the full method {a} over {b}",
    Note.DESCRIBED: "the service description gives {a} for it",
    Note.REGISTERED: "registered as the service's implementation",
    Note.CLIENT_INTERCEPTOR: "an interceptor of the client may stand between, given to {a}: {b}",
    Note.SERVER_INTERCEPTOR: "an interceptor of the server may stand between, given to {a}: {b}",
    Note.LITERAL_GIVEN: "a function literal",
    Note.STARTS_PROGRAM: "the name of the program that is started here is {a}",
    Note.FILE_NAME: "the file name of {a} is {b}",
    Note.STARTS_ITSELF: "the program starts itself here",
    Note.SAME_PROGRAM: "{a} is the same program",
    Note.ALSO_SERVED: "also served by {a}: {b}",
    Note.ALSO_SERVED_BY_FALLBACK: "also served by {a}: {b}, which answers that it is not implemented",
    Note.MAY_START: "may also start {a}: {b}",
    Note.EARLIER_RESULT: "overridden by an earlier result: {a}",
    Note.LATER_RESULT: "otherwise a later result: {a}",
    Note.OTHER_ASSIGNMENT: "overridden by another assignment: {a}",
    Note.COMES_FROM: "{a} comes from: {b}",
    Note.WHERE_HOLDS: "where this holds: {a}",
    Note.WHERE_HOLDS_NOT: "where this does not hold: {a}",
    Note.ALSO_READ: "also read by {a}: {b}",
    Note.SET_BY_DECODER: "a decoder may set {a} by its tag {b}",
    Note.OTHERWISE_STORED: "something else may be stored there: {a}",
    Note.VALUE: "{a}",
    Note.VALUE_UNKNOWN: "unknown",
    Note.VALUE_STORED: "{a}: {b}",
    Note.CONSTANT: "{a} = {b}",
    Note.READ_BY: "{a}: {b}",
    Note.INTO_FIELD: "stored in the field {a}: {b}",
    Note.INTO_VARIABLE: "stored in the variable {a}: {b}",
    Note.STORED_IN_VARIABLE: "stored in the variable {a}",
    Note.AS_ARGUMENT: "passed as {a}: {b}",
    Note.UNDER_KEY: "an entry under {a}",
    Note.ENTRY: "an entry under {a}: {b}",
    Note.LOOKED_UP: "looked up in {a}: {b}",
    Note.READ_IN: "read in {a}: {b}",
    Note.AS_RESULT: "returned by {a}: {b}",
    Note.TO_LIBRARY: "passed to {a}: {b}",
    Note.CALL: "{a}",
    Note.TYPED: "{a}: {b}",
    Note.PACKAGE: "{a}: package {b}",
    Note.PROMOTED_METHOD: "the method is promoted through the embedded {a}",
    Note.OF_INTERFACE: "the method is one of the interface {a}",
    Note.REFERS: "the answer to '{a}' refers to {b}",
    Note.HOP: "{a}. {b} {c}: {d}",
    Note.HOP_OVER_WIRE: "{a}. {b} {c} over {d}: {e}",
    Note.LEADS_TO: "{kind} {symbol}",
    Note.UNDECIDED: "unresolved: {a}: {b} ({c})",
    Note.STOPPED: "{a}: {b}",
    Note.DECLARED: "{kind} {symbol}",
    Note.NAMED: "{a}",
    Note.LINE: "{a}",
    Note.STEP: "{kind} {symbol}",
    Note.STEP_NOTED: "{a} {b} ({c})",
    Reason.UNTYPED: "the type of the called expression is not known",
    Reason.NO_TARGET: "no value of this program flows here",
    Reason.MISSING_PACKAGE: "a package is not among the sources",
    Reason.BOUND: "the search for values that flow here hit its bound",
    Reason.NO_SERVER: "no program of the investigation serves this method",
    Reason.NO_REGISTRATION: "the registered implementation could not be decided",
    Reason.FAULT: "tracer failed on this code, which is a fault of its own",
    Detail.TYPE: "{a}",
    Detail.INTERFACE: "the interface is {a}",
    Detail.METHOD: "{a}",
    Detail.MISSING_C: "C's {a} is not among the sources",
    Detail.MISSING_IMPORT: "package {a} is not among the sources",
    Detail.NOT_IN_PACKAGE: "package {a} declares no {b} in this build",
    Detail.NOT_IN_TYPE: "{a} has no {b}",
    Detail.OPERAND_UNTYPED: "the type of the operand of .{a} is not known",
    Detail.NAME_UNTYPED: "the type of {a} is not known",
    Detail.UNDECLARED: "{a} is not declared",
    Detail.EXPRESSION_UNTYPED: "the called expression has no known type",
    Detail.ERROR: "{a}",
    Gap.TOO_MANY_FUNCTIONS: "more than {a} functions would have to be looked at",
    Gap.TOO_DEEP: "elements of more than {a} containers in one another",
    Gap.TOO_FAR: "the value goes to more than {a} places",
    Gap.TOO_MANY_PLACES: "its value goes to more than {a} places",
    Gap.CALLED_WITH: "the facts do not tell all that {a} is called with",
    Gap.CALLS_WITH: "the facts do not tell all that {a} calls its arguments with",
    Gap.RETURNS: "the facts of {a} do not tell all that it returns",
    Gap.SET_INSIDE: "{a} may be set inside the library, whose facts do not tell it",
    Gap.PANICS: "what the library and the runtime panic with is not told",
    Exclusion.ANOTHER_WAY: "also a target of this call; the chain goes another way",
    Exclusion.TEST_FILE: "declared in a test file",
    Exclusion.NOT_LINKED: "not linked into {a} for {b}",
    Exclusion.NEVER_MADE: "no code that is used makes a value of this type",
    Exclusion.NEVER_FLOWS: "no value of this type flows here",
    Ending.NO_CALLER: "no call of this was found in the programs looked at",
    Ending.CUT_OFF: "the search was cut off at {a} functions",
    Ending.CUT_OFF_AFTER: "the search was cut off after {a} functions",
    Ending.UNDECIDED: "{a}: {b} ({c})",
    Ending.NOT_STARTED: "{a}: {b} is no program of the investigation",
    Ending.UNNAMED: "{a}: the name of the program that is started here is not known",
    Difference.NAME: "name: {a} → {b}",
    Difference.PLACE: "declared: {a} → {b}",
    Difference.VALUE: "value: {a} → {b}",
    Difference.SITE: "site: {a} → {b}",
    Difference.KIND: "kind: {a} → {b}",
    Difference.RULE: "rule: {a} → {b}",
    Difference.WIRE: "wire: {a} → {b}",
    Difference.STILL_DECLARED: "still declared: {a}",
    Difference.ALREADY_DECLARED: "already declared: {a}",
    Breach.BOTH: "{a}; {b}",
    Breach.ERROR: "{a}",
    Breach.ENTRY: "the entry: {a}",
    Breach.AFTER: "after {a}: {b}",
    Breach.NO_SYMBOL: "no symbols of the chains are called that",
    Breach.SEVERAL_SYMBOLS: "{a} symbols of the chains are called that",
    Breach.NO_CHAINS: "no chain to {a} was found",
    Breach.NO_CHAIN: "no chain leads from {a} to {b}",
    Breach.NOT_LED_TO: "hop {a}: {b} does not lead to {c}",
    Breach.NOT_AS_CLAIMED: "hop {a}: {b} does not lead to {c} as is claimed: {d}",
    Breach.OTHER_KIND: "it is of kind {a}, not {b}",
    Breach.OTHER_METHOD: "it is sent to {a}, not to {b}",
    Breach.NO_METHOD: "it is sent to nothing, not to {a}",
    Breach.OTHER_PLACE: "it stands at {a}, not at {b}",
    Breach.NOT_IN_EVIDENCE: "no evidence of it says '{a}'",
    Breach.OTHER_END: "the hops end at {a}, and the chain at {b}",
    Breach.NO_VALUE: "it is no constant whose value is known",
    Breach.OTHER_VALUE: "its value is not {a}",
    Breach.NOT_THERE: "it is not declared at {a}",
    Breach.NOT_IN_LINE: "line {a} does not hold '{b}'",
    Breach.NOT_IN_FILE: "it does not hold '{a}'",
    Breach.OTHER_HANDLER: "{a} is not the handler that is given for {b}",
    Breach.NO_STEP: "step {a}: there is no {b}",
    Breach.NO_STEP_WITH: "step {a}: no {b} holds '{c}'",
    StepNote.BOTH: "{a}; {b}",
    StepNote.BUILDS: "a rule builds the image from {a}",
    StepNote.BASE: "what the image begins with",
    StepNote.NO_BASE: "there is no FROM in it",
    StepNote.STARTS: "it starts {a}",
    StepNote.STARTS_BY_SHELL: "it starts {a} by {b}",
    StepNote.STARTS_AS_BASE: "the image starts what its base starts",
    StepNote.COPIED: "{a} is {b}",
    StepNote.NOT_COPIED: "no ADD or COPY puts {a} there: it is part of the base, or made by a RUN",
    StepNote.OTHER_STAGE: "it is made in the stage {a}",
    StepNote.NO_MAKEFILE: "no Makefile is given that would make it",
    StepNote.NO_BUILD: "no rule builds an image from {a}, so its context is not known",
    StepNote.NO_RULE: "no rule of {a} has it as a target",
    StepNote.MAKES: "makes {a} from {b}",
    StepNote.MAKES_UNDER: "makes {a} from {b}, under {c}",
    StepNote.COMPILES: "compiles {a}",
    StepNote.NO_C_FILE: "no C file is among its prerequisites",
    StepNote.ENTRY: "the program's entry, in {a}",
    StepNote.HANDLES: "{a}",
    StepNote.FOR_EVER: "for ever",
    StepNote.WHERE: "where {a}",
    StepNote.ALL_OF: "{condition} and {other}",
    StepNote.NEVER_REACHED: "never reached: nothing leaves the loop at line {a}",
}

_FIELD = re.compile(r"\{(\w+)\}")


@functools.cache
def fields(form: str) -> tuple[str, ...]:
    """The places for arguments in a form, in their order."""
    return tuple(dict.fromkeys(_FIELD.findall(form)))


def filling(message: Message) -> dict[str, Argument]:
    """The arguments of a message by their places in its form."""
    return dict(zip(fields(FORMS[message.code]), message.arguments, strict=True))


def sentence(message: Message) -> str:
    """A message in English, with its arguments as they are."""
    given = filling(message)
    parts = _FIELD.split(FORMS[message.code])
    return "".join(text(given[part]) if i % 2 else part for i, part in enumerate(parts))


def text(argument: Argument) -> str:
    """An argument in English."""
    return argument if isinstance(argument, str) else sentence(argument)
