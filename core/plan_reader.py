"""One table of a plan file, read strictly: every key has a type, and a key that nobody took is refused."""

from __future__ import annotations

import difflib
import json
from typing import Any

from core.errors import PlanError

_REQUIRED: Any = object()
_WORDS = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


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
