"""The door of a shared app: a right join code gives the browser a pass, and only a pass leads to the app."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass

from core.cli.doors import join_code
from core.cli.doors.rate_limit import Tries

COOKIE = "plumbline_door"


@dataclass(frozen=True)
class Answer:
    """What a code led to: a pass, or the words why there is none, and the seconds to wait before the next."""

    given: str | None = None
    words: str = ""
    wait_seconds: int = 0


class Door:
    """Knows the code; passes are signed with a secret of this run and hold until the app ends."""

    def __init__(self, code: str, tries: Tries | None = None) -> None:
        """Let in who brings `code`."""
        self._code = join_code.plain(code)
        self._tries = tries or Tries()
        self._secret = secrets.token_bytes(32)

    def knock(self, code: str, address: str) -> Answer:
        """A pass for the right code. While the address has to wait, no code is looked at, not even the right one."""
        wait = math.ceil(self._tries.wait(address))
        if wait:
            words = f"There were several wrong codes. Wait {_seconds(wait)}, then try again."
            return Answer(words=words, wait_seconds=wait)
        if hmac.compare_digest(join_code.plain(code).encode(), self._code.encode()):
            self._tries.right(address)
            visitor = secrets.token_hex(16)
            return Answer(given=f"{visitor}.{self._sign(visitor)}")
        self._tries.wrong(address)
        return Answer(words="That is not the join code. Ask the person who started Plumbline.")

    def visitor(self, brought: str | None) -> str | None:
        """Who brings this pass; None where it was not given here."""
        visitor, _, sign = (brought or "").partition(".")
        return visitor if hmac.compare_digest(sign.encode(), self._sign(visitor).encode()) else None

    def _sign(self, visitor: str) -> str:
        return hmac.new(self._secret, visitor.encode(), hashlib.sha256).hexdigest()


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"
