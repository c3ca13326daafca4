"""The explicit tables of what Plumbline can do: no name twice, and an unknown name is answered with the known ones."""

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar

from core.errors import PlanError


class Named(Protocol):
    """A row: anything with a name."""

    @property
    def name(self) -> str:
        """What plans, pages and files call this row."""
        ...


Row = TypeVar("Row", bound=Named)


class Table(Mapping[str, Row], Generic[Row]):
    """Rows by name, in the order in which they were written."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        """Keep the rows of a mapping whose keys are their names."""
        self._rows = dict(rows)

    def __getitem__(self, name: str) -> Row:
        """Look one row up. Raises PlanError listing the known names."""
        if name not in self._rows:
            kind = _words(type(next(iter(self._rows.values()))).__name__)
            raise PlanError(f'There is no {kind} named "{name}"; known are {", ".join(self._rows)}.')
        return self._rows[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def called(reference: str) -> Any:
    """The function or class that a row names as "module:name", imported now: rows load nothing that they only name."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def _words(name: str) -> str:
    """A class name as words: "StandardPolicy" is a "standard policy"."""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower()


def table(*rows: Row) -> Table[Row]:
    """Rows as a table. Raises ValueError, a mistake in the code, when two rows share a name."""
    names = [row.name for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"these names stand in the table twice: {twice}")
    return Table(dict(zip(names, rows, strict=True)))
