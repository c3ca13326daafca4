"""Every entry of the glossary, from the tables of what there is: a new row anywhere is a new entry here."""

from __future__ import annotations

from collections.abc import Iterator

from core.explain.methods import EXPLAINERS, Explainer
from core.metrics.findings.sentences import capital
from core.metrics.group_metrics import METRICS
from core.metrics.words import VERDICTS, listed, percent, points_words
from core.metrics.words.naming.terms import PLAIN
from core.mitigate.goals import GOALS
from core.mitigate.mitigations import MITIGATIONS, Mitigation, Need
from core.report.glossary.areas import AREAS
from core.report.glossary.entry import Entry, address
from core.report.glossary.installation import installation_entries
from core.report.glossary.measures import measure_entries
from core.report.glossary.pictures import counted, decisions, explained, ranges
from core.report.glossary.terms import TERMS

# What each need of a fix asks for, as the rest of "It needs ...".
_NEEDS: dict[Need, str] = {
    "outcome": "an outcome column",
    "score": "a score",
    "both outcomes": "people of both outcomes in every group",
    "learning model": "a model that can go on learning",
    "one column": "groups of one column only",
}


def entries() -> tuple[Entry, ...]:
    """Every entry, part by part."""
    return (
        *_terms(),
        *_verdicts(),
        *measure_entries(),
        *_areas(),
        *_goals(),
        *map(_fix, MITIGATIONS.values()),
        *map(_method, EXPLAINERS.values()),
        *installation_entries(),
    )


def entry_named(name: str) -> Entry | None:
    """The entry of this address, or of this name in the field; None where there is none."""
    sought = name.casefold().replace("_", "-").replace(" ", "-")
    every = entries()
    spelt = {address(other).replace(" ", "-"): entry for entry in reversed(every) for other in entry.names}
    return {entry.name: entry for entry in every}.get(sought) or spelt.get(sought)


def _terms() -> Iterator[Entry]:
    for term in TERMS.values():
        yield Entry(address(term.name), term.title, (term.short, *term.more), "words", term.draws())


def _verdicts() -> Iterator[Entry]:
    for row in VERDICTS.values():
        yield Entry(
            f"verdict-{address(row.name)}", row.word, row.means, "verdicts", ranges.of_verdict(row.name), (row.name,)
        )


def _areas() -> Iterator[Entry]:
    for area in AREAS.values():
        said = (*area.why, *area.limits)
        see = tuple(map(address, area.metrics))
        picture = counted.of_metric(METRICS[area.metrics[0]])
        yield Entry(address(area.name), area.title, said, "areas", picture, see=see)


def _goals() -> Iterator[Entry]:
    for goal in GOALS.values():
        title = capital(goal.said(PLAIN))
        left = points_words(goal.at_most) if goal.kind == "difference" else percent(goal.at_most, 0)
        said = [
            "A fix can be looked for that makes it so.",
            f"Up to {left} may be left between groups, unless you ask otherwise.",
        ]
        if goal.needs_label:
            said.append("It needs to know what really happened.")
        picture = counted.of_several(goal.rates)
        yield Entry(
            f"goal-{address(goal.name)}",
            title,
            tuple(said),
            "fixes",
            picture,
            (goal.name.replace("_", " "),),
            ("goal",),
        )


def _fix(row: Mitigation) -> Entry:
    said = [
        *row.said(PLAIN).replace(". ", ".|").split("|"),
        "It must know everybody's group when it decides, which is unlawful in some places."
        if row.needs_attribute
        else "It need not know anybody's group when it decides.",
    ]
    if row.draws_lots:
        said.append("It draws lots: two people with the same score can get different answers.")
    needs = [_NEEDS[need] for need in row.needs if need in _NEEDS]
    if needs:
        said.append(f"It needs {listed(needs)}.")
    if row.is_trained:
        picture = decisions.training(needs_weights=row.gives_weights, has_price=bool(row.prices))
    else:
        picture = decisions.rule(row.needs_attribute, row.draws_lots)
    see = [name for name, is_so in (("lots", row.draws_lots), ("weights", row.gives_weights)) if is_so]
    see += ["price-on-the-gap"] if row.prices else []
    return Entry(address(row.name), row.title, tuple(said), "fixes", picture, (row.name.replace("_", " "),), tuple(see))


def _method(row: Explainer) -> Entry:
    said = [
        row.reads(row.fits[0]),
        "It only needs the model's answers."
        if row.needs == "outputs"
        else "It needs a model that shows its inner workings.",
        "Its parts add up to the score." if row.adds_up else "Its parts do not add up to the score.",
    ]
    if row.draws:
        said.append("It draws by chance, so small parts are unsure.")
    return Entry(
        address(row.name),
        row.title,
        tuple(said),
        "explanations",
        explained.of_family(row.family),
        (row.name.replace("_", " "),),
    )
