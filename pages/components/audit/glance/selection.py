"""What the page is turned to: one question and one table of groups, for title, cards, picture and grid alike."""

from dataclasses import dataclass

import streamlit as st

from core.metrics.gaps import Measure
from core.metrics.reference import By
from core.report.words.overview import Overview
from pages.components import session

MEASURE, BY, CARD = "measure", "by", "card"


@dataclass(frozen=True)
class Chosen:
    """A question, the table that it is asked of, and the card that this table belongs to."""

    measure: Measure
    by: By
    card: int


def chosen(audit_id: str, overview: Overview, meant: By = ()) -> Chosen:
    """What was chosen last; at first the columns that are `meant`, else where the answer begins."""
    measure, by = overview.opening
    by = meant if meant in overview.tables else by
    names = [one.name for one in overview.measures]
    session.seed(session.field(audit_id, MEASURE), measure.name)
    session.seed(session.field(audit_id, BY), overview.tables.index(by))
    name, place = (st.session_state[session.field(audit_id, key)] for key in (MEASURE, BY))
    if name in names:
        measure = overview.measures[names.index(name)]
    by = overview.tables[min(place, len(overview.tables) - 1)]
    return Chosen(measure, by, overview.card_of(by))


def choose(audit_id: str, overview: Overview, by: By, measure: Measure | None = None) -> None:
    """Turn the page to a table, and to a question where one is named: from a callback."""
    session.put(session.field(audit_id, BY), overview.tables.index(by))
    session.put(session.field(audit_id, CARD), overview.card_of(by))
    if measure is not None:
        session.put(session.field(audit_id, MEASURE), measure.name)
