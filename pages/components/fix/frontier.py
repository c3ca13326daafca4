"""Every fix in one picture, by gap and cost, and the list to pick from."""

from functools import partial

import streamlit as st

from core.metrics.words import listed, rows_word
from core.metrics.words.naming.terms import Terms
from core.mitigate.frontier.places import PRESENT, place_words
from core.mitigate.goals.goal_test import goal_words
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.results import CHOOSE
from core.mitigate.search import weights_alone
from core.mitigate.settings import Settings
from core.report.charts.frontier import CLICKED, HEIGHT, ID, frontier_chart
from pages.components import plain, session
from pages.components.fix import question as fix_question
from pages.components.fix import weights as fix_weights
from pages.components.fix.cards import pick, pick_key
from pages.components.fix.found import Found
from pages.components.help.tip import tip
from pages.components.unchecked import unchecked

_AXIS = 60


def show(audit_id: str, found: Found) -> None:
    """Show the picture and the list, and what could not be tried."""
    rows = f"{found.mitigated.sizes[CHOOSE]:,} {rows_word(found.mitigated.present.plan)}"
    picture, choice = st.columns([3, 2], gap="large")
    with choice:
        picked = _pick(audit_id, found)
    with picture:
        if found.now.is_measurable:
            _picture(audit_id, found, picked)
        else:
            st.info(f"No picture: no two groups have enough of the {rows} to be compared. A larger table would tell.")
    refused(audit_id, found)


def _picture(audit_id: str, found: Found, picked: str | None) -> None:
    key = session.action(audit_id, f"frontier/{found.search.id}")
    st.altair_chart(
        unchecked(frontier_chart(found.places, found.mitigated.settings, picked, found.has_outcome)),
        height=HEIGHT + _AXIS,
        key=key,
        on_select=partial(_clicked, audit_id, found, key),
        selection_mode=CLICKED,
        alt=f"{len(found.fixes)} fixes by gap and cost; the same numbers stand in the list beside it.",
    )
    st.caption(
        "The further left and down, the better. The ring is the model as it is. A dot is a fix, the large one the"
        " picked fix. A cross is not recommended, a pale mark is beaten by another on both counts. The dashed line"
        " is your goal, the thin lines are plausible ranges.",
        help=tip("plausible_range"),
    )


def refused(audit_id: str, found: Found) -> None:
    """What could not be tried, and why; weights that nothing here could be trained with can be taken away."""
    for name, why in found.refused.items():
        st.warning(f"Not tried: {MITIGATIONS[name].title}. {plain.escape(why.message)}")
    weights = weights_alone(found.mitigated)
    if weights is None:
        return
    st.write("The weights themselves are there. What they do is not known before a model is trained with them.")
    fix_weights.download(audit_id, weights)
    with st.expander("The weights"):
        fix_weights.show(weights)


def unfinished(found: Found) -> None:
    """Say what a search that was stopped had not tried yet."""
    if found.mitigated.left and found.so_far is None:
        left = listed([f"“{MITIGATIONS[name].title}”" for name in found.mitigated.left])
        st.info(f"The search ended before it had tried {left}. What it had found is here.")


def whose(audit_id: str, found: Found, asked: Settings, is_busy: bool) -> None:
    """For which question these fixes were found, where that is not the last one that was asked, or the one above."""
    terms = Terms.of(found.mitigated.present.plan)
    question = _question(found.mitigated.settings, found.has_outcome, terms)
    st.caption(f"Found for: {plain.escape(question)}.")
    last = session.workspace().search(audit_id)
    if is_busy and found.so_far is None and session.workspace().get(audit_id).stage == "mitigate":
        st.info("These fixes were found before. They stay here until the new search is done.")
    elif last is not None and last.id != found.search.id:
        st.info("The last search brought nothing. These are the fixes that were found before it.")
    elif _question(asked, found.has_outcome, terms) != question:
        st.info("You have changed the question since. These fixes are for the earlier one; find fixes for the new one.")


def _question(settings: Settings, has_outcome: bool, terms: Terms) -> str:
    parts = [settings.goal.said(terms), " × ".join(settings.by)]
    if settings.goal.kind != "ratio" or settings.at_most != settings.goal.at_most:  # else its words have the limit
        parts.append(goal_words(settings))
    if settings.leave_out:
        parts.append(f"not asked of {', '.join(settings.leave_out)}")
    if has_outcome:
        is_priced = settings.cost.name == "price"
        parts.append(f"lowest {settings.cost.reads[4:]}" if is_priced else fix_question.COST_WORDS[settings.cost.name])
    if settings.evaluate is not None:
        parts.append(f"judged on {settings.evaluate}")
    return " · ".join(parts)


def _pick(audit_id: str, found: Found) -> str | None:
    """The list: those worth a look, or every one."""
    key = session.seed(pick_key(audit_id, found), found.picked)
    every = len(found.fixes)
    worth = _worth(found, st.session_state[key])
    shows_all = every > len(worth) and st.toggle(
        f"Show all {every}", key=session.field(audit_id, f"all fixes/{found.search.id}")
    )
    offered = [fix.id for fix in found.fixes] if shows_all else worth
    return st.radio(
        "Pick one to see what it does",
        offered,
        index=None,
        format_func={fix.id: fix.title for fix in found.fixes}.__getitem__,
        captions=[_caption(found, name) for name in offered],
        key=key,
        on_change=_picked,
        args=(audit_id, found, key),
    )


def _picked(audit_id: str, found: Found, key: str) -> None:
    session.workspace().pick(audit_id, st.session_state[key], found.so_far)


def _worth(found: Found, picked: str | None) -> list[str]:
    """Those that nothing is said against nor beats, those on cards, and the picked one; every one where none is."""
    worth = [p.id for p in found.places if p.id != PRESENT and p.is_recommended and not p.is_dominated]
    worth = worth or [fix.id for fix in found.fixes]
    best = found.advice.id
    listed = [fix.id for fix in found.fixes if fix.id in (*worth, *found.advice.options, picked)]
    return sorted(listed, key=lambda name: name != best)


def _caption(found: Found, name: str) -> str:
    place = found.place(name)
    words = place_words(place, found.mitigated.settings, found.has_outcome)
    said = [f"{words[0].upper()}{words[1:]}."]
    if name == found.advice.id:
        said.append("Recommended." if found.advice.meets else "Nearest to your goal, and misses it.")
    elif not place.is_recommended:
        said.append("Not recommended.")
    also = [same.title for same in found.alike[name] if same.title != found.fix(name).title]
    said += [f"“{title}” decides the same." for title in dict.fromkeys(also)]
    said += [found.advice.against.get(name, ""), *(place.one_answer if place.is_recommended else ())]
    return plain.escape(" ".join(filter(None, said)))


def _clicked(audit_id: str, found: Found, key: str) -> None:
    """Pick the fix whose mark was clicked."""
    points = st.session_state[key]["selection"].get(CLICKED, [])
    name = points[0].get(ID) if points else None
    if name is not None and name != PRESENT:
        pick(audit_id, found, name)
