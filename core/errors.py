"""Everything that can go wrong, and what a person reads when it does.

    PlumblineError
    ├── PlanError       the plan asks for something that cannot be done
    ├── DataError       the table cannot be read, or a cell is not what its role needs
    ├── ModelError      the model file is refused, does not fit the table, or gave unusable numbers
    ├── MergeError      two tables of counts that do not describe the same thing were added
    └── JobError        a job ended without a usable result: it died, ran out of time or memory, or was cancelled

Each message is one line in plain words: what is wrong, where (file, row, column), and what to do next.
"""

from collections.abc import Iterable

MOST_QUOTED = 12


def quoted(names: Iterable[str]) -> str:
    """Names as a message shows them: in quotation marks, the first few of many."""
    names = list(names)
    shown = ", ".join(f'"{name}"' for name in names[:MOST_QUOTED])
    return f"{shown} and {len(names) - MOST_QUOTED} more" if len(names) > MOST_QUOTED else shown


class PlumblineError(Exception):
    """A problem that the person who runs the audit can act on."""


class PlanError(PlumblineError):
    """The plan asks for something that cannot be done."""


class DataError(PlumblineError):
    """The table cannot be read, or a cell is not what its role needs."""


class ModelError(PlumblineError):
    """The model file is refused, does not fit the table, or gave unusable numbers.

    `snippet` holds lines of Python that make a file Plumbline can read, for pages that can show more than one line.
    """

    def __init__(self, message: str, *, snippet: str | None = None) -> None:
        """Keep the message, and the snippet beside it."""
        super().__init__(message)
        self.snippet = snippet


class MergeError(PlumblineError):
    """Two tables of counts that do not describe the same thing were added."""


class JobError(PlumblineError):
    """A job ended without a usable result."""


# A job writes the name of its error; the supervisor raises the same type from it.
BY_NAME = {kind.__name__: kind for kind in (PlanError, DataError, ModelError, MergeError, JobError)}
