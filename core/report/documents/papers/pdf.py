"""The report as a PDF: the web page printed by this machine's Chromium, then finished so that it stands alone.

Chromium makes the tag tree: headings, tables with header cells, words for pictures. What is finished here: title,
language and dates, result.json and the receipt as attachments, smaller objects, an id that follows from the content.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from core.catalogue import called
from core.record import AuditRecord
from core.record.evidence.receipt import RECEIPT_FILE
from core.report.documents.html import report_html
from core.report.documents.json import as_text, result
from core.report.sections.reported import ReportedAudit

# Named, not imported: this room starts no process.
PRINTS = "core.jobs.printing:printed"
LANGUAGE = "en"
RESULT = "result.json"


def pdf_file(audit: ReportedAudit) -> bytes:
    """The file's bytes. Raises DataError where there is no Chromium here, or it fails."""
    page = report_html(audit, is_sheet=True).encode()
    return finished(called(PRINTS)(page), audit)


def finished(printed: bytes, audit: ReportedAudit) -> bytes:
    """A printed report as it is handed out."""
    import pikepdf

    with pikepdf.open(BytesIO(printed)) as document:
        document.Root.Lang = pikepdf.String(LANGUAGE)
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        _say_what_it_is(document, audit)
        _attach(document, audit.record, RESULT, as_text(result(audit.record)).encode(), "Every number of this report")
        if audit.proof is not None:
            _attach(
                document, audit.record, RECEIPT_FILE, audit.proof(audit), "The receipt of the web page and the result"
            )
        written = BytesIO()
        document.save(
            written,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            deterministic_id=True,
        )
    return written.getvalue()


def _say_what_it_is(document: Any, audit: ReportedAudit) -> None:
    """Title, author, language and dates, both ways in which readers look for them."""
    moment = datetime.fromisoformat(audit.record.created)
    for key in list(document.docinfo):
        del document.docinfo[key]
    said = {"/Title": audit.name, "/Author": audit.asked.author, "/Subject": audit.asked.purpose}
    stamp = f"D:{moment:%Y%m%d%H%M%S}Z"
    for key, text in {**said, "/Creator": "Plumbline", "/CreationDate": stamp, "/ModDate": stamp}.items():
        if text:
            document.docinfo[key] = _plain(text)
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for key in list(metadata):
            del metadata[key]
        metadata["dc:title"] = _plain(audit.name)
        metadata["dc:language"] = {LANGUAGE}
        metadata["xmp:CreatorTool"] = "Plumbline"
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = moment.isoformat()
        if audit.asked.author:
            metadata["dc:creator"] = [_plain(audit.asked.author)]


def _attach(document: Any, record: AuditRecord, name: str, content: bytes, what: str) -> None:
    """Put a file for programs into the document."""
    import pikepdf

    moment = datetime.fromisoformat(record.created)
    document.attachments[name] = pikepdf.AttachedFileSpec(
        document,
        content,
        filename=name,
        mime_type="application/json",
        description=what,
        creation_date=f"D:{moment:%Y%m%d%H%M%S}Z",
        mod_date=f"D:{moment:%Y%m%d%H%M%S}Z",
    )


def _plain(text: str) -> str:
    """A text without characters that neither PDF nor XML can hold."""
    return "".join(letter for letter in text if letter.isprintable())
