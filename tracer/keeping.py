"""Answers as they are kept: records of the model as JSON, and back."""

from __future__ import annotations

from typing import TypeVar

from cattrs.preconf.json import JsonConverter, make_converter

from tracer.codes import Argument, Code, Message, every_code

_T = TypeVar("_T")


def _converter() -> JsonConverter:
    made = make_converter()
    codes = every_code()

    def code(value: str, of: type[Code]) -> Code:
        # A message is of any set.
        return codes[value] if of is Code else of(value)

    def argument(value: str | dict[str, object], _: object) -> Argument:
        return value if isinstance(value, str) else made.structure(value, Message)

    made.register_structure_hook(Code, code)
    made.register_structure_hook_func(lambda of: of == Argument, argument)
    return made


_CONVERTER = _converter()


def written(answer: object) -> bytes:
    """An answer to be kept."""
    return _CONVERTER.dumps(answer).encode()


def read(kept: bytes, of: type[_T]) -> _T:
    """The same answer again."""
    return _CONVERTER.loads(kept, of)
