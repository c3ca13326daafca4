"""One table of a plan file, read strictly: every key has a type, and a key that nobody took is refused."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from core.errors import PlanError

_REQUIRED: Any = object()
_AT_LINE = re.compile(r"at line (\d+)")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN = 60
_CAUSES = (
    ("overwrite", "it names a key or a table for the second time: keep one of the two"),
    ("twice", "it names a key or a table for the second time: keep one of the two"),
    (
        "escape",
        "a backslash in a text is written twice, or the text stands in single quotation marks: 'C:\\people.csv'",
    ),
    (
        "hex value",
        "a backslash in a text is written twice, or the text stands in single quotation marks: 'C:\\people.csv'",
    ),
    ("Expected '='", 'a line is a key, an equals sign and a value, such as label = "hired"'),
    ("Invalid value", 'a text stands in quotation marks, such as label = "hired"; true and false are small'),
    ("Unclosed", "a bracket or a quotation mark is opened and never closed"),
    ("Unterminated", "a quotation mark is opened and never closed"),
    ("end of line", "there is something behind the value that does not belong there"),
    ("digits", "a number has too many digits"),
)
_WORDS = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


def why_unreadable(text: str, error: str) -> str:
    """Where a plan's text is no TOML, and what is probably wrong there, from the reader's own words."""
    found, lines = _AT_LINE.search(error), text.splitlines()
    place = "at its end"
    if found is not None and 0 < int(found[1]) <= len(lines):
        place = f'line {found[1]}, "{lines[int(found[1]) - 1].strip()[:_SHOWN]}", cannot be read'
    elif found is None and "end of document" not in error:
        place = "a value cannot be read"
    cause = next((words for sign, words in _CAUSES if sign in error), "compare it with a plan that the Data page makes")
    return f"{place}; {cause}. Correct it and try again."


def in_a_plan(value: object) -> str:
    """A value as a plan file writes it behind the equals sign, on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(str(key))} = {in_a_plan(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(in_a_plan, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


class Section:
    """A TOML table being read. Each `take` removes the key from what is left; `done` refuses the rest."""

    def __init__(self, name: str, content: dict[str, Any]) -> None:
        self.name = name
        self._left = dict(content)
        self._known: list[str] = []

    def names(self) -> list[str]:
        """The keys that were not taken yet."""
        return list(self._left)

    def has(self, key: str) -> bool:
        """Whether the key stands there and was not taken yet."""
        self._known.append(key)
        return key in self._left

    def holds(self, key: str, kind: type) -> bool:
        """Whether the key's value is of this kind."""
        return isinstance(self._left.get(key), kind)

    def take(self, key: str, *kinds: type, default: Any = _REQUIRED) -> Any:
        """The key's value, of one of `kinds`; a whole number also serves where a number is asked for."""
        self._known.append(key)
        if key not in self._left:
            if default is _REQUIRED:
                raise PlanError(f"{self.name} lacks {key} ({_words(kinds)}): add it.")
            return default
        return self._cast(key, self._left.pop(key), kinds)

    def take_number(self, key: str, default: Any = _REQUIRED) -> Any:
        """The key's number as it is written, whole or not."""
        written = self._left.get(key)
        number = self.take(key, float, default=default)
        return written if isinstance(written, int) else number

    def take_list(self, key: str, *kinds: type, default: Any = _REQUIRED) -> tuple[Any, ...]:
        """The key's list, each entry of one of `kinds`."""
        values = self.take(key, list, default=default)
        return tuple(self._cast(key, value, kinds) for value in values)

    def take_choice(self, key: str, choices: tuple[str, ...]) -> Any:
        """One of the named choices, or None where the key is absent."""
        value = self.take(key, str, default=None)
        if value is not None and value not in choices:
            raise PlanError(f'{self.name} {key} is "{value}"; it takes one of {", ".join(choices)}.')
        return value

    def section(self, key: str, optional: bool = False) -> Section:
        """The table under this key; an empty one where it is optional and absent."""
        content = self.take(key, dict, default={} if optional else _REQUIRED)
        return Section(f"[{key}]" if self.name == "the plan" else f"{self.name} {key}", content)

    def sections(self, key: str) -> list[Section]:
        """The tables listed under this key; none where it is absent."""
        return [Section(f"{self.name} {key}", entry) for entry in self.take_list(key, dict, default=())]

    def done(self) -> None:
        """Refuse what nobody took."""
        for key in self._left:
            close = difflib.get_close_matches(key, self._known, n=1)
            hint = f'; did you mean "{close[0]}"?' if close else f"; it knows {', '.join(dict.fromkeys(self._known))}."
            raise PlanError(f'{self.name} has an unknown key "{key}"{hint}')

    def _cast(self, key: str, value: Any, kinds: tuple[type, ...]) -> Any:
        if isinstance(value, bool) and bool not in kinds:
            raise PlanError(
                f"{self.name} {key} is {str(value).lower()}; it takes {_words(kinds)}. A cell's text is written in"
                " quotes."
            )
        if isinstance(value, int) and not isinstance(value, bool) and float in kinds and int not in kinds:
            return self._as_float(key, value)
        if not isinstance(value, kinds):
            raise PlanError(f"{self.name} {key} is {_shown(value)}; it takes {_words(kinds)}.")
        if isinstance(value, float) and value - value != 0:
            raise PlanError(f"{self.name} {key} is {value}; it takes a finite number.")
        return value

    def _as_float(self, key: str, value: int) -> float:
        try:
            return float(value)
        except OverflowError:
            raise PlanError(f"{self.name} {key} has {len(str(value))} digits; it takes a smaller number.") from None


def _shown(value: Any) -> str:
    """A value about as a plan writes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _words(kinds: tuple[type, ...]) -> str:
    return " or ".join(_WORDS[kind] for kind in kinds)
