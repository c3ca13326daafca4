"""What lies in an upload box: the file itself, or a ticket for one that waits on disk (`core.cli.doors.incoming`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.cli.doors.incoming import WAITING
from pages.components import session


@dataclass(frozen=True)
class Received:
    """A file that a person put in: its name, and its bytes to read from the beginning."""

    name: str
    file: BinaryIO
    box: UploadedFile


def taken(given: UploadedFile) -> Received:
    """The file in a box. Raises DataError where it waited too long."""
    return Received(given.name, WAITING.open(given.getvalue()), given)


def overlooked() -> tuple[str, ...]:
    """Files that were put into a box in the moment when it was renewed: the page never had them."""
    window, renewed = get_script_run_ctx(), session.renewed()
    return () if window is None or renewed is None else WAITING.overlooked(window.session_id, renewed)


def let_go(given: Iterable[Received]) -> None:
    """These are kept in the workspace now: nothing need wait for them any more."""
    for one in given:
        WAITING.forget(one.box.getvalue())
