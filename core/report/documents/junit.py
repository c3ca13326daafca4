"""A gate's verdict as JUnit XML: a test case for each gated gap, skipped where it cannot be told."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from core.metrics.gate import GatedGap
from core.report.words.gate import GateTold
from core.report.words.gate.gap import gap_line, one_line, title
from core.report.xml_text import xml_text

SUITE = "plumbline gate"


def junit(told: GateTold) -> bytes:
    """The file's bytes. It fits both what Ant's task writes and what Jenkins and GitLab read."""
    gaps = told.verdict.gaps
    numbers = {
        "tests": str(max(1, len(gaps))),
        "failures": str(len(told.verdict.of("failed"))),
        "errors": "0",
        "time": "0",
    }
    top = Xml.Element("testsuites")
    created = datetime.fromisoformat(told.created).astimezone(UTC)
    suite = Xml.SubElement(
        top,
        "testsuite",
        {
            "name": SUITE,
            "package": "plumbline",
            "id": "0",
            "hostname": "localhost",
            "timestamp": f"{created:%Y-%m-%dT%H:%M:%S}",
            "skipped": str(len(told.verdict.of("unclear")) if gaps else 1),
            **numbers,
        },
    )
    properties = Xml.SubElement(suite, "properties")
    said = {"verdict": told.first, "against": " ".join(told.against), "ledger": told.head}
    for name, value in said.items():
        Xml.SubElement(properties, "property", {"name": name, "value": _text(value)})
    for gap in gaps:
        _case(suite, gap, told)
    if not gaps:
        Xml.SubElement(_named(suite, "gate", "plumbline"), "skipped", {"message": _text(told.first)})
    Xml.SubElement(suite, "system-out").text = "\n".join(map(_text, told.lines()))
    Xml.SubElement(suite, "system-err")
    Xml.indent(top)
    found: bytes = Xml.tostring(top, encoding="utf-8", xml_declaration=True)
    return found


def _case(suite: Xml.Element, gap: GatedGap, told: GateTold) -> None:
    by = ".".join(each.replace(".", " ") for each in gap.gap.by)
    case = _named(suite, title(gap, told.terms), f"plumbline.{by}")
    if gap.outcome == "passed":
        return
    line = _text(gap_line(gap, told.terms))
    if gap.outcome == "unclear":
        Xml.SubElement(case, "skipped", {"message": line})
        return
    why = "limit" if gap.limit == "broken" else "worsening"
    Xml.SubElement(case, "failure", {"type": why, "message": line}).text = line


def _named(suite: Xml.Element, name: str, classname: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", {"name": _text(name), "classname": _text(classname), "time": "0"})


def _text(text: str) -> str:
    return xml_text(one_line(text))
