"""What the last finished search for fixes found, kept for the session so that picking another feels instant."""

from dataclasses import dataclass

import streamlit as st

from core.errors import PlumblineError
from core.metrics.words import rows_word
from core.metrics.words.naming.terms import Terms
from core.mitigate.advice.alike import distinct
from core.mitigate.advice.choosing import Advice, advise
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.frontier.places import PRESENT, Place, places
from core.mitigate.goals.now import goal_now
from core.mitigate.goals.test import Kept
from core.mitigate.results import Mitigated
from core.mitigate.search import Fix, Offer, offer
from core.store.fixes import Search
from pages.components import session


@dataclass(frozen=True, eq=False)
class Found:
    """The last search that came to its end, its fixes, and where they lie.

    `fixes` are those that differ, and `alike` has by the id of each all that decide as it does. `advice` says which
    one is recommended; `refused` says why a mitigation could not be tried, by name.
    """

    search: Search
    mitigated: Mitigated
    alike: dict[str, tuple[Fix, ...]]
    refused: dict[str, PlumblineError]
    places: tuple[Place, ...]
    advice: Advice

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
    """What was found; None while nothing was."""
    space = session.workspace()
    search = space.found_by(audit_id)
    if search is None:
        return None
    mitigated = _mitigated(search.id, audit_id)
    if mitigated is None:
        _mitigated.clear(search.id, audit_id)
        return None
    offered, laid, now_kept = _laid(search.id, mitigated, search.names)
    plan = mitigated.present.plan
    advice = advise(laid, mitigated.settings, plan.data.label is not None, rows_word(plan), now_kept)
    return Found(search, mitigated, distinct(offered.fixes), offered.refused, laid, advice)


def effect_of(found: Found, fix: Fix) -> Effect:
    """What a fix does on people that it was not fitted on."""
    return _effect(found.search.id, fix.id, found.mitigated, fix)


@st.cache_resource(max_entries=16, scope="session", show_spinner="Reading what was found")
def _mitigated(search_id: str, audit_id: str) -> Mitigated | None:
    return session.workspace().mitigation(audit_id)


@st.cache_resource(max_entries=16, scope="session", show_spinner="Fitting thresholds")
def _laid(search_id: str, _mitigated: Mitigated, names: tuple[str, ...]) -> tuple[Offer, tuple[Place, ...], Kept]:
    offered = offer(_mitigated, names)
    laid = places(_mitigated, [same[0] for same in distinct(offered.fixes).values()])
    return offered, laid, goal_now(_mitigated).kept


@st.cache_resource(max_entries=128, scope="session", show_spinner="Judging it on what it was not fitted on")
def _effect(search_id: str, fix_id: str, _mitigated: Mitigated, _fix: Fix) -> Effect:
    return effect(_mitigated, _fix)
