"""What stands on a page before anything is opened on it: its texts, and the sentences in them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from streamlit.proto.Block_pb2 import Block as BlockProto
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from pages.components.data.steps import TITLES
from tests.pages.whole_app import plain_words

_FOLDED = ("popover", "dialog")
# Elements whose value is a text, and boxes that ask something.
_TEXTS = ("title", "header", "subheader", "markdown", "caption", "text", "error", "warning", "info", "success")
_ASKING = ("selectbox", "multiselect", "number_input", "radio", "select_slider", "checkbox", "toggle", "text_input")
_BREAKING = ("p", "li", "dt", "dd", "div", "td", "th", "tr", "h1", "h2", "h3", "figcaption", "text", "ul", "br")
# A sentence ends where the next one begins with a capital letter, a number or a quotation mark.
_NAME = re.compile("“[^”]*”")
_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9“\"])|\n+| · ")


def texts(at: AppTest) -> list[str]:
    """Every text that is seen without opening anything; of an opened part what stands in it."""
    return [plain_words(words) for words in _of_block(at.main) if words.strip()]


def sentences(at: AppTest) -> list[str]:
    """The same, cut where a sentence or a line ends; a name in quotation marks counts as one word."""
    lines = [_NAME.sub("“…”", words) for words in texts(at)]
    return [each.strip() for words in lines for each in _END.split(words) if each.strip()]


def with_open_steps(at: AppTest, audit_id: str) -> AppTest:
    """The Data page with all its steps open."""
    for step in TITLES:
        at.session_state[f"{audit_id}/step {step}"] = True
    return at.run()


def _of_block(block: Block) -> Iterator[str]:
    for node in block.children.values():
        if not isinstance(node, Block):
            yield from _of_element(node)
        elif node.type == "expander":
            yield node.label
            if node.proto.expanded:
                yield from _of_block(node)
        elif _kind(node) not in _FOLDED:
            yield from _of_block(node)


def _kind(block: Block) -> str:
    """What a block is called where it is none that AppTest knows of."""
    return str(block.proto.WhichOneof("type")) if isinstance(block.proto, BlockProto) else block.type


def _of_element(node: Any) -> Iterator[str]:
    if node.type in _TEXTS:
        yield str(node.value)
    elif node.type in _ASKING:
        yield str(node.label)
        yield from map(str, node.options if node.type == "radio" else [])
    elif node.type == "html":
        yield from _of_html(node.proto.body)
    elif hasattr(node, "label"):
        yield str(node.label)


class _Lines(HTMLParser):
    """The words of drawn HTML, a line for each paragraph, item or cell; styles and scripts hold none."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self._silent = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("style", "script")
        self.words += "\n" if tag in _BREAKING else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        self.words += "\n" if tag in _BREAKING else ""

    def handle_data(self, data: str) -> None:
        self.words += "" if self._silent else data


def _of_html(body: str) -> Iterator[str]:
    lines = _Lines()
    lines.feed(body)
    yield from (" ".join(line.split()) for line in lines.words.splitlines())
