"""What is logged while the app runs: names and cells stand in an exception's words, and the log ends on a terminal."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from core.cli.terminal import shown


class SpelledOut(logging.Filter):
    """Spells out what a terminal would obey, in the words of a record and in its traceback; no record is held back.

    The arguments stay as many as they were: some formatters, such as uvicorn's, take them apart.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; always true."""
        record.msg = _plain(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {name: _plain(given) for name, given in record.args.items()}
        elif record.args:
            record.args = tuple(_plain(given) for given in record.args)
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = shown(record.exc_text)
        return True


def spell_out() -> None:
    """Spell out every record from now on, of whichever logger; a second call changes nothing.

    Where records are made, and not at one logger or handler: those hand nothing down to loggers that propagate to
    nobody, as each of Streamlit's does, and Streamlit replaces its handlers when its settings are read.
    """
    before = logging.getLogRecordFactory()
    if not isinstance(before, _Spelling):
        logging.setLogRecordFactory(_Spelling(before))


class _Spelling:
    """Makes records as before, and spells them out."""

    def __init__(self, before: Any) -> None:
        self._before, self._filter = before, SpelledOut()

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._before(*given, **named)
        self._filter.filter(record)
        return record


def _plain(given: Any) -> Any:
    """The text, spelled out; anything else as it is, unless its words need it too."""
    if given is None or isinstance(given, int | float):
        return given
    text = str(given)
    return given if shown(text) == text else shown(text)
