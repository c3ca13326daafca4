"""What was found, as a decision: which fix is recommended and why, and the best of each kind side by side."""

from xml.etree.ElementTree import Element, SubElement, tostring

import streamlit as st

from core.mitigate.effect.learned_from import learned_from
from core.mitigate.effect.rates_before_after import shifts
from core.mitigate.fix import Fix
from core.mitigate.frontier.places import Place
from core.mitigate.mitigations import KINDS, MITIGATIONS
from core.mitigate.results import CHOOSE
from core.mitigate.settings import Settings
from core.report.colours import COLOURS
from core.report.words.fix_options import cautions, cost_line, gap_line, kind_words, people_line
from pages.components import plain, session
from pages.components.fix import bars
from pages.components.fix.found import Found, effect_of
from pages.components.help.tip import tip

# What stands in the title of a kind of fix, and may stop a newcomer.
_TERMS = {
    "thresholds": "threshold",
    "shared_threshold": "threshold",
    "threshold_mix": "threshold",
    "equalized_odds_mix": "threshold",
    "reweighing": "weights",
    "fairness_loss": "price_on_the_gap",
}
STYLE = f"""{bars.STYLE}
.st-key-fixes [data-testid=stColumn]:has(.fix-card) {{ min-width: min(17rem, 100%) }}
.fix-card {{ line-height: 1.4 }}
.fix-card h3 {{ font-size: 1.15rem; font-weight: 600; margin: .1rem 0 .4rem; padding: 0; overflow-wrap: anywhere }}
.fix-card p {{ margin: 0 0 .4rem; overflow-wrap: anywhere }}
.fix-card .price {{ font-weight: 600 }}
.fix-card .kind {{ font-size: .9375rem; display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: center }}
.fix-card .first {{ background: {COLOURS["no_gap"]}; color: #FFFFFF; border-radius: 3px; padding: 0 .4rem }}
.fix-card .aside {{ border: 1px solid; border-radius: 3px; padding: 0 .4rem }}
"""


def show(audit_id: str, found: Found, picked: str | None) -> None:
    """Show the recommendation and a card for each kind of fix that brings the groups nearer."""
    _headline(found, picked)
    options = found.advice.options
    if not options:
        return
    rows = f"{found.mitigated.sizes[CHOOSE]:,} {found.terms.people}"
    st.caption(f"Before and after are of {rows} set aside for choosing, so they can differ from the audit's.")
    # Two places at least: one card alone would have lines too long to read.
    with st.container(key="fixes"):
        for place, name in zip(st.columns(max(2, len(options)), gap="small"), options, strict=False):
            with place.container(border=True, height="stretch"):
                _card(audit_id, found, found.fix(name), picked)
    others = f"other {found.terms.people}"
    st.caption(f"Choosing one changes nothing outside this page; it is then judged on {others}.{_missing(found)}")


def _missing(found: Found) -> str:
    """Of which kinds there is no card: none of them can be used, or brings the groups nearer."""
    kinds = {found.place(name).kind for name in found.advice.options}
    missing = [f"“{kind_words(kind)}”" for kind in KINDS if kind not in kinds]
    if found.so_far is not None:
        return ""
    return f" No fix of the kind {' or '.join(missing)} helps here." if missing else ""


def _headline(found: Found, picked: str | None) -> None:
    """What is recommended, why, and at what price; or that nothing is, and what to do.

    Once it is picked, and so judged on other people, a goal that is not met there takes the recommendation back.
    """
    advice, is_going_on = found.advice, found.so_far is not None
    if not advice.meets or advice.id is None:
        st.header("Nothing to recommend yet" if is_going_on else plain.escape(advice.reason), anchor=False)
        st.write("More fixes are still being tried." if is_going_on else plain.escape(advice.then))
        return
    first = found.fix(advice.id)
    if first.id == picked and effect_of(found, first).goal_then.kept == "not_met":
        st.header(plain.escape(f"Not recommended any more: {first.title}"), anchor=False)
        rows = found.terms.people
        st.write(f"It misses your goal on the {rows} it is judged on below. Choose another, or ask for less.")
        return
    st.header(plain.escape(f"Recommended{' so far' if is_going_on else ''}: {first.title}"), anchor=False)
    st.write(plain.escape(f"{advice.reason} {_price(found, first)}"))


def _card(audit_id: str, found: Found, fix: Fix, picked: str | None) -> None:
    settings, place = found.mitigated.settings, found.place(fix.id)
    is_first = fix.id == found.advice.id and found.advice.meets
    st.html(tostring(_drawn(found, fix, is_first), encoding="unicode", short_empty_elements=False))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Chosen" if fix.id == picked else "Choose this",
            key=session.action(audit_id, f"choose {fix.id}"),
            type="primary" if is_first else "secondary",
            on_click=pick,
            args=(audit_id, found, fix.id),
        )
        with st.popover("What it does", type="tertiary"):
            st.write(MITIGATIONS[fix.mechanism].said(found.terms))
            for sentence in filter(None, [learned_from(fix, found.terms), *fix.notes]):
                plain.text(sentence)
            for name in _terms(fix, place):
                st.markdown(tip(name))
        lawful(place, settings)


def _terms(fix: Fix, place: Place) -> list[str]:
    """The words on its card that the glossary explains."""
    told = [_TERMS[fix.mechanism]] if fix.mechanism in _TERMS else []
    lots = ["lots"] if place.draws_lots and "lots" not in told else []
    return [*told, *lots, *(["levelling_down"] if place.levelling else [])]


def lawful(place: Place, settings: Settings) -> None:
    """Show what there is to know of the law, behind a click; nothing where nothing is to be asked."""
    _, more = cautions(place, settings)
    if more:
        with st.popover("Is that lawful?", type="tertiary"):
            for sentence in more:
                st.write(sentence)


def _drawn(found: Found, fix: Fix, is_first: bool) -> Element:
    """What a card says: what kind of fix it is, the gap, the price, the people, and the groups as bars."""
    settings, place = found.mitigated.settings, found.place(fix.id)
    moved = shifts(fix.joint[CHOOSE], settings)
    box = Element("div", {"class": "fix-card"})
    kind = SubElement(box, "div", {"class": "kind"})
    if is_first:
        SubElement(kind, "span", {"class": "first"}).text = "Recommended"
    elif place.levelling and _first_helps(found):
        SubElement(kind, "span", {"class": "aside"}).text = "Set aside"
    asks, _ = cautions(place, settings)
    SubElement(kind, "span").text = ", ".join(filter(None, [kind_words(fix.kind), asks]))
    SubElement(box, "h3").text = fix.title
    reaches = "It reaches your goal." if place.meets(settings) else "It misses your goal."
    SubElement(box, "p").text = f"{gap_line(found.now.gap, place.gap, settings)} {reaches}"
    SubElement(box, "p", {"class": "price"}).text = _price(found, fix)
    if moved is not None:
        SubElement(box, "p").text = place.levelling or people_line(moved, found.terms)
        box.append(bars.drawn(moved, found.terms))
    return box


def _first_helps(found: Found) -> bool:
    """Whether a fix is recommended by which some group gains."""
    first = found.advice.id
    return found.advice.meets and first is not None and not found.place(first).levelling


def _price(found: Found, fix: Fix) -> str:
    return cost_line(found.now.cost, found.place(fix.id).cost, found.mitigated.settings.cost.name, found.has_outcome)


def pick(audit_id: str, found: Found, name: str) -> None:
    """Pick a fix: what it does is judged below."""
    session.put(pick_key(audit_id, found), name)
    session.workspace().pick(audit_id, name, found.so_far)


def pick_key(audit_id: str, found: Found) -> str:
    """The key of what is picked among the fixes of this search."""
    return session.field(audit_id, f"picked fix/{found.search.id}")
