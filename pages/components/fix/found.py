"""What the last finished search for fixes found, kept for the session so that picking another feels instant."""

from dataclasses import dataclass

import streamlit as st

from core.errors import PlumblineError
from core.metrics.words.naming.terms import Terms
from core.mitigate.advice.duplicates import distinct
from core.mitigate.advice.recommendation import Recommendation, advise
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.fix import Fix
from core.mitigate.frontier.places import PRESENT, Place, places
from core.mitigate.goals.goal_test import Kept
from core.mitigate.goals.present_gap import goal_now
from core.mitigate.results import Mitigated
from core.mitigate.search import Offer, offer
from core.store.fixes import Search, SoFar
from pages.components import session


@dataclass(frozen=True, eq=False)
class Found:
    """What the last search found, as far as it came: its fixes, and where they lie.

    `so_far` is of a search that works still, and None of one that has ended. `alike` has, by the id of each fix that
    differs, all that decide as it does. `advice` says which one is recommended; `refused` says why a mitigation could
    not be tried, by name.
    """

    search: Search
    mitigated: Mitigated
    alike: dict[str, tuple[Fix, ...]]
    refused: dict[str, PlumblineError]
    places: tuple[Place, ...]
    advice: Recommendation
    so_far: SoFar | None = None

    @property
    def has_outcome(self) -> bool:
        """Whether it is known what really happened."""
        return self.mitigated.present.plan.data.label is not None

    @property
    def terms(self) -> Terms:
        """What the plan calls things."""
        return Terms.of(self.mitigated.present.plan)

    @property
    def fixes(self) -> tuple[Fix, ...]:
        return tuple(same[0] for same in self.alike.values())

    @property
    def picked(self) -> str | None:
        """The fix that the person looked at last, under the name of the one that stands for all that decide so."""
        picked = self.search.picked
        return next((name for name, same in self.alike.items() if picked in [fix.id for fix in same]), None)

    def fix(self, fix_id: str) -> Fix:
        return next(fix for fix in self.fixes if fix.id == fix_id)

    def place(self, fix_id: str) -> Place:
        return next(place for place in self.places if place.id == fix_id)

    @property
    def now(self) -> Place:
        return self.place(PRESENT)


def load(audit_id: str) -> Found | None:
    """What was found: by the search that works on it, as soon as it has found anything, else by the last; or None."""
    space = session.workspace()
    so_far = space.so_far(audit_id)
    mitigated = None if so_far is None else _found_so_far(so_far.search.id, so_far.file, audit_id, so_far)
    if so_far is not None and mitigated is not None:
        return _found(so_far.search, mitigated, so_far)
    search = space.found_by(audit_id)
    if search is None:
        return None
    mitigated = _mitigated(search.id, audit_id)
    if mitigated is None:
        _mitigated.clear(search.id, audit_id)
        return None
    return _found(search, mitigated, None)


def _found(search: Search, mitigated: Mitigated, so_far: SoFar | None) -> Found:
    offered, laid, now_kept = _laid(search.id, _file(so_far), mitigated, search.names)
    terms, plan = Terms.of(mitigated.present.plan), mitigated.present.plan
    advice = advise(laid, mitigated.settings, plan.data.label is not None, terms, now_kept)
    return Found(search, mitigated, distinct(offered.fixes), offered.refused, laid, advice, so_far)


def effect_of(found: Found, fix: Fix) -> Effect:
    """What a fix does on people that it was not fitted on."""
    return _effect(found.search.id, _file(found.so_far), fix.id, found.mitigated, fix)


def _file(so_far: SoFar | None) -> str:
    """What tells apart what one search had found by and by."""
    return "" if so_far is None else so_far.file


@st.cache_resource(max_entries=16, scope="session", show_spinner="Reading what was found")
def _mitigated(search_id: str, audit_id: str) -> Mitigated | None:
    return session.workspace().mitigation(audit_id)


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def _found_so_far(search_id: str, file: str, audit_id: str, _so_far: SoFar) -> Mitigated | None:
    return session.workspace().found_so_far(audit_id, _so_far)


@st.cache_resource(max_entries=16, scope="session", show_spinner="Fitting thresholds")
def _laid(
    search_id: str, file: str, _mitigated: Mitigated, names: tuple[str, ...]
) -> tuple[Offer, tuple[Place, ...], Kept]:
    offered = offer(_mitigated, names)
    laid = places(_mitigated, [same[0] for same in distinct(offered.fixes).values()])
    return offered, laid, goal_now(_mitigated).kept


@st.cache_resource(max_entries=128, scope="session", show_spinner="Judging it on what it was not fitted on")
def _effect(search_id: str, file: str, fix_id: str, _mitigated: Mitigated, _fix: Fix) -> Effect:
    return effect(_mitigated, _fix)
