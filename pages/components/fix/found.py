"""What the last finished search for fixes found, kept for the session so that picking another feels instant."""

from dataclasses import dataclass

import streamlit as st

from core.errors import PlumblineError
from core.metrics.words import rows_word
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.frontier.places import PRESENT, Place, places
from core.mitigate.results import Mitigated
from core.mitigate.search import Fix, Offer, offer
from core.report.advice.choosing import Advice, advise
from core.store.fixes import Search
from pages.components import session


@dataclass(frozen=True, eq=False)
class Found:
    """The last search that came to its end, its fixes, and where they lie.

    `advice` says which fix would be tried first; `refused` says why a mitigation could not be tried, by name.
    """

    search: Search
    mitigated: Mitigated
    fixes: tuple[Fix, ...]
    refused: dict[str, PlumblineError]
    places: tuple[Place, ...]
    advice: Advice

    @property
    def has_outcome(self) -> bool:
        """Whether it is known what really happened."""
        return self.mitigated.present.plan.data.label is not None

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
    offered, laid = _laid(search.id, mitigated, search.names)
    plan = mitigated.present.plan
    advice = advise(laid, mitigated.settings, plan.data.label is not None, rows_word(plan))
    return Found(search, mitigated, offered.fixes, offered.refused, laid, advice)


def effect_of(found: Found, fix: Fix) -> Effect:
    """What a fix does on people that it was not fitted on."""
    return _effect(found.search.id, fix.id, found.mitigated, fix)


@st.cache_resource(max_entries=16, scope="session", show_spinner="Reading what was found")
def _mitigated(search_id: str, audit_id: str) -> Mitigated | None:
    return session.workspace().mitigation(audit_id)


@st.cache_resource(max_entries=16, scope="session", show_spinner="Fitting thresholds")
def _laid(search_id: str, _mitigated: Mitigated, names: tuple[str, ...]) -> tuple[Offer, tuple[Place, ...]]:
    offered = offer(_mitigated, names)
    return offered, places(_mitigated, offered.fixes)


@st.cache_resource(max_entries=128, scope="session", show_spinner="Judging it on what it was not fitted on")
def _effect(search_id: str, fix_id: str, _mitigated: Mitigated, _fix: Fix) -> Effect:
    return effect(_mitigated, _fix)
