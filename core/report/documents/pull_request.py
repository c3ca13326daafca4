"""A gate's verdict as Markdown for a pull request: no name in it makes a link, a picture, HTML or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.report.documents.papers.model_card import escaped
from core.report.words.gate import OUTCOME_WORDS, GateTold
from core.report.words.gate.gap import detectable_words, limit_said, one_line, standing, title, worsening_words

COLUMNS = ("", "Gap", "Before", "Now", "Worsening", "Limit", "Could show", "n")
# What GitHub and GitLab read as a person, an issue, a request, a label or a milestone, once Markdown was read: no
# backslash keeps them from it. A sign that takes no room, and that no line breaks at, does.
_REFERENCES = re.compile(r"(\\?[@#!~%$^]|&amp;|/|(?<=[A-Za-z])\\-(?=\d)|(?<=www)\\\.)(?=[\w\\])")
_APART = "\u2060"


def pull_request(told: GateTold) -> bytes:
    """The file's bytes."""
    return ("\n\n".join(_blocks(told)) + "\n").encode()


def plain(text: str) -> str:
    """A text that Markdown shows as it is, and that no forge turns into a reference."""
    return _REFERENCES.sub(rf"\1{_APART}", escaped(one_line(text)))


def _blocks(told: GateTold) -> Iterator[str]:
    yield f"### Fairness gate: {OUTCOME_WORDS[told.verdict.outcome]}"
    yield plain(told.first)
    if told.against:
        yield plain(" ".join([*told.against, *told.inherited()]))
    if told.verdict.gaps:
        yield "\n".join(_table(told))
    said = [plain(each) for each in (*told.explained(), *told.notes)]
    if told.head:
        said.append(f"`{told.head.replace('`', ' ')}`")  # as it is: a root is compared letter by letter
    if said:
        yield "\n".join(f"- {each}" for each in said)


def _table(told: GateTold) -> Iterator[str]:
    yield _row(COLUMNS)
    yield _row(["---"] * len(COLUMNS))
    for gap in told.verdict.gaps:
        n = "hidden" if gap.fewest is None else f"{gap.fewest:,}"
        reason = f" ({gap.reason})" if gap.reason else ""
        cells = (
            title(gap, told.terms),
            "–" if gap.before is None else standing(gap, "before"),
            standing(gap, "now"),
            worsening_words(gap) + reason,
            limit_said(gap),
            detectable_words(gap),
            n,
        )
        yield _row([f"**{OUTCOME_WORDS[gap.outcome]}**", *map(plain, cells)])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
