"""The words of one question from month to month; the table of all words has them (`core.report.glossary.terms`)."""

from __future__ import annotations

from core.report.glossary.pictures import over_time
from core.report.glossary.term import Term

OVER_TIME = (
    Term(
        "baseline", "Baseline",
        "The first audits of a question, three unless the plan says more, with which all later ones are compared.",
        ("It says how it was, not how it should be.", "Until it is complete, nothing can be called better or worse."),
        over_time.baseline,
    ),
    Term(
        "control_band", "Control band",
        "Where a gap may lie from month to month by chance alone.",
        ("It is wide where few people are counted.",
         "In 95 of 100 quiet years no audit leaves it, with all watched gaps together."),
        over_time.control_band,
    ),
    Term(
        "alarm", "Alarm",
        "A gap lies further from its baseline than chance explains.",
        ("The last audit, the last two and the last three are looked at together.",
         "It says that something has changed, not why: look at who applied, and at the outcomes."),
        over_time.alarm,
    ),
)  # fmt: skip
