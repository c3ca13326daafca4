"""What stands beside the findings: how the question was put, what was counted, and how it was computed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from core.metrics.findings.ordering import Finding
from core.metrics.findings.sentences import capital
from core.metrics.second_opinion import NOT_ASKED, SecondOpinion
from core.metrics.small_cells.hidden import FEW, number_words, verdict_word
from core.metrics.stated_rule import rule_file
from core.metrics.verdicts import Judgement, Verdict, plan_threshold
from core.metrics.words import VERDICT_WORDS, group_words, percent, rows_word
from core.metrics.words.naming.terms import Terms
from core.metrics.words.rules import rule_words, scores_words
from core.plan.notation.dates import month_words
from core.plan.plan import Condition, Keep, Plan
from core.plan.values import DEFAULT_MISSING, in_figures
from core.record import AuditRecord
from core.report.words.rows_told import RowsTold

MOST_IN_THE_ANSWER = 3
_LOTS = " Where lots decide, two people with the same score can get different answers."
Facts = list[tuple[str, str]]


def in_the_answer(found: list[Finding]) -> list[Finding]:
    """The findings that stand in the answer: the first ones, and in one line the groups that are too small to tell."""
    rest = found[MOST_IN_THE_ANSWER:]
    return found[:MOST_IN_THE_ANSWER] + [finding for finding in rest if finding.is_small]


def tally(found: list[Finding]) -> list[tuple[Verdict, str, int]]:
    """How many comparisons came to each verdict, with its word, worst first; only verdicts that occur.

    Hidden ones are counted apart from those that cannot be measured.
    """
    seen: Counter[tuple[Verdict, str]] = Counter()
    for finding in found:
        seen.update((finding.verdict, verdict_word(finding.verdict, pair.why)) for pair in finding.told.pairs)
    worst_first = list(VERDICT_WORDS)
    return [(*key, seen[key]) for key in sorted(seen, key=lambda key: worst_first.index(key[0]))]


def question_notes(record: AuditRecord, judgement: Judgement) -> list[str]:
    """What a reader must know: who is selected, what the outcome is, whom each group is compared with."""
    plan = record.plan
    notes = [decision_note(plan), outcome_note(plan), *row_notes(plan), reference_note(judgement, plan)]
    if any(gap.band.source == "default" for gap in judgement.gaps):
        notes.append(
            "The plan sets no limit of its own, so we used the usual limits: 0.80 for ratios, 5\u00a0points for "
            "differences. You can change this under More choices on the Data page."
        )
    return notes


def row_notes(plan: Plan) -> list[str]:
    """What a row is, where it is not one person like any other."""
    data, notes = plan.data, []
    if data.count is not None:
        notes.append(f"Each row stands for as many people as “{data.count}” says.")
    if data.weight is not None:
        notes.append(f"Shares and ranges are weighted by “{data.weight}”; numbers of people are not.")
    if data.person is not None:
        notes.append(
            f"Rows with the same “{data.person}” are one person: shares are of rows, ranges and numbers are of people."
        )
    return notes


def decision_note(plan: Plan) -> str:
    """Who counts as selected."""
    decision, terms = plan.decision, Terms.of(plan)
    people, decided = terms.people, capital(terms.selected)
    if decision.prediction is not None:
        return f"{decided}: people whose “{decision.prediction}” is {condition_words(decision.favourable)}."
    rule = rule_file(plan)
    if rule is not None:
        by = f"the model's score for {_good_outcome(plan)}" if decision.score is None else f"“{decision.score}”"
        return f"{decided}, by {by}: {rule_words(rule, terms)}.{_LOTS if rule.draws_lots else ''}"
    below = decision.favourable is not None and decision.favourable.below is not None
    selected = scores_words(plan_threshold(plan), below, decision.above)
    if decision.score is not None:
        return f"{decided}: people whose “{decision.score}” is {selected}."
    whom = "whom" if people == "people" else "which"
    return f"{decided}: {people} to {whom} the model gives {selected} for {_good_outcome(plan)}."


def _good_outcome(plan: Plan) -> str:
    """What the model's score is for; without an outcome in the table only its class's name says what that is."""
    named = plan.decision.good_classes
    if plan.data.label is not None or not named:
        return "the good outcome"
    return f"the answer {' or '.join(f'“{name}”' for name in named)}, taken for the good outcome"


def outcome_note(plan: Plan) -> str:
    """What the outcome is, and what is known of those who were turned down."""
    terms = Terms.of(plan)
    if plan.data.label is None:
        return (
            f"The table does not say what really happened, so this audit sees who is {terms.selected}, and not who is "
            f"{terms.denied} or {terms.granted}."
        )
    refused = f"{terms.people} {'who' if terms.people == 'people' else 'that'} were {terms.turned_down}"
    known = {
        True: f"It is also known for {refused}.",
        False: f"It is not known for {refused}, so error rates are about those whose outcome is known.",
        None: f"Nobody has said whether it is also known for {refused}. If it is not, error rates describe only a part "
        "of them.",
    }[plan.data.refused_known]
    return (
        f"What really happened is read from “{plan.data.label}”: {condition_words(plan.data.favourable)} is the good "
        f"outcome for the person, and “wrongly” means against that column. {known}"
    )


def reference_note(judgement: Judgement, plan: Plan) -> str:
    """Whom each group is compared with, and how that was chosen."""
    terms = Terms.of(plan)
    named = [judgement.reference(by) for by in judgement.references if len(by) == 1]
    who = "; ".join(group_words(group, terms) for group in named)
    crossed = ""
    if len(named) < len(judgement.references):
        crossed = " Crossed columns have comparison groups of their own, named in the picture."
    if plan.groups.reference == "most_selected":
        return (
            f"Compared with: {who}.{crossed} The comparison group was chosen because its rate was highest; that alone "
            "makes ratios look lower."
        )
    how = "the largest group of each column" if plan.groups.reference == "largest" else "as the plan names them"
    return f"Compared with: {who} ({how}).{crossed}"


def second_opinion_note(opinion: SecondOpinion) -> str:
    """What AIF360 says to the same counts."""
    if opinion == NOT_ASKED:
        return "AIF360 was not asked about these comparison groups."
    if opinion.agrees:
        return (
            f"AIF360, given the same counts, computes the same {opinion.numbers:,} numbers (this checks arithmetic, "
            "not the data or the verdict)."
        )
    return (
        f"AIF360, given the same counts, computes {opinion.numbers:,} numbers, and at least one differs by "
        f"{opinion.largest_difference:.2g}. Please report this: one of the two is wrong."
    )


def near_note(record: AuditRecord) -> str:
    """How many decisions hang on the last digits of a score."""
    if record.plan.decision.model is None:
        decided = Terms.of(record.plan).selected
        return f"The table says who is {decided}, or how everybody scores: other hardware decides alike."
    near = RowsTold.of(record).near_threshold
    if near is None:
        return f"{capital(FEW)} decisions could differ on other hardware."
    if near == 0:
        return "No score lies so close to the threshold that other hardware could decide otherwise."
    return f"{near:,} decision{'s' if near > 1 else ''} could differ on other hardware."


def data_facts(record: AuditRecord) -> Facts:
    """What was read and what was counted."""
    told = RowsTold.of(record)
    facts = [("Rows read", number_words(told.read if record.lines is None else told.lines))]
    if record.lines is not None:
        facts.append(("People they stand for", number_words(told.read)))
    for sieve, dropped in zip(sieve_words(record.plan), told.dropped, strict=True):
        facts.append((f"Left out: {sieve}", number_words(dropped)))
    facts.append((f"{rows_word(record.plan).capitalize()} counted", f"{record.counts.people:,}"))
    if record.plan.data.label is not None:
        facts.append(("Of them with a known outcome", f"{record.counts.labelled:,}"))
    return facts + _reading_facts(record.plan)


def _reading_facts(plan: Plan) -> Facts:
    """How cells were read where the plan says so."""
    facts: Facts = [("Spaces around cells", "taken away")] if plan.data.trim else []
    unknown = [text for text in plan.data.missing if text not in DEFAULT_MISSING]
    if unknown:
        facts.append(("Counted as not known", ", ".join(f"“{text}”" for text in unknown)))
    facts += [(f"Numbers of {column}", f"written as in “{text}”") for column, text in plan.data.numbers.items()]
    for column, names in plan.groups.join.items():
        for name, texts in names.items():
            facts.append((f"Joined in {column}: {name}", ", ".join(f"“{text}”" for text in texts)))
    return facts


def sieve_words(plan: Plan) -> list[str]:
    """Why each sieve of a plan leaves rows out, in the order of `AuditRecord.dropped`."""
    sieves = [_keep(keep) for keep in plan.data.keep]
    if plan.decision.image is not None:
        sieves.append("their image could not be used")
    if plan.data.held_out is not None:
        sieves.append("a fix was fitted or chosen on them")
    return sieves


def left_out_table(record: AuditRecord) -> dict[str, list[str]]:
    """Of each group of each sensitive column, how many people were counted and left out; empty where nobody was."""
    if record.left_out is None or not record.left_out.any():
        return {}
    groups, out, terms = record.counts.groups, record.left_out.sum(axis=0), Terms.of(record.plan)
    counted, rows = record.counts.n.sum(axis=(1, 2)), []
    for place, column in enumerate(groups.attributes):
        for code, value in enumerate(groups.values[place]):
            among = groups.cell_array[:, place] == code
            kept, gone = int(counted[among].sum()), int(out[among].sum())
            if kept + gone:
                rows.append(
                    (
                        f"{column}: {terms.value(column, value, groups.values[place])}",
                        f"{kept:,}",
                        f"{gone:,}",
                        percent(gone / (kept + gone)),
                    )
                )
    titles = ("Group", "Counted", "Left out", "Share left out")
    return {title: [row[i] for row in rows] for i, title in enumerate(titles)}


def run_facts(record: AuditRecord) -> Facts:
    """What ran, on what, with which versions, and how long it took."""
    made = record.provenance
    facts = [
        ("Date", date_words(record.created)),
        ("Table (SHA-256)", made.data_sha256),
        ("Model (SHA-256)", made.model_sha256 or "none: decisions or scores stand in the table"),
        ("Images (SHA-256)", made.images_sha256 or ""),
        ("Question (SHA-256)", record.plan.question_sha256),
        ("Device", "GPU" if made.device == "cuda" else "CPU"),
        ("Scored at once", "" if made.batch_size is None else f"{made.batch_size:,} rows"),
        ("Seconds", ", ".join(f"{step} {spent:.2f}" for step, spent in made.seconds.items())),
        ("Versions", ", ".join(f"{name} {number}" for name, number in made.versions.items())),
    ]
    return [(name, value) for name, value in facts if value]


def date_words(created: str) -> str:
    """A UTC time as "21 November 2026, 14:05 UTC"."""
    moment = datetime.fromisoformat(created)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def condition_words(condition: Condition | None) -> str:
    """The values that a condition holds for."""
    if condition is None:
        return "not said"
    if condition.at_least is not None:
        return f"{in_figures(condition.at_least)} or more"
    if condition.below is not None:
        return f"below {in_figures(condition.below)}"
    return " or ".join(f"“{value}”" for value in condition.values)


def _keep(keep: Keep) -> str:
    if keep.between is not None:
        return f"{keep.column} outside {in_figures(keep.between[0])} to {in_figures(keep.between[1])}"
    if keep.month is not None:
        return f"{keep.column} is not in {month_words(keep.month)}"
    values = ", ".join(map(str, keep.values))
    return f"{keep.column} is {values}" if keep.negated else f"{keep.column} is none of {values}"
