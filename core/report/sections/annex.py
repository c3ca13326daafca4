"""What a technical reader repeats: every number, how it was computed, with what, and the plan."""

from __future__ import annotations

from collections.abc import Iterator

from core.metrics.group_metrics import METRICS, Estimate
from core.metrics.reference import By
from core.metrics.verdicts import Gap
from core.record.evidence.receipt import RECEIPT_FILE
from core.record.evidence.words import openssl_steps
from core.report.sections.blocks import Block, Cell, Heading, Paragraph, Preformatted, TableBlock
from core.report.sections.methods import FORMULAS, METHODS
from core.report.sections.policy import p_words, verdict_cell
from core.report.sections.reported import ReportedAudit
from core.report.words.audit import near_note, run_facts, second_opinion_note
from core.report.words.by_group import band_words, gap_range_words, gap_words

_DIGITS = 6
_GROUP_COLUMNS = ("Group", "Measure", "Value", "Lowest", "Highest", "Counted", "Of", "Why not")
_GAP_COLUMNS = ("Group", "Measure", "Value", "Plausible range", "p", "p, corrected", "Acceptable", "Verdict", "Reason")


def group_numbers(audit: ReportedAudit) -> Iterator[Block]:
    """Every number of every group, a table for each column and crossing."""
    yield Heading("Every number of every group")
    for by in audit.overview.tables:
        groups = [group for group in audit.judgement.groups if group.by == by]
        rows = [
            _estimate(audit.terms.name(group.group), name, estimate)
            for group in groups
            for name, estimate in group.metrics.items()
        ]
        yield TableBlock.of(f"Groups by {' × '.join(by)}", _GROUP_COLUMNS, rows)
    theil = audit.judgement.theil_index
    if theil is not None and theil.value is not None:
        yield Paragraph(f"Theil index of all people: {number(theil.value)}.")


def gap_numbers(audit: ReportedAudit) -> Iterator[Block]:
    """Every comparison with its interval, test, limit and verdict, a table for each column and crossing."""
    yield Heading("Every comparison")
    for by in audit.overview.tables:
        gaps = [gap for gap in audit.judgement.gaps if gap.by == by]
        if gaps:
            caption = _caption(audit, by)
            yield TableBlock.of(caption, _GAP_COLUMNS, (_gap(audit.terms.name(gap.group), gap) for gap in gaps))


def _caption(audit: ReportedAudit, by: By) -> str:
    return f"By {' × '.join(by)}, each compared with {audit.terms.name(audit.judgement.reference(by))}"


def _estimate(group: str, name: str, estimate: Estimate) -> tuple[str | Cell, ...]:
    ends = (estimate.value, estimate.low, estimate.high)
    counted = (estimate.numerator, estimate.denominator)
    cells = (*(Cell(number(x), x) for x in ends), *(Cell("" if x is None else f"{x:,.15g}", x) for x in counted))
    return (group, name.replace("_", " "), *cells, estimate.reason or "")


def _gap(group: str, gap: Gap) -> tuple[str | Cell, ...]:
    words = Cell(gap_words(gap), gap.value)
    tests = (Cell(p_words(p), p) for p in (gap.p_value, gap.p_adjusted))
    name = gap.measure.replace("_", " ")
    return (group, name, words, gap_range_words(gap), *tests, band_words(gap.band), verdict_cell(gap), gap.reason)


def number(value: float | None) -> str:
    """A number with so many digits that nobody misses one; empty where there is none."""
    return "" if value is None else f"{value:.{_DIGITS}g}"


def fed(audit: ReportedAudit) -> Iterator[Block]:
    """Which column went to which place of the model; nothing where it took columns by their names."""
    if audit.record.fed:
        yield Heading("What the model was fed")
        rows = ((str(each.position), each.column) for each in audit.record.fed)
        yield TableBlock.of("The columns, by their place among the model's inputs", ("Place", "Column"), rows)


def methods(audit: ReportedAudit) -> Iterator[Block]:
    """How each number is computed: formulas of the four counts, intervals, tests, verdicts."""
    yield Heading("Methods")
    yield TableBlock.of(
        "TP, FP, FN, TN: selected or not, by good outcome or not; N: everybody",
        ("Measure", "Formula", "The share of"),
        ((name.replace("_", " "), FORMULAS[name], audit.terms.said(metric.counts)) for name, metric in METRICS.items()),
    )
    for title, words in METHODS:
        yield Heading(title, 3)
        yield Paragraph(words)


def run(audit: ReportedAudit) -> Iterator[Block]:
    """What ran on what: seed, versions, digests, and what a second program says to the same counts."""
    plan, record = audit.plan, audit.record
    facts = [
        *run_facts(record),
        ("Plan (SHA-256)", plan.sha256),
        # A record keeps every number: whoever guesses a hidden one could try it against the digest.
        *(() if record.hides_small else (("Record (SHA-256)", record.digest),)),
        ("Seed", str(plan.run.seed)),
        ("Confidence", f"{100 * plan.run.confidence:g} %"),
    ]
    yield Heading("How it was computed")
    yield TableBlock.of("What ran, on what", ("What", "Value"), facts)
    yield Paragraph(near_note(record))
    yield Paragraph(second_opinion_note(record.second_opinion))


def proof(audit: ReportedAudit) -> Iterator[Block]:
    """How a reader checks the report against its receipt, without this program."""
    from core.report.documents.formats import file_name

    yield Heading("Checking it without Plumbline")
    if audit.receipt is None:
        yield Paragraph("There is no receipt to check it by.")
        return
    page = file_name(audit, "html")
    yield Paragraph(
        f"Put the web page of this report, {page}, and its {RECEIPT_FILE} into one folder, and type there, with OpenSSL"
        " 3. The last line says that the page is unchanged. Compare the key with the one that you were given."
    )
    yield Preformatted(openssl_steps(page))


def plan(audit: ReportedAudit) -> Iterator[Block]:
    """The question as a plan file."""
    yield Heading("The plan")
    yield Preformatted(audit.plan.to_toml())
