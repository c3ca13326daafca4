"""What a library says when it fails, in plain words where the cause is known, else cut to one line of a message."""

import re
from typing import NamedTuple

from core.data.cell_reading.advice import KEEP
from core.errors import ModelError

MOST_CHARACTERS = 200
FEATURES = "features = [...] under [decision]"


class Cause(NamedTuple):
    """What a library says, and what it means for whoever has the table before them.

    `in_plan` is what answers it in a plan file, `asks` the key that a page asks for.
    """

    says: re.Pattern[str]
    words: str
    in_plan: str = ""
    asks: str = ""


CAUSES = (
    Cause(
        re.compile(r"could not convert string to float: (?P<what>.{1,60})"),
        "it computes with numbers, and a cell holds {what}. Write numbers there, or save the model with an encoder for"
        " that column",
    ),
    Cause(
        re.compile(r"X has (?P<given>\d+) features.* expecting (?P<wanted>\d+)"),
        "it takes {wanted} columns and was given {given}. Name its columns in their order",
        FEATURES,
        "features",
    ),
    Cause(
        re.compile(r"(Input|X) \w*\s*contains (infinity|NaN)", re.I),
        "it cannot take missing or endless numbers. Fill those cells, leave their rows out, or save a model with an"
        " imputer",
        KEEP,
    ),
    Cause(
        re.compile(r"[Ff]ound unknown categor\w+ (?P<what>\[.{1,80}?\])"),
        "it has never seen the values {what}. Correct these cells, leave their rows out, or train its encoder to"
        " ignore unknown values",
        KEEP,
    ),
    Cause(
        re.compile(r"Got invalid dimensions for input: (?P<what>\S+)"),
        "its input {what} takes another number of columns than it was given. Name its columns in their order",
        FEATURES,
        "features",
    ),
)


def first_line(error: BaseException) -> str:
    """The first line of an error's text, or the name of its type."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:MOST_CHARACTERS]


def failed(name: str, said: str) -> ModelError:
    """What a person reads when the model called `name` fails while it scores: the cause where it is known."""
    for cause in CAUSES:
        found = cause.says.search(said)
        if found is not None:
            said = f'"{name}" cannot score these rows: {cause.words.format(**found.groupdict())}.'
            return ModelError(said, in_plan=cause.in_plan, asks=cause.asks)
    return ModelError(
        f'"{name}" failed while scoring. Its library says: {said}. Check that each column holds what the model was'
        " trained on, or put its predictions into a column of the table and audit that."
    )
