"""No terminal obeys what the app logs, whichever of Streamlit's loggers says it."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from streamlit.logger import get_logger

from core.cli.app import APP
from core.cli.log_safety import spell_out

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
SPELLED = "\\x1b]0;owned\\x07\\x1b[2J"


@pytest.fixture(autouse=True)
def spelling() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    spell_out()
    spell_out()
    yield
    logging.setLogRecordFactory(before)


@pytest.fixture(params=["streamlit.error_util", "uvicorn.error", "core.jobs.supervisor"])
def written(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger as Streamlit sets it up, and what its own handler writes."""
    logger, stream = get_logger(request.param), io.StringIO()
    handler = logger.streamlit_console_handler  # type: ignore[attr-defined]
    before = handler.setStream(stream)
    yield logger, stream
    handler.setStream(before)


def test_an_exceptions_words_and_traceback_are_spelled_out(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    try:
        raise ValueError(f"no column {ESCAPE}") from KeyError(f"{ESCAPE}\u202e")
    except ValueError as problem:
        logger.error("Uncaught app exception", exc_info=problem)
        logger.error("%s of %d: %s", ESCAPE, 3, problem)
        logger.error("%(name)s", {"name": ESCAPE})
        logger.error(problem)
    said = stream.getvalue()
    assert "\x1b" not in said and "\x07" not in said and "\u202e" not in said
    assert said.count(SPELLED) >= 5
    assert "Traceback (most recent call last):\n  File " in said
    assert f"{SPELLED} of 3: no column {SPELLED}\n" in said


def test_what_a_page_raises_goes_through_the_log() -> None:
    """In a process of its own, where Streamlit reads the app's settings as it does when the app starts."""
    program = (
        "from streamlit import config, error_util; from core.cli.log_safety import spell_out\n"
        "config.get_config_options(); spell_out()\n"
        f"error_util._log_uncaught_app_exception(ValueError({ESCAPE!r}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=APP.parent, capture_output=True, text=True, check=True)
    assert f"ValueError: {SPELLED}\n" in ran.stderr and "\x1b" not in ran.stdout + ran.stderr


def test_plain_records_stay_as_they_were(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.error("100 %% of %s", "Señor Müller")
    assert stream.getvalue().endswith("100 % of Señor Müller\n")
