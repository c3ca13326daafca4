"""What the scores of each group rest on: the most telling sentences, the picture, and the same numbers as a table."""

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from core.explain.explanation import Explanation
from core.explain.groups.attribution import Attribution
from core.explain.groups.differences import (
    along_cell,
    along_words,
    apart,
    apart_moved_sentence,
    apart_sentence,
    most_apart,
    relied_sentence,
)
from core.explain.groups.heatmap import Heatmap, heatmap
from core.explain.groups.importance_changes import moved, moved_sentence
from core.metrics.reference import By
from core.metrics.words import rows_word
from core.metrics.words.naming.terms import Terms
from core.record import AuditRecord
from core.report.charts.heatmaps import DOWN, UP, cell_range_words, cell_words, heatmap_chart, heatmap_height
from core.report.words.explanations import doubted, nouns_of, reading_words
from pages.components import plain, session
from pages.components.explain import found as explain_found
from pages.components.explain import maps as explain_maps
from pages.components.explain import sanity_checks
from pages.components.help.tip import tip
from pages.components.unchecked import unchecked

_WHOSE = {"everybody": None, "turned down": False, "selected": True}
_MOST_FEATURES, _MOST_GROUPS, _SIDE_BY_SIDE = 15, 12, 4
_MOVED_SENTENCES = 3
_SAME_SCORES = "Every score is the same in both, and so are its reasons: only the score that is needed differs."
_BEFORE, _AFTER, _CHANGE = "Before", "After", "Difference"


@st.fragment
def show(audit_id: str, record: AuditRecord, found: Explanation) -> None:
    """Show the pickers, the sentences, the picture and its table."""
    by, selected = _pickers(audit_id, record, found)
    tables = _tables(found)
    maps = {name: heatmap(table, by, selected, found.plan.run.confidence) for name, table in tables.items()}
    if not maps[_BEFORE].n.any():
        st.info("There is nobody of this kind among the people who were explained.")
        return
    if found.is_trusted:
        _sentences(found, record, by, selected, maps[_BEFORE])
        sanity_checks.badge(found)
    else:  # the warning first: nobody should read a sentence, stop there, and take it for a finding
        sanity_checks.badge(found)
        _doubted(found, record, by, selected, maps[_BEFORE])
    _pictures(audit_id, found, maps)
    explain_maps.show_single(audit_id, found)
    with st.expander("The same numbers as a table"):
        st.caption("Each number has its plausible range.", help=tip("plausible_range"))
        for name, seen in maps.items():
            if len(maps) > 1:
                st.caption(name)
            order = by_colour(seen.by_weight, [seen], range(len(seen.groups)))
            plain.table(_columns(found, seen, order))
    for warning in found.warnings:
        st.caption(plain.escape(warning))


def _pickers(audit_id: str, record: AuditRecord, found: Explanation) -> tuple[By, bool | None]:
    options = list(record.references) or [found.plan.groups.sensitive[:1]]
    whom, whose = st.columns([2, 3], vertical_alignment="bottom")
    references = explain_found.references(record)
    first = most_apart(found.before, references, found.plan.run.confidence) if references else options[0]
    words = [" × ".join(by) for by in options]
    key = session.seed(session.field(audit_id, f"{found.plan.sha256}/explained by"), options.index(first))
    place = whom.selectbox("By", range(len(options)), format_func=words.__getitem__, key=key)
    chosen = whose.segmented_control(
        "The scores of",
        list(_WHOSE),
        format_func=partial(_whose_words, terms=Terms.of(found.plan)),
        required=True,
        key=session.seed(session.field(audit_id, "whose scores"), "everybody"),
        help="After a fix, people are sorted by the decision before it." if found.paired is not None else None,
    )
    return options[place], _WHOSE[str(chosen)]


def _whose_words(whose: str, terms: Terms) -> str:
    selected = _WHOSE[whose]
    return whose if selected is None else f"those {terms.selected if selected else terms.turned_down}"


def _tables(found: Explanation) -> dict[str, Attribution]:
    if found.paired is None or found.paired.is_unmoved:
        return {_BEFORE: found.before}
    return {_BEFORE: found.paired.before, _AFTER: found.paired.after, _CHANGE: found.paired.change}


def _sentences(found: Explanation, record: AuditRecord, by: By, selected: bool | None, seen: Heatmap) -> None:
    """The most telling thing first: what moved, what sets groups apart, on what most rests."""
    first, *rest = _said(found, record, by, selected, seen)
    st.markdown(f"**{plain.escape(first)}**")
    for sentence in rest:
        plain.text(sentence)


def _doubted(found: Explanation, record: AuditRecord, by: By, selected: bool | None, seen: Heatmap) -> None:
    """The same where a check speaks against the picture: every sentence that rests on it says so, and none is bold."""
    for sentence in _said(found, record, by, selected, seen):
        plain.text(sentence if sentence == _SAME_SCORES else doubted(sentence))


def _said(found: Explanation, record: AuditRecord, by: By, selected: bool | None, seen: Heatmap) -> list[str]:
    confidence, reference = found.plan.run.confidence, explain_found.references(record).get(by)
    terms, adds_up = Terms.of(found.plan), found.explainer.adds_up and selected is None
    between = apart(found.before, by, reference, selected, confidence) if reference is not None else ()
    widest = between[0] if between else None
    group = widest.group if widest is not None else seen.groups[int(seen.n.argmax())]
    along = "" if widest is None else _along(found, by, widest.feature)
    if found.paired is None:
        first = [] if widest is None else [apart_sentence(widest, adds_up, terms) + along]
        return [*first, relied_sentence(seen, group, selected, terms)]
    if found.paired.is_unmoved:
        return [_SAME_SCORES, relied_sentence(seen, group, selected, terms)]
    said = []
    if widest is not None and widest.is_clear and reference is not None:
        later = apart(found.paired.after, by, reference, selected, confidence)
        now = next(one for one in later if (one.feature, one.group) == (widest.feature, widest.group))
        said.append(apart_moved_sentence(widest, now, terms) + along)
    every = [one for one in moved(found.paired, by, selected, confidence) if one.verdict != "unclear"]
    changes = [one for one in every if one.group == group] or every
    if not changes:
        part = nouns_of(found.plan).part
        return [*said, f"As far as these {terms.people} can tell, the two models rely on every {part} alike."]
    # What was said already comes first, then what else moved most.
    changes.sort(key=lambda one: widest is None or one.feature != widest.feature)
    return [*said, *(moved_sentence(one, terms) for one in changes[:_MOVED_SENTENCES])]


def _along(found: Explanation, by: By, feature: str) -> str:
    """Whether a column goes along with what the groups are made by, as a sentence; "" where not."""
    words = along_words({name: found.proxies[name] for name in by}, found.features.index(feature), feature)
    return f" “{feature}” {words}." if words else ""


def _pictures(audit_id: str, found: Explanation, maps: dict[str, Heatmap]) -> None:
    """One picture, or three on one scale: side by side where there is room, else one after the other."""
    groups = _shown_groups(maps[_BEFORE])
    features = _shown_features(audit_id, maps, groups)
    most = max(seen.largest for seen in maps.values())
    explain_maps.show(found, maps, groups, most)
    if len(maps) == 1:
        picture, reading = st.columns([3, 2], gap="large")
        with picture:
            _picture(found, maps[_BEFORE], features, groups, most)
        reading.caption(reading_words(found), help=tip("goes_along"))
    elif len(groups) <= _SIDE_BY_SIDE:
        for place, (name, seen) in zip(st.columns(len(maps)), maps.items(), strict=True):
            with place:
                st.markdown(f"**{name}**")
                _picture(found, seen, features, groups, most)
    else:
        key = session.seed(session.field(audit_id, "which picture"), _BEFORE)
        chosen = st.segmented_control("Which picture", list(maps), required=True, key=key)
        _picture(found, maps[str(chosen)], features, groups, most)
    _legend(most, found.is_trusted)


def _picture(found: Explanation, seen: Heatmap, features: Sequence[int], groups: Sequence[int], most: float) -> None:
    asked = {name: found.proxies[name] for name in seen.groups[0]}
    notes = [along_words(asked, f, found.features[f]) for f in features]
    st.altair_chart(
        unchecked(heatmap_chart(seen, features, groups, notes, most, found.is_trusted, Terms.of(found.plan))),
        height=heatmap_height(seen, features, notes, Terms.of(found.plan)),
        alt=f"{len(features)} {nouns_of(found.plan).parts} by {len(groups)} groups; the table below has the numbers.",
    )


def _shown_features(audit_id: str, maps: dict[str, Heatmap], groups: Sequence[int]) -> tuple[int, ...]:
    """The heaviest of many, before or after, unless all are asked for; those first that move a shown group furthest."""
    every = maps[_BEFORE].by_weight
    return by_colour(_chosen_features(audit_id, maps, every), maps.values(), groups)


def by_colour(features: Sequence[int], maps: Iterable[Heatmap], groups: Sequence[int]) -> tuple[int, ...]:
    """The features, those first that have the deepest colour in one of the maps."""
    deepest = np.max([np.abs(np.nan_to_num(seen.mean[list(groups)])).max(axis=0) for seen in maps], axis=0)
    return tuple(sorted(features, key=lambda f: -deepest[f]))


def _chosen_features(audit_id: str, maps: dict[str, Heatmap], every: tuple[int, ...]) -> tuple[int, ...]:
    if len(every) <= _MOST_FEATURES:
        return every
    key = session.field(audit_id, "all columns")
    if st.toggle(f"Show all {len(every)}, not only the {_MOST_FEATURES} that weigh most", key=key):
        return every
    both = [maps[name].by_weight for name in (_BEFORE, _AFTER) if name in maps]
    heavy = dict.fromkeys(f for rank in zip(*both, strict=True) for f in rank)
    return tuple(list(heavy)[:_MOST_FEATURES])


def _shown_groups(seen: Heatmap) -> tuple[int, ...]:
    """The groups with people, the largest of many; in the table's order."""
    largest = sorted(range(len(seen.groups)), key=lambda g: -int(seen.n[g]))[:_MOST_GROUPS]
    if len(seen.groups) > _MOST_GROUPS:
        st.caption(f"The {_MOST_GROUPS} largest of {len(seen.groups)} groups; the table has them all.")
    return tuple(g for g in range(len(seen.groups)) if g in largest and seen.n[g])


def _legend(most: float, is_trusted: bool) -> None:
    """One scale for every picture above it."""
    low, high = (DOWN, UP) if is_trusted else ("#7A828C", "#7A828C")
    end = escape(f"{100 * most:.1f}")
    st.html(
        '<div style="display:flex; flex-wrap:wrap; gap:.6rem; align-items:center; font-size:.875rem">'
        f"<span>moves the score down, by {end} points on average</span>"
        '<span style="display:inline-block; width:9rem; height:.8rem; border:1px solid rgba(128,138,150,.35);'
        f' background:linear-gradient(to right, {low}, transparent, {high})"></span>'
        f"<span>up, by {end} points</span></div>"
    )


def _columns(found: Explanation, seen: Heatmap, features: Sequence[int]) -> dict[str, list[str]]:
    """A row for each feature and group."""
    cells = [(f, g) for f in features for g in range(len(seen.groups)) if seen.n[g]]
    return {
        nouns_of(found.plan).part.capitalize(): [seen.features[f] for f, _ in cells],
        "Goes along with": [along_cell(found.proxies, f, seen.features[f]) for f, _ in cells],
        "Group": [Terms.of(found.plan).name(seen.groups[g]) for _, g in cells],
        rows_word(found.plan).capitalize(): [f"{int(seen.n[g]):,}" for _, g in cells],
        "Points on average": [cell_words(seen, g, f) for f, g in cells],
        "Plausible range": [cell_range_words(seen, g, f) for f, g in cells],
        "Part of all that moves": [f"{100 * seen.share[g, f]:.0f}\u00a0%" for f, g in cells],
    }
