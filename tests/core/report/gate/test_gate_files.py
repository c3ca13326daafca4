"""What a gate writes for machines and for pull requests: it fits the schema, and no name in it does anything."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from core.metrics.words.naming.terms import Terms
from core.plan.parts import ReportPlan
from core.record import AuditRecord
from core.record.gated import gate_record
from core.report.documents.gated import gate_document
from core.report.documents.json import as_text
from core.report.documents.junit import junit
from core.report.documents.pull_request import pull_request
from core.report.words.gate import GateTold
from tests.worlds.gated import POINTS, audited
from tests.worlds.records import HOSTILE

SCHEMA = Path(__file__).parents[3] / "worlds" / "junit.xsd"
FORGES = "@team/all #12 !34 ~bug %v1 $5 &9 GH-77 owner/repo#1 https://evil.example www.evil.example a@evil.example"
NAMES = (
    HOSTILE,
    FORGES,
    "\x00\x1b[31mred\x9b\ufffe",
    "x\nPASSED: all is well\r\n::error::stop",
    "##vso[task.complete]done ##[command]",
    "| cell | `code` |",
    "\u202eturned\u2066",
)
BEFORE = {"r": (1600, 4000), "x": (300, 1000), "y": (12, 40), "z": (1600, 4000)}
AFTER = {"r": (1600, 4000), "x": (200, 1000), "y": (13, 40), "z": (1600, 4000)}


def told(names: tuple[str, ...] = ("x", "y", "z"), strict: bool = False) -> GateTold:
    """The gate on audits whose groups are called so: one worse, one that cannot be told, one as before."""
    called = dict(zip("xyz", (names * 3)[:3], strict=True)) if len(names) < 3 else dict(zip("xyz", names, strict=False))
    before, after = (record({called.get(g, g): n for g, n in table.items()}) for table in (BEFORE, AFTER))
    against = (f"Against “{names[0]}”.",)
    verdict, terms = gate_record(after, before), Terms.of(after.plan)
    return GateTold(
        verdict, terms, names[0], after.created, against, (names[-1],), strict, "Ledger head: p/1, 3 entries"
    )


def record(table: dict[str, tuple[int, int]]) -> AuditRecord:
    return audited(table, POINTS, 'reference = {g = "r"}')


def parsed(content: bytes) -> etree._Element:
    root = etree.fromstring(content)
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(root)
    return root


def test_junit_has_a_case_for_each_gap_and_skips_what_cannot_be_told() -> None:
    (suite,) = parsed(junit(told()))
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "3", "failures": "1", "skipped": "1", "errors": "0",
    }  # fmt: skip
    worse, open_, quiet = suite.findall("testcase")
    assert worse.get("name") == "people whose g is x against people whose g is r, statistical_parity_difference"
    assert worse.get("classname") == "plumbline.g" and worse[0].tag == "failure" and worse[0].get("type") == "worsening"
    assert "Worsening: 10.0 points" in worse[0].text and "-10.0 points before, -20.0 points now" in worse[0].text
    assert open_[0].tag == "skipped" and "n = 40" in open_[0].get("message") and len(quiet) == 0
    assert suite.findtext("system-out").splitlines()[0].startswith("FAILED: of 3 gated gaps 1 got worse")
    properties = {each.get("name"): each.get("value") for each in suite.find("properties")}
    assert properties["ledger"] == "Ledger head: p/1, 3 entries"


def test_a_gate_on_nothing_is_one_skipped_case() -> None:
    alone = audited({"a": (300, 1000)})
    (suite,) = parsed(junit(GateTold(gate_record(alone), Terms.of(alone.plan), "", alone.created)))
    (case,) = suite.findall("testcase")
    assert case[0].tag == "skipped" and case[0].get("message").startswith("COULD NOT TELL: n = 0.")


@pytest.mark.parametrize("name", NAMES)
def test_junit_holds_with_names_of_strangers(name: str) -> None:
    root = parsed(junit(told((name, "y", "z"))))
    text = etree.tostring(root, encoding="unicode")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "<script" not in text and root.findtext(".//system-out").count("\n") == len(list(told().lines())) - 1


def html(told_: GateTold) -> str:
    text = pull_request(told_).decode()
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)


def test_markdown_says_the_verdict_first_and_has_a_row_for_each_gap() -> None:
    text = pull_request(told()).decode()
    assert text.startswith("### Fairness gate: FAILED\n\nFAILED\\: of 3 gated gaps")
    rendered = html(told())
    assert rendered.count("<tr>") == 4 and "<strong>COULD NOT TELL</strong>" in rendered
    assert "-20.0 points" in rendered and "<code>Ledger head: p/1, 3 entries</code>" in rendered


@pytest.mark.parametrize("name", NAMES)
def test_no_name_makes_a_link_html_or_a_mention_in_markdown(name: str) -> None:
    rendered = html(told((name, "y", "z")))
    assert rendered.count("<tr>") == 4 and rendered.count("<td") == 3 * 8
    assert not re.findall(r"<(?!/?(?:h3|p|table|thead|tbody|tr|th|td|strong|ul|li|code)\b)[a-z]", rendered)
    shown = re.sub(r"<[^>]+>", "\n", rendered)
    for reference in (r"@\w", r"#\d", r"!\d", r"~\w", r"%v", r"GH-\d", r"://\w", r"www\.\w", r"\$\w"):
        assert not re.search(reference, shown), reference


def test_what_ci_would_obey_starts_no_line_and_stands_in_none() -> None:
    for name in NAMES:
        for line in told((name, "y", "z")).lines():
            assert "\n" not in line and "##" not in line and not line.lstrip().startswith("::")
            assert len(line.splitlines()) == 1


def test_what_is_hidden_is_not_called_not_measurable() -> None:
    before, after = (
        audited({"r": (1600, 4000), "x": (3, 1000)}, f"{POINTS}\n[report]\nhide_small = true", 'reference = {g = "r"}')
        for _ in range(2)
    )
    lines = list(GateTold(gate_record(after, before), Terms.of(after.plan), "", after.created).lines())
    (line,) = [each for each in lines if each.startswith("COULD NOT TELL people")]
    assert ": hidden before, hidden now." in line and "not measurable" not in line


def test_no_figure_of_the_json_is_infinite_and_what_is_hidden_stands_nowhere_in_it() -> None:
    ratio = 'headline = "disparate_impact"'
    before, after = (audited({"r": (1600, 4000), "x": (k, 1000)}, ratio, 'reference = {g = "r"}') for k in (0, 300))
    found = gate_document(GateTold(gate_record(after, before), Terms.of(after.plan), "n", after.created))
    assert json.loads(as_text(found))["gaps"][0]["growth"] == {"value": None, "low": None, "high": None}
    few = audited({"r": (1600, 4000), "x": (3, 1000)}, ratio, 'reference = {g = "r"}')
    hides = replace(few, plan=replace(few.plan, report=ReportPlan(hide_small=True)))
    (gap,) = gate_document(GateTold(gate_record(hides, before), Terms.of(few.plan), "n", few.created))["gaps"]
    assert [gap[key] for key in ("fewest", "detectable")] == [None, None]
    assert {end for when in ("now", "growth") for end in gap[when].values()} == {None}


def test_strict_says_that_it_fails() -> None:
    few = replace(told(), verdict=replace(told().verdict, gaps=tuple(told().verdict.of("unclear"))))
    assert not few.fails and few.first == "COULD NOT TELL: n = 40. Of 1 gated gap 1 stays open."
    assert replace(few, strict=True).fails and replace(few, strict=True).first.endswith("With --strict that fails.")
