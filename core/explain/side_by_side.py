"""An explanation that several sandboxed jobs compute side by side, each of its share of the people, and its joining.

Each job chooses the same people, and sees what goes along with whom among all of them; the first makes the checks.
Sums are exact until all are added, and chunks are those of one job, so that what is joined is what one job finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

from core.explain.explanation import Explanation, most_changed
from core.explain.groups.exemplars import most_telling
from core.explain.share import chunks_in


def shared_requests(request: Mapping[str, Any], workers: int, people: int) -> list[dict[str, Any]]:
    """A request for each of at most so many `workers`: no more than there are chunks in as many people."""
    of = min(workers, chunks_in(people))
    if of == 1:
        return [dict(request)]
    return [{**request, "share": {"place": place, "of": of}} for place in range(of)]


def joined(found: Sequence[Explanation], people: int) -> Explanation | None:
    """What one job would have found that had explained everybody, from what each job found, the first first.

    None where they do not agree on what all of them looked at, as where the GPU of one failed, or where they have not
    explained, together and each once, as many of `people` as there are.
    """
    first, *others = found
    if not others:
        return first
    if not all(_agree(first, other) for other in others):
        return None
    before = reduce(add, [each.before for each in found])
    changed = [person for each in found for person in each.changed]
    telling = [person for each in found for person in each.telling]
    if before.people != min(first.kept, people) or _is_twice([person.row for person in changed]):
        return None
    if len({person.image.shape for person in telling}) > 1 or _is_twice([person.row for person in telling]):
        return None
    after = [each.after for each in found if each.after is not None]
    pairs = [each.paired for each in found if each.paired is not None]
    return replace(
        first,
        before=before,
        after=reduce(add, after) if after else None,
        paired=reduce(add, pairs) if pairs else None,
        changed=most_changed(changed),
        telling=most_telling(telling, before.groups),
        warnings=tuple(dict.fromkeys(words for each in found for words in each.warnings)),
        seconds={name: max(each.seconds.get(name, 0.0) for each in found) for name in first.seconds},
        at_once=tuple(map(min, *(each.at_once for each in found))),
    ).settled


def _agree(first: Explanation, other: Explanation) -> bool:
    """Whether two jobs looked at the same people with the same model, in the same place."""
    return all(
        getattr(first, name) == getattr(other, name)
        for name in ("method", "features", "kept", "base", "proxies", "device", "versions")
    ) and (first.before.groups == other.before.groups)


def _is_twice(rows: Sequence[int]) -> bool:
    return len(set(rows)) < len(rows)
