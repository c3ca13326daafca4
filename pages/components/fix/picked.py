"""What the picked fix does, on people that it was not fitted on: warnings first, then gap, mistakes and people."""

import streamlit as st

from core.metrics.changed_decisions import ChangedDecisions
from core.metrics.findings.sentences import capital
from core.metrics.joint import Change
from core.metrics.words import group_words, one_word
from core.metrics.words.changes.sentence import change_sentence
from core.metrics.words.naming.terms import Terms
from core.metrics.words.notes import text
from core.metrics.words.rules import rule_words
from core.mitigate.effect.effect import Effect
from core.mitigate.effect.learned_from import learned_from
from core.mitigate.effect.mistake_costs import mistakes_sentence
from core.mitigate.fix import Fix
from core.mitigate.frontier.places import Place, gap_words
from core.mitigate.goals.goal_test import KEPT_WORDS, VERDICTS, kept_sentence
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.results import CHOOSE, FIT, REPORT, RETRAINED
from core.record import AuditRecord
from core.report.charts import mark_svg
from core.report.words.fix_options import beside_its_choice
from pages.components import plain, verdict
from pages.components.fix import bars, cards, take_away
from pages.components.fix import found as fix_found
from pages.components.fix.found import Found

_MOST = 3


def show(audit_id: str, record: AuditRecord, found: Found, name: str, is_busy: bool) -> None:
    """Show the fix and what can be taken away; while a search is under way, nothing that would end it."""
    fix = found.fix(name)
    effect = fix_found.effect_of(found, fix)
    st.subheader(fix.title, anchor=False)
    if effect.shifts is not None:
        bars.show(effect.shifts, effect.terms)
    if fix.mechanism != RETRAINED:
        st.write(MITIGATIONS[fix.mechanism].said(effect.terms))
    if fix.rule is not None:
        plain.text(f"{capital(effect.terms.selected)}: {rule_words(fix.rule, effect.terms)}.")
    if trained := learned_from(fix, effect.terms):
        plain.text(trained)
    _conditions(found, fix, effect.people)
    _caption(record, found, fix, effect.people)
    _goal(found, effect)
    _changes(effect, found.place(fix.id))
    for sentence in effect.price:
        plain.text(sentence)
    _speaks_against(effect)
    _worse(effect)
    _people(effect, found)
    take_away.show(audit_id, record, found, fix, is_busy)


def _conditions(found: Found, fix: Fix, people: str) -> None:
    """What must be known before anything else."""
    by = " and ".join(found.mitigated.settings.by)
    if fix.needs_attribute:
        st.warning(
            f"It needs to know {plain.quoted(by)} of each {one_word(people)} when deciding. In some places that is"
            " unlawful: ask before you use it."
        )
    if fix.draws_lots:
        st.warning(f"It draws lots: two {people} with the same score can get different answers.")
    cards.lawful(found.place(fix.id), found.mitigated.settings)
    for sentence in fix.against:
        st.warning(f"Not recommended. {plain.escape(sentence)}")
    for sentence in fix.notes:
        plain.text(sentence)


def _goal(found: Found, effect: Effect) -> None:
    """Whether the asked goal is met, before anything else that it does."""
    kept = effect.goal_then.kept
    word, said = st.columns([1, 6], gap="small")
    with word:
        verdict.drawn(mark_svg(VERDICTS[kept], 18), KEPT_WORDS[kept])
    with said:
        plain.text(kept_sentence(effect.goal_now, effect.goal_then, found.mitigated.settings, effect.terms))


def _caption(record: AuditRecord, found: Found, fix: Fix, people: str) -> None:
    """Whom it is judged on, and what speaks against taking the judgement at its word."""
    sizes, second = found.mitigated.sizes, found.search.second
    if second is None:
        whom = f"{people} set aside for the final judgement"
        fitted = f": nothing was fitted ({sizes[FIT]:,} {people}) or chosen ({sizes[CHOOSE]:,}) on them."
    else:
        whom = f"{people} of {plain.quoted(second.name)}"
        fitted = f"; it was fitted on {sizes[FIT]:,} {people} of the first table, and chosen on {sizes[CHOOSE]:,}."
    place = found.place(fix.id)
    gap = f"a gap of {gap_words(place.gap, found.mitigated.settings)}" if place.is_measurable else "no measurable gap"
    st.caption(
        f"Judged on the {sizes[REPORT]:,} {whom}{fitted} List and picture are about the {sizes[CHOOSE]:,}, where this"
        f" fix has {gap}. They are other {people}, so the two need not agree."
    )
    for warning in found.mitigated.warnings:
        if warning not in record.notes:
            st.warning(plain.escape(text(warning, Terms.of(record.plan))))
    if found.search.looked_before:
        st.caption(
            f"Seen: you looked at another fix on these {people} before this one. It may look a little better here than"
            f" it is. Judge it on new {people} before you rely on it."
        )
    if found.search.trained_here != "no" and second is None:
        who = "was" if found.search.trained_here == "yes" else "may have been"
        st.caption(
            f"The model {who} trained on these {people}, so what it does before the fix may look better than it is."
        )


def _changes(effect: Effect, place: Place) -> None:
    """The gaps that were to be closed, and what mistakes cost; the first few of many."""
    lines = [(change.verdict, change_sentence(change, terms=effect.terms)) for change in effect.aimed]
    rest = lines[_MOST:]
    for turned, sentence in lines[:_MOST]:
        _line(turned, sentence)
    if effect.mistakes is not None:
        apart = beside_its_choice(effect.mistakes, place)
        _line(effect.mistakes.turn, f"{mistakes_sentence(effect.mistakes)} {apart}".rstrip())
    if rest:
        with st.expander(f"{len(rest)} more group{'s' if len(rest) > 1 else ''}"):
            for turned, sentence in rest:
                _line(turned, sentence)
    if effect.retrained:
        plain.text("What the fix itself did, against the same training without it:")
        for change in effect.retrained[:_MOST]:
            _line(change.verdict, change_sentence(change, ("without the fix", "with it"), effect.terms))
        if effect.training_alone:
            st.warning(effect.training_alone)


def _line(turned: str, sentence: str) -> None:
    word, said = st.columns([1, 6], gap="small")
    with word:
        verdict.turn(turned)
    with said:
        plain.text(sentence)


def _speaks_against(effect: Effect) -> None:
    for warning in effect.warnings[:_MOST]:
        st.warning(plain.escape(warning))
    rest = effect.warnings[_MOST:]
    if rest:
        with st.expander(f"{len(rest)} more warning{'s' if len(rest) > 1 else ''}"):
            for warning in rest:
                plain.text(warning)


def _worse(effect: Effect) -> None:
    """What got worse, in one line that a click opens."""
    if effect.worse:
        with st.expander(f"Got worse: {len(effect.worse)} other gap{'s' if len(effect.worse) > 1 else ''}"):
            for sentence in effect.worse:
                plain.text(sentence)


def _people(effect: Effect, found: Found) -> None:
    """Who wins and who loses, as counts of the people it was judged on."""
    moved = effect.compared.moved(found.mitigated.settings.by)
    if not moved:
        return
    terms = effect.terms
    st.caption(f"Who is {terms.selected} instead, of the {terms.people} it was judged on")
    columns = {
        "Group": [group_words(m.group, terms) for m in moved],
        terms.people.capitalize(): [f"{m.n:,}" for m in moved],
        f"{capital(terms.selected)}, of 100": [_of_hundred(m) for m in moved],
        f"Newly {terms.selected}": [f"{m.newly_selected:,}" for m in moved],
        f"No longer {terms.selected}": [f"{m.newly_refused:,}" for m in moved],
        "Difference": [_signed(m.net) for m in moved],
    }
    if found.has_outcome:
        columns[f"Change in {terms.denied}"] = [_more(m.wrongly_denied) for m in moved]
        columns[f"Change in {terms.granted}"] = [_more(m.wrongly_granted) for m in moved]
    plain.table(columns)


def _of_hundred(moved: ChangedDecisions) -> str:
    """How many of 100 are selected before and after the fix: whole where that shows what moved."""
    if moved.n == 0:
        return "–"
    before, after = (100 * k / moved.n for k in (moved.selected, moved.selected_after))
    digits = 1 if moved.net and round(before) == round(after) else 0
    return f"{before:.{digits}f} → {after:.{digits}f}"


def _more(change: Change | None) -> str:
    return "–" if change is None else _signed(round(change[0]))


def _signed(people: int) -> str:
    return f"{people:+,}".replace("-", "−") if people else "0"
