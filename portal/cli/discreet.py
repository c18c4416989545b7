"""What is wrong with a command line is told without the values typed: they may be a child's name, and are logged."""

import re
import sys
from typing import Any

import typer
from typer.core import TyperGroup

#: typer names only this heir of the error that every wrong command line ends in.
_WrongLine: Any = typer.BadParameter.__bases__[0]


class Discreet(TyperGroup):
    """The commands; options and the command's own name are still named where they are wrong."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _WrongLine as error:
            error.message = without_words(error.message, sys.argv[2:])
            raise


def without_words(message: str, typed: list[str]) -> str:
    """``message`` with an ellipsis for every value among ``typed``; short ones, as numbers are, stay."""
    values = [word.partition("=")[2] if word.startswith("-") else word for word in typed]
    told = [re.escape(word) for word in sorted(values, key=len, reverse=True) if len(word) > 2]
    return re.sub(rf"(?<![\w-])(?:{'|'.join(told)})(?![\w-])", "…", message) if told else message
