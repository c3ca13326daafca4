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
    """A problem that the person who runs the audit can act on.

    `message` holds for everybody. `in_plan` is what answers it in a plan file, such as `features = [...] under
    [decision]`: the command says it too, a page has a control for it.
    """

    def __init__(self, message: str = "", *, in_plan: str = "") -> None:
        """Keep both."""
        super().__init__(message)
        self.message, self.in_plan = message, in_plan

    def __str__(self) -> str:
        """Both, one after the other; not the arguments, to which torch adds words of its own on the way up."""
        return f"{self.message} In a plan file: {self.in_plan}." if self.in_plan else self.message


class PlanError(PlumblineError):
    """The plan asks for something that cannot be done."""


class DataError(PlumblineError):
    """The table cannot be read, or a cell is not what its role needs."""


class ModelError(PlumblineError):
    """The model file is refused, does not fit the table, or gave unusable numbers.

    `snippet` names the lines of Python that make a file Plumbline can read, a row of
    `core.models.refusals.snippets.SNIPPETS`, for pages that can show more than one line;
    `asks` names the key of `[decision]` that a page asks for, "features" or "text", where that would answer it.
    """

    def __init__(self, message: str = "", *, in_plan: str = "", snippet: str = "", asks: str = "") -> None:
        """Keep the message, and the rest beside it."""
        super().__init__(message, in_plan=in_plan)
        self.snippet, self.asks = snippet, asks


class MergeError(PlumblineError):
    """Two tables of counts that do not describe the same thing were added."""


class JobError(PlumblineError):
    """A job ended without a usable result."""


# A job writes the name of its error; the supervisor raises the same type from it.
BY_NAME = {kind.__name__: kind for kind in (PlanError, DataError, ModelError, MergeError, JobError)}
