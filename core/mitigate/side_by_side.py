"""A search whose prices on the gap are tried side by side: a sandboxed job for each part of them, their finds joined.

Each job divides the people, and trains without a price, as the others do: what it finds depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.jobs.untrusted import believing_nothing
from core.mitigate.candidate import Decided, Mitigated, Proposed
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.results import RETRAINED, check_proposed


def shared_requests(
    request: Mapping[str, Any], ways: Sequence[str], workers: int, of_large: bool = False
) -> list[dict[str, Any]]:
    """A request for each job: the first tries all `ways`, with its share of the prices; each other the rest of these.

    There are no more jobs than prices, and one where no way has any. `of_large` is as `Share` has it.
    """
    priced = [name for name in ways if name in MITIGATIONS and MITIGATIONS[name].prices]
    of = min([workers, *(len(MITIGATIONS[name].prices) for name in priced)]) if priced else 1
    if of == 1:
        return [{**request, "with": list(ways)}]
    shares = [{"place": place, "of": of, "of_large": of_large} for place in range(of)]
    return [{**request, "with": priced if share["place"] else list(ways), "share": share} for share in shares]


def joined(found: Sequence[Mitigated]) -> Mitigated | None:
    """What one job would have found that had tried all prices, from what each job found, the first first.

    A way that one of them could not try is refused, as it is where one of its trainings fails. None where they do not
    agree on what all of them did, as where the GPU of one failed and the CPU decides otherwise near a threshold.
    Raises JobError where two of them propose the same thing, or all of them more than one job may.
    """
    first, *others = found
    if not others:
        return first
    if not all(_agree(first, other) for other in others):
        return None
    refused = {name: error for each in reversed(found) for name, error in each.refused.items()}
    priced = _priced(found)
    with believing_nothing():
        check_proposed([proposal.id for proposal in (*first.proposals, *_priced(others))])
    kept = [proposal for proposal in _with(priced, first.proposals) if proposal.mechanism not in refused]
    if all(proposal.baseline is None for proposal in kept):  # then nothing is compared with it
        kept = [proposal for proposal in kept if proposal.id != RETRAINED]
    return replace(first, proposals=tuple(kept), refused=refused)


def _with(priced: Sequence[Proposed], proposals: Sequence[Proposed]) -> list[Proposed]:
    """The proposals with these in the place of those that have a price, rising."""
    places = [place for place, proposal in enumerate(proposals) if proposal.strength is not None]
    if not places:
        return list(proposals)
    rising = sorted(priced, key=lambda proposal: proposal.strength or 0.0)
    return [*proposals[: places[0]], *rising, *proposals[places[-1] + 1 :]]


def _priced(found: Sequence[Mitigated]) -> list[Proposed]:
    return [proposal for each in found for proposal in each.proposals if proposal.strength is not None]


def _agree(first: Mitigated, other: Mitigated) -> bool:
    """Whether two jobs found the same tables, and the same of everybody whom both decided about."""
    if first.tables != other.tables:
        return False
    trained = [[p.decided for p in each.proposals if p.id == RETRAINED] for each in (first, other)]
    return all(_same(*pair) for pair in [(first.present, other.present), *zip(*trained, strict=False)])


def _same(one: Decided, other: Decided) -> bool:
    pairs = [(counts, other.counts[part]) for part, counts in one.counts.items()]
    return all(mine.axis == its.axis and np.array_equal(mine.n, its.n) for mine, its in pairs)
