"""The files that a report can be written as, a row each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from core.catalogue import called, table
from core.plan.parts import READERS, ReportPlan
from core.record import AuditRecord
from core.report.sections import asked_sections
from core.report.sections.reported import ReportedAudit

_MOST_LETTERS = 60
_FOR = dict(zip(READERS, ("one-page", "policy", "annex"), strict=True))  # as files' names say it
_PAPERS, _OFFICE = "core.report.documents.papers", "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class ReportFormat:
    """One row: a kind of file. Its name is the ending of its files.

    Attributes
    ----------
    name
        The ending, without a dot.
    title, mime
        What pages call it, and its media type.
    writes
        What makes it of a `ReportedAudit`, as "module:function" that gives bytes: what it needs is imported then.
    lacks
        What says which program of this machine it needs and does not find, as "module:function" that gives a sentence,
        empty where all is there; empty where it needs none.
    by_reader
        Whether it holds what the chosen readers are to read, and not the same for all.
    """

    name: str
    title: str
    mime: str
    writes: str
    lacks: str = ""
    by_reader: bool = True

    @property
    def lacking(self) -> str:
        """What this machine lacks for it, and what to do instead; empty where nothing is lacking."""
        return str(called(self.lacks)()) if self.lacks else ""

    def content(self, audit: ReportedAudit) -> bytes:
        """The file's bytes. Raises PlanError for a section that there is not."""
        made: bytes = called(self.writes)(audit)
        return made


REPORT_FORMATS = table(
    ReportFormat("html", "Web page (.html)", "text/html", "core.report.documents.html:html_file"),
    ReportFormat("pdf", "PDF", "application/pdf", f"{_PAPERS}.pdf:pdf_file", "core.jobs.printing:lacking"),
    ReportFormat("docx", "Word (.docx)", f"{_OFFICE}.wordprocessingml.document", f"{_PAPERS}.word:word_file"),
    ReportFormat("xlsx", "Tables (.xlsx)", f"{_OFFICE}.spreadsheetml.sheet", f"{_PAPERS}.workbook:workbook_file"),
    ReportFormat("md", "Model card (.md)", "text/markdown", f"{_PAPERS}.model_card:model_card_file", by_reader=False),
    ReportFormat("svg", "Picture (.svg)", "image/svg+xml", f"{_PAPERS}.pictures:svg_file", by_reader=False),
    ReportFormat("png", "Picture (.png)", "image/png", f"{_PAPERS}.pictures:png_file", by_reader=False),
)


@dataclass(frozen=True)
class AskedReport:
    """A report that an audit will have, asked for before it runs: as which files, and what it is to be."""

    formats: tuple[ReportFormat, ...]
    asked: ReportPlan
    logo: bytes | None

    @classmethod
    def of_kinds(cls, names: Iterable[str], asked: ReportPlan, logo: bytes | None) -> AskedReport:
        """As files with these endings. Raises PlanError for a kind or a section that there is not."""
        asked_sections(asked)
        return cls(tuple(REPORT_FORMATS[name] for name in names), asked, logo)

    def of(
        self,
        record: AuditRecord,
        receipt: str | None = None,
        prove: Callable[[dict[str, bytes]], bytes] | None = None,
    ) -> dict[str, bytes]:
        """The files of one audit, by their names.

        `receipt` is the code that they print, `prove` makes the receipt that the PDF carries of the web page, given by
        its name; None where there is none.
        """
        proof = None if prove is None else lambda told: prove(web_page(told))
        audit = ReportedAudit(record, self.asked, receipt=receipt, proof=proof, logo=self.logo)
        return {file_name(audit, each.name): each.content(audit) for each in self.formats}


def format_of(name: str) -> ReportFormat:
    """The kind of file that a file's name ends in. Raises PlanError naming those that there are."""
    return REPORT_FORMATS[name.rpartition(".")[2].lower()]


def web_page(audit: ReportedAudit) -> dict[str, bytes]:
    """The report as a web page, by its name."""
    return {file_name(audit, "html"): REPORT_FORMATS["html"].content(audit)}


def file_name(audit: ReportedAudit, ending: str) -> str:
    """A file's name, of the audit's and its day: "Loans-2026-11-21.html".

    It tells apart what must not be taken for another: for whom it is, where that is not the decision maker alone, that
    small numbers are hidden, and that somebody signed: "Loans-2026-11-21-policy-hidden-signed.html".
    """
    told = []
    if REPORT_FORMATS[ending].by_reader:
        readers = [_FOR[name] for name in READERS if name in audit.asked.readers]
        told += readers if readers != [_FOR[READERS[0]]] else []
    told += ["hidden"] if audit.record.hides_small else []
    told += ["signed"] if audit.signed and not REPORT_FORMATS[ending].mime.startswith("image/") else []
    day = f"{datetime.fromisoformat(audit.record.created):%Y-%m-%d}"
    return f"{'-'.join([file_stem(audit.name), day, *told])}.{ending}"


def file_stem(name: str) -> str:
    """A name as a part of a file's: letters and digits that every system takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:_MOST_LETTERS] or "audit"
