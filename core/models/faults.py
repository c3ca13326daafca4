"""What a library says when it fails, in plain words where the cause is known, else cut to one line of a message."""

import re

from core.errors import ModelError

MOST_CHARACTERS = 200
FEATURES = "features = [...] under [decision]"
_WHICH = "Name its columns in their order"
# What libraries say, and what it means for whoever has the table before them.
CAUSES = (
    (
        re.compile(r"could not convert string to float: (?P<what>.{1,60})"),
        "it computes with numbers, and a cell holds {what}. Write numbers there, or save the model with an encoder for"
        " that column",
    ),
    (
        re.compile(r"X has (?P<given>\d+) features.* expecting (?P<wanted>\d+)"),
        "it takes {wanted} columns and was given {given}. Name its columns in their order",
    ),
    (
        re.compile(r"(Input|X) \w*\s*contains (infinity|NaN)", re.I),
        "it cannot take missing or endless numbers. Fill those cells, leave the rows out with keep, or save a model"
        " with an imputer",
    ),
    (
        re.compile(r"[Ff]ound unknown categor\w+ (?P<what>\[.{1,80}?\])"),
        "it has never seen the values {what}. Correct these cells, leave the rows out with keep, or train its encoder"
        " to ignore unknown values",
    ),
    (
        re.compile(r"Got invalid dimensions for input: (?P<what>\S+)"),
        "its input {what} takes another number of columns than it was given. Name its columns in their order",
    ),
)


def first_line(error: Exception) -> str:
    """The first line of an error's text, or the name of its type."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:MOST_CHARACTERS]


def failed(name: str, said: str) -> ModelError:
    """What a person reads when the model called `name` fails while it scores: the cause where it is known."""
    for pattern, words in CAUSES:
        found = pattern.search(said)
        if found is not None:
            asks = "features" if words.endswith(_WHICH) else ""
            said = f'"{name}" cannot score these rows: {words.format(**found.groupdict())}.'
            return ModelError(said, in_plan=FEATURES if asks else "", asks=asks)
    return ModelError(
        f'"{name}" failed while scoring. Its library says: {said}. Check that each column holds what the model was'
        " trained on, or put its predictions into a column of the table and audit that."
    )
