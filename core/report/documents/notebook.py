"""An audit as a notebook shows it: the answer, its picture and its table, as a part of somebody else's page."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from core.metrics.findings.ordering import headlines
from core.record import AuditRecord
from core.report.documents.html import answer_part, doubts_part, picture_part
from core.report.words.by_group import measures, standings

# Jupyter and VS Code name the colours of their themes; every rule stays within this part of the page.
_STYLE = """
.plumbline { --ink: var(--jp-ui-font-color1, var(--vscode-editor-foreground, #1B2430));
             --paper: var(--jp-layout-color0, var(--vscode-editor-background, #FFFFFF)); max-width: 60rem }
.plumbline h2 { font-size: 1.1rem; margin: .75rem 0 .25rem } .plumbline p { margin: .25rem 0 }
.plumbline .soft, .plumbline caption { opacity: .75; text-align: left } .plumbline .finding { margin: .5rem 0 }
.plumbline .mark { display: flex; gap: .5rem; align-items: center; font-weight: 600 }
.plumbline figure { margin: 0 } .plumbline figure, .plumbline .wide { overflow-x: auto }
.plumbline table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.plumbline th, .plumbline td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top }
.plumbline .doubt { border-left: .25rem solid #B5541C; padding-left: .75rem }
"""


def notebook_html(record: AuditRecord) -> str:
    """The HTML text: a `div` with a style of its own. Text from the data is escaped.

    The picture and the table open where the answer begins: on the headline's question, by the columns of the first
    finding; they are left out where nothing can be compared.
    """
    judgement = record.judgement()
    part = Element("div", {"class": "plumbline"})
    SubElement(part, "style").text = _STYLE
    doubts_part(part, record)
    answer_part(part, record, judgement)
    found = headlines(judgement, record.plan)
    by = judgement.gaps[found[0].gap].by if found else next(iter(judgement.references))
    shown = standings(judgement, record.plan, by, measures(judgement, record.plan)[0])
    if shown is not None:
        picture_part(part, shown)
    return ElementTree.tostring(part, encoding="unicode", method="html")
