"""The picture by itself: an SVG that stands alone and says what it shows, and a PNG of it."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from core.errors import PlanError
from core.report.documents.papers.pictures import png_file, svg_file
from core.report.sections.reported import ReportedAudit
from tests.core.report.documents.papers.reports import whole_report
from tests.worlds.records import decided

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("hostile", [False, True])
def test_the_svg_stands_alone_with_its_title_and_its_words(hostile: bool) -> None:
    text = svg_file(whole_report(hostile)).decode()
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img" and root.get("aria-label")
    assert root[0].tag == f"{SVG}title" and root[0].text == "Who gets selected? · by g"
    assert "var(" not in text and not [each.tag for each in root.iter() if each.tag in (f"{SVG}script", f"{SVG}image")]


def test_the_png_is_a_picture_with_something_on_white() -> None:
    drawn = Image.open(BytesIO(png_file(whole_report()))).convert("RGB")
    assert drawn.width > 1_000 and drawn.getpixel((0, 0)) == (255, 255, 255)
    assert len(drawn.getcolors(1 << 24) or []) > 20


def test_without_a_comparison_there_is_no_picture() -> None:
    with pytest.raises(PlanError, match="only one group"):
        svg_file(ReportedAudit(decided({"a": (9, 9, 9, 9)})))
