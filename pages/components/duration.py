"""How long something takes, as people say it before it is over: from so long to so long."""

_SECONDS = (1, 2, 3, 5, 10, 15, 20, 30, 45)
_STEPS = (*_SECONDS, *(60 * s for s in _SECONDS), *(3600 * s for s in (1, 2, 3, 5, 10, 24)))
# What is reckoned beforehand is right within this factor on a machine with nothing else to do.
_FACTOR = 2.0


def between(seconds: float) -> str:
    """From half of what is reckoned to twice as long, in round numbers: "5 to 20 s", "under 3 s", "over 10 h"."""
    return _range(seconds / _FACTOR, seconds * _FACTOR)


def left(least: float, most: float) -> str:
    """How long something still takes: "about 2 to 10 min left", and "at most 15 min left" where no more is known."""
    if most <= 1:
        return "about to end"
    return f"about {_range(least, most)} left" if least > 0 else f"at most {_said(_at_least(most))} left"


def _at_least(seconds: float) -> float:
    """The next round number of seconds."""
    return min((step for step in _STEPS if step >= seconds), default=seconds)


def _range(least: float, most: float) -> str:
    """From the round number below `least` to the one above `most`."""
    low = max((step for step in _STEPS if step <= least), default=0)
    high = min((step for step in _STEPS if step >= most), default=None)
    if high is None:
        return f"over {_said(low)}"
    if low <= 1:
        return f"under {_said(high)}"
    first, last = _said(low), _said(high)
    same = first.split()[1] == last.split()[1]
    return f"{first.split()[0] if same else first} to {last}"


def _said(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
