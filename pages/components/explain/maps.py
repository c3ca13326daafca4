"""For a model that looks at images: a map for each group of where in the image its scores are moved."""

from collections.abc import Sequence

import streamlit as st

from core.explain.explanation import Explanation
from core.explain.features.grid import grid_shape
from core.explain.groups.heatmap import Heatmap
from core.metrics.words.naming.terms import Terms
from core.report.charts.image_maps import SIDE, coloured, map_chart
from core.report.words.explanations import score_words
from pages.components import plain, session
from pages.components.explain import person
from pages.components.unchecked import unchecked

_SINGLE, _PAIR = 130, 290


def show(found: Explanation, maps: dict[str, Heatmap], groups: Sequence[int], most: float) -> None:
    """Show a row of maps for each table, on one scale; nothing where no image is looked at."""
    if grid_shape(found.features) is None:
        return
    st.caption(
        "Each map lies as the images do: a square is a place in the image. Its colour says how far that place "
        "moves the scores of the group on average."
    )
    terms = Terms.of(found.plan)
    for name, seen in maps.items():
        if len(maps) > 1:
            st.markdown(f"**{name}**")
        with st.container(horizontal=True, gap="large"):
            for group in groups:
                with st.container(width=SIDE):
                    name_of_group = terms.name(seen.groups[group])
                    plain.text(name_of_group)
                    st.altair_chart(
                        unchecked(map_chart(seen, group, most, found.is_trusted)),
                        width=SIDE,
                        alt=f"A map of the image for {name_of_group}; the table below has its numbers.",
                    )


def show_single(audit_id: str, found: Explanation) -> None:
    """Show the single images that tell most; nothing where there are none, or they were deleted with the upload."""
    profile = session.workspace().profile(audit_id)
    if not found.telling or profile is None:
        return
    terms = Terms.of(found.plan)
    st.subheader("Single images that tell most", anchor=False)
    st.caption(
        "In each group, the images of which one place moved the score furthest. Each is shown as the model sees "
        "it, and again with its places coloured. Blue leans towards the good outcome, orange away from it."
    )
    with st.container(horizontal=True, gap="large"):
        for one in found.telling:
            with st.container(width=_PAIR):
                plain.text(f"{profile.row_words(one.row)}: {terms.name(one.group)}")
                with st.container(horizontal=True, gap="small"):
                    st.image(one.image.squeeze(), width=_SINGLE)
                    st.image(coloured(one, found.features, found.is_trusted), width=_SINGLE)
                decided = terms.selected if one.selected else terms.turned_down
                place = found.features[max(range(len(one.values)), key=lambda f: abs(one.values[f]))]
                score = score_words(one.score, found.plan, one.group)
                st.caption(f"score {score}, {decided}; most by {plain.quoted(place)}")
                if st.button("Look closer", key=session.action(audit_id, f"look at {one.row}"), type="tertiary"):
                    person.begin_at(audit_id, one.row, profile)
                    st.rerun()  # of the whole page, not of this part alone
