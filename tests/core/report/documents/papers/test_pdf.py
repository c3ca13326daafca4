"""The report as a PDF: each table once in its tag tree, with header cells; words for pictures; title and language."""

import base64
import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pikepdf
import pytest
from PIL import Image

from core.errors import DataError, JobError
from core.jobs import printing
from core.report.documents.json import result
from core.report.documents.papers.pdf import finished, pdf_file
from core.report.sections import printed
from core.report.sections.blocks import PictureBlock, TableBlock
from core.report.sections.reported import ReportedAudit
from tests.core.report.documents.papers.reports import whole_report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(printing.chromium() is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def audit() -> ReportedAudit:
    return whole_report(hostile=True)


@pytest.fixture(scope="module")
def printed_page(audit: ReportedAudit) -> bytes:
    return pdf_file(audit)


@pytest.fixture
def document(printed_page: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(printed_page)) as opened:
        yield opened


def elements(node: Any) -> Iterator[Any]:
    """Every element of a tag tree, each before what is in it."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from elements(each)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from elements(node.get("/K"))


def tagged(document: pikepdf.Pdf, kind: str) -> list[Any]:
    tree = document.Root.StructTreeRoot
    return [each for each in elements(tree.K if "/S" in tree else tree.get("/K")) if kind == each.S]


def test_every_table_is_tagged_once_with_header_cells(document: pikepdf.Pdf, audit: ReportedAudit) -> None:
    tables = [block for section in printed(audit) for block in section.blocks if isinstance(block, TableBlock)]
    found = tagged(document, "/Table")
    assert len(found) == len(tables) > 5
    for table, block in zip(found, tables, strict=True):
        kinds = Counter(str(each.S) for each in elements(table.get("/K")))
        assert kinds["/TR"] == len(block.rows) + 1
        assert kinds["/TH"] == len(block.columns) + len(block.rows), "a head for each column and each row"


def test_pictures_have_words(document: pikepdf.Pdf, audit: ReportedAudit) -> None:
    pictures = [block for section in printed(audit) for block in section.blocks if isinstance(block, PictureBlock)]
    words = [str(each.Alt) for each in tagged(document, "/Figure") if "/Alt" in each]
    assert pictures and set(map(letters, words)) >= {letters(picture.alt) for picture in pictures}


def letters(text: str) -> str:
    """What can be seen of a text."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in " \ufffd")


def test_its_sheets_are_a4(document: pikepdf.Pdf) -> None:
    sizes = {tuple(round(float(each) / 72 * 25.4) for each in page.mediabox[2:]) for page in document.pages}
    assert sizes == {(210, 297)}


def test_it_says_what_it_is_and_carries_its_numbers(document: pikepdf.Pdf, audit: ReportedAudit) -> None:
    assert str(document.Root.Lang) == "en" and document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    metadata = document.open_metadata()
    assert metadata["dc:title"].startswith("=1+1 <script>") and "en" in metadata["dc:language"]
    assert str(document.docinfo["/CreationDate"]).startswith("D:20261121")
    attached = json.loads(document.attachments["result.json"].get_file().read_bytes())
    assert attached == json.loads(json.dumps(result(audit.record)))
    assert not [page for page in document.pages if "/Annots" in page], "no text has become a link"


def test_the_same_print_is_finished_to_the_same_bytes(audit: ReportedAudit) -> None:
    page = printing.printed(b"<!DOCTYPE html><html lang=en><title>t</title><table><tr><th>a<td>b</table>")
    assert finished(page, audit) == finished(page, audit)


class Asked(http.server.BaseHTTPRequestHandler):
    """Notes who asks."""

    paths: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_response(404)
        self.end_headers()


def test_a_page_reaches_no_network_and_no_file_but_its_own(tmp_path: Path) -> None:
    """Without a policy of its own, too: the process has no network, and reads no folder of anybody."""
    picture = BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    (tmp_path / "secret.png").write_bytes(picture.getvalue())
    own = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    with http.server.HTTPServer(("127.0.0.1", 0), Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sources = ((tmp_path / "secret.png").as_uri(), f"http://127.0.0.1:{server.server_port}/a.png")
        reached = [
            drawn_in(f'<!DOCTYPE html><html lang="en"><img alt="" src="{source}">') for source in (own, *sources)
        ]
        server.shutdown()
    assert reached == [1, 0, 0] and Asked.paths == []


def drawn_in(page: str) -> int:
    """How many pictures a page shows as it is printed."""
    with pikepdf.open(BytesIO(printing.printed(page.encode()))) as document:
        return len(list(document.pages[0].get_images()))


def test_what_takes_too_long_is_said() -> None:
    with pytest.raises(JobError, match="not printed within 0.01 seconds"):
        printing.printed(b"<p>slow", most_seconds=0.01)


def test_without_chromium_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, audit: ReportedAudit) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DataError, match="Open the web page and print this page"):
        pdf_file(audit)
