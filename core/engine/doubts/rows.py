"""Doubts about rows: whether each of them is one person, and a person like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.data.profile import Column, Profile
from core.data.roles.suggestions import filled
from core.data.roles.vocabulary import words
from core.notes import Note, PlanEdit
from core.plan.plan import Plan
from core.plan.values import is_number

_FEWEST_PEOPLE = 10
_LARGEST_BODY, _SMALLEST_BODY = 400.0, 2.0


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ID = _listed("id ids uid pid uuid ssn mrn pseudonym kennung kennummer matrikel matrikelnummer")
_PERSONS = _listed(
    "person persons personal patient subject participant user customer client applicant employee student defendant "
    "member respondent candidate borrower individual inmate offender claimant worker voter kunde kunden bewerber "
    "personne persona paciente cliente"
)
_NUMBER = _listed("number num no nr nummer key code numero")
# What has numbers of its own, and is no person.
_THINGS = _listed(
    "school district department dept product item location site store branch county state region zip post postal "
    "court judge doctor physician hospital clinic bank job class category type group team course model city country "
    "area tract policy officer agency company employer org organisation organization device session batch file diag "
    "diagnosis icd industry occupation ward station category kurs klasse schule"
)
# Letters, then digits, as numbers of people are often written.
_CODE = re.compile(r"[A-Za-z]{1,3}[-_ ]?\d{3,}")
_FEWEST_CODES = 20
_COUNTS = _listed(
    "freq frequency frequencies count counts cnt n number tally headcount anzahl haufigkeit effectif nombre numero "
    "frecuencia frequenz"
)
_OF_PEOPLE = _listed(
    "of people persons population applicants students candidates cases individuals defendants respondents employees "
    "patients records rows observations obs personen falle personnes personas"
)
_WEIGHT = _listed("weight weights wt wgt wts gewicht gewichte gewichtung poids ponderation ponderacion peso")
_KNOWN_WEIGHTS = _listed("pweight fweight aweight iweight perwt pwgtp wtfinl asecwt finalwt finalwgt hhwt wtssall hwt")
_OF_A_SURVEY = _listed("sample sampling survey person design final analysis inverse inv post expansion population case")
_OF_A_BODY = _listed("body birth baby infant height kg lb lbs gram grams vehicle load curb gross net loss korper bmi")
_TOTALS = _listed("total totals all overall sum both gesamt insgesamt alle summe ensemble todos todas totale tous")


def repeated_persons(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A column that reads like the number of a person and repeats, so that rows are not as many people."""
    if plan.data.person is not None or plan.data.count is not None:
        return
    for column in _without_a_role(plan, profile):
        people = len(filled(column)) if column.distinct is not None else None
        rows = profile.rows - column.missing
        repeats = max((n for text, n in column.values if text.strip()), default=0) > 1
        if not _reads_like_a_person(column) or not repeats or (people is not None and people < _FEWEST_PEOPLE):
            continue
        if people is None or people < rows:
            facts = {"column": column.name, "people": people, "rows": profile.rows}
            yield Note("repeated_persons", facts, (PlanEdit("data", "person", column.name),))
            return


def counted_people(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A column that reads like a number of people, so that a row stands for several."""
    if plan.data.person is not None or plan.data.count is not None or plan.decision.text or plan.decision.image:
        return
    for column in _without_a_role(plan, profile):
        alone = _reads_like_a_count(words(column.name))
        runs = column.unique and column.high is not None and profile.rows - 1 <= column.high <= profile.rows
        if alone and _holds_whole_numbers(column) and not runs:
            facts = {"column": column.name, "rows": profile.rows, "high": column.high}
            yield Note("counted_people", facts, (PlanEdit("data", "count", column.name),))
            return


def unused_weights(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A column that reads like the weights of a survey, which the plan does not use."""
    if plan.data.weight is not None or plan.data.count is not None:
        return
    bodies = any(words(name) & {"height", "bmi"} for name in profile.names)
    for column in _without_a_role(plan, profile):
        if column.kind == "number" and _reads_like_weights(column, bodies):
            yield Note("unused_weights", {"column": column.name}, (PlanEdit("data", "weight", column.name),))
            return


def total_rows(plan: Plan, profile: Profile) -> Iterator[Note]:
    """A group named like the total of all others: its rows are no people, or the same people once more."""
    for name in plan.groups.sensitive:
        if name not in profile.names or any(rule.column == name for rule in plan.data.keep):
            continue
        groups = filled(profile.column(name))
        totals = [text for text in groups if words(text) and words(text) <= _TOTALS | {"sexes", "genders", "groups"}]
        if len(totals) == 1 and len(groups) > 2 and words(totals[0]) & _TOTALS:
            value = totals[0]
            rules = [rule.document() for rule in plan.data.keep] + [{"column": name, "not_in": [value]}]
            yield Note("total_rows", {"column": name, "value": value}, (PlanEdit("data", "keep", rules),))


def _without_a_role(plan: Plan, profile: Profile) -> Iterator[Column]:
    """The columns that the plan uses for nothing else."""
    decision = plan.decision
    used = {plan.data.label, decision.score, decision.prediction, decision.text, decision.image}
    taken = used | set(decision.features) | set(plan.groups.sensitive)
    taken |= {plan.data.person, plan.data.weight, plan.data.count}
    return (column for column in profile.columns if column.name not in taken)


def _reads_like_a_person(column: Column) -> bool:
    named = words(column.name)
    if named & _THINGS or _reads_like_a_count(named):
        return False
    if named & _ID or (named & _PERSONS and (named <= _PERSONS or named & _NUMBER)):
        return column.kind == "text" or _holds_whole_numbers(column)
    texts = filled(column)
    is_code = len(texts) >= _FEWEST_CODES and len(set(map(len, texts))) <= 2 and all(map(_CODE.fullmatch, texts))
    return column.kind == "text" and is_code


def _reads_like_a_count(named: set[str]) -> bool:
    """Whether it reads like "Freq", "n", "number of people" or "Count of ID": no number of something else."""
    if not named or not named <= _COUNTS | _OF_PEOPLE | _ID | _PERSONS:
        return False
    counts = named & (_COUNTS - _NUMBER) or ("of" in named and named & _NUMBER)
    return bool(counts) or named <= _COUNTS | _OF_PEOPLE


def _reads_like_weights(column: Column, bodies: bool) -> bool:
    named, low, high = words(column.name), column.low, column.high
    if low is None or high is None or low < 0 or low == high:
        return False
    if named & _KNOWN_WEIGHTS:
        return True
    if not named & _WEIGHT or named & _OF_A_BODY or bodies:
        return False
    return bool(named & _OF_A_SURVEY) or not (low >= _SMALLEST_BODY and high <= _LARGEST_BODY)


def _holds_whole_numbers(column: Column) -> bool:
    if column.kind != "number" or column.low is None or column.low < 0 or (column.high or 0) <= 1:
        return False
    return all("." not in text and "," not in text for text in filled(column) if is_number(text))
