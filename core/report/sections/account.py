"""What one page says beside the finding: what was done about it, how far it reaches, who says so, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

from core.metrics.small_cells.hidden import FEW
from core.metrics.words import rows_word
from core.mitigate.goals.goal_test import KEPT_WORDS, VERDICTS
from core.report.pair.fix_result import FixResult
from core.report.sections.blocks import Block, Heading, KeyFacts, MarkedFinding, Paragraph, PictureBlock
from core.report.sections.reported import ReportedAudit
from core.report.words.audit import date_words, decision_note
from core.report.words.by_group import bands_words
from core.report.words.rows_told import RowsTold

_MOST_FIXES, _MOST_WORSE = 2, 2
_SCANNED_SHARE = 0.14
_WHOSE = {"default": "the usual ones", "policy": "those of the named policy", "plan": "the plan's own"}
HIDES_SMALL = (
    f"Numbers of {FEW} people are hidden, and larger ones from which a small one could be worked out. "
    "Reports of overlapping audits can be subtracted from each other, so publish only one of them."
)
FIXES_HIDDEN = "A fix was looked for. What came of it is left out: it could give away numbers that are hidden here."
TO_CHECK = (
    "With “plumbline verify”, a command of Plumbline (see its README): on the PDF, or on the web page with its "
    "receipt.json."
)
QR_HOLDS = "the receipt's code to scan, and nothing else"
NO_RECEIPT = "No receipt: nothing here proves that this report was not changed."


def done(audit: ReportedAudit) -> Iterator[Block]:
    """What was done about the finding: each fix that was audited, with what came of it and what got worse."""
    yield Heading("What was done about it")
    if audit.fixes and audit.record.hidden:
        yield Paragraph(FIXES_HIDDEN)
        return
    if not audit.fixes:
        yield Paragraph("No fix was audited, so nothing is said here of what would help.")
    for fix in audit.fixes[:_MOST_FIXES]:
        yield from _fix(fix)
    if len(audit.fixes) > _MOST_FIXES:
        yield Paragraph(f"{len(audit.fixes) - _MOST_FIXES} more fixes were audited.", "soft")


def _fix(fix: FixResult) -> Iterator[Block]:
    trained = f" {fix.trained_on}" if fix.trained_on else ""
    more = (f"{fix.title}: {fix.words}. Asked: {fix.question}.{trained}", *fix.worse[:_MOST_WORSE])
    yield MarkedFinding(VERDICTS[fix.kept], KEPT_WORDS[fix.kept], fix.said, more)


def scope(audit: ReportedAudit) -> Iterator[Block]:
    """Whom it is about, what was asked, and what it cannot say, in five lines."""
    plan, record = audit.plan, audit.record
    whom = f"{record.counts.people:,} {rows_word(plan)} of {plan.data.file} were counted"
    yield Heading("Scope and limits")
    yield Paragraph(f"{whom}; {_left_out_words(RowsTold.of(record).left_out)} left out.")
    yield Paragraph(decision_note(plan))
    if plan.data.label is None:
        yield Paragraph("The table does not say what really happened, so wrong decisions could not be counted.")
    else:
        known = record.counts.labelled
        yield Paragraph(f"What really happened is known for {known:,} of them, from “{plan.data.label}”.")
    shown = audit.drawn
    if shown is not None:
        whose = " and ".join(dict.fromkeys(_WHOSE[band.source] for band in shown.bands))
        yield Paragraph(f"Acceptable is {bands_words(shown.bands)}. These limits are {whose}.")
    if record.hides_small:
        yield Paragraph(HIDES_SMALL)
    yield Paragraph("It says that groups are treated differently, not why, and settles no question of law.")


def _left_out_words(people: int | None) -> str:
    if people == 0:
        return "nobody was"
    return f"{FEW} were" if people is None else f"{people:,} were"


def signed(audit: ReportedAudit) -> Iterator[Block]:
    """Who made it, when and for what, until when it holds, and what proves it."""
    asked = audit.asked
    facts = [
        ("Audited on", date_words(audit.record.created)),
        ("By", asked.author or ", ".join(each.name for each in audit.signed) or "not said"),
        ("Purpose", asked.purpose),
        ("Valid until", _day_words(asked.valid_until)),
        *(("Signed", each.line) for each in audit.signed),
        ("Receipt", audit.receipt or NO_RECEIPT),
        ("The square", "" if audit.receipt is None else QR_HOLDS),
        ("To check it", "" if audit.receipt is None else TO_CHECK),
    ]
    yield Heading("Who, when, and what proves it")
    if audit.receipt is not None:
        yield _scanned(audit.receipt)
    yield KeyFacts(tuple((name, said) for name, said in facts if said))


def _scanned(code: str) -> PictureBlock:
    """A code to be scanned. Black on white, whatever the page's colours: that is what cameras look for."""
    import segno

    drawn, looks = BytesIO(), {"dark": "#000000", "light": "#FFFFFF", "border": 2, "scale": 8, "unit": "px"}
    segno.make(code, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, nl=False, **looks)
    return PictureBlock(
        drawn.getvalue().decode(), "The receipt's code, to be scanned", f"A QR code that says {code}", _SCANNED_SHARE
    )


def _day_words(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"
