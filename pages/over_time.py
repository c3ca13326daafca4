"""The page of one question over time: whether it got worse, the next month's table, and every audit so far."""

import streamlit as st

from core.errors import PlumblineError
from pages.components import job_status, plain, session
from pages.components.over_time import (
    answer,
    audits,
    batch,
    drift,
    drop,
    empty,
    followed,
    months,
    take_away,
    watching,
    which,
)

try:
    working = session.workspace().batches.unfinished_drops()
    asked = which.ask()
    if asked is None:
        if (opened := session.current()) is not None:
            job_status.show(opened)
        empty.show()
        st.stop()
    found = followed.of(asked)
    at_work = batch.at_work(asked.members, working)
    if at_work is None:
        answer.title(found)
    else:  # a year of which half is audited may say what the whole does not
        batch.progress(at_work, asked.members, 0 if found is None else len(found.series.records))
    batch.show(asked.members, asked.first)
    months.offer(asked)
    audits.ask_periods(asked, found)
    few = found is None or not found.series.is_ready
    if few:
        drop.ask(asked)
    if found is not None:
        answer.show(found, is_final=at_work is None)
        if at_work is None:
            watching.tell(found)
        watching.offer(asked, found)
        drift.show(found)
    if not few:
        st.header("The next month", anchor=False)
        drop.ask(asked)
    if found is not None:
        audits.show(asked, found)
        take_away.show(found)
except PlumblineError as error:
    st.error(plain.escape(error.message))
