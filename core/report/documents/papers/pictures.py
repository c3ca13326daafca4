"""The report's picture by itself, as SVG and as PNG, in dark ink on white."""

from __future__ import annotations

from xml.etree import ElementTree

from core.errors import PlanError
from core.report.sections.blocks import PictureBlock
from core.report.sections.opening import whole_picture
from core.report.sections.reported import ReportedAudit
from core.report.xml_text import xml_text

_DENSE = 2.0  # pixels of a PNG for one of the SVG
_SVG = "http://www.w3.org/2000/svg"
_SHEET = "#FFFFFF"


def svg_file(audit: ReportedAudit) -> bytes:
    """The picture as SVG, with its title and its words. Raises PlanError where nothing can be compared."""
    return standing_alone(_picture(audit)).encode()


def png_file(audit: ReportedAudit) -> bytes:
    """The picture as PNG. Raises PlanError where nothing can be compared."""
    return png(_picture(audit))


def png(picture: PictureBlock) -> bytes:
    """A picture as the bytes of a PNG."""
    import vl_convert

    drawn: bytes = vl_convert.svg_to_png(standing_alone(picture), scale=_DENSE)
    return drawn


def standing_alone(picture: PictureBlock) -> str:
    """A picture as an SVG file: on white, and with words for who does not see it."""
    for prefix, name in (("", _SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.fromstring(picture.on_paper)
    root.set("role", "img")
    root.set("aria-label", xml_text(picture.alt))
    title, sheet = ElementTree.Element(f"{{{_SVG}}}title"), ElementTree.Element(f"{{{_SVG}}}rect")
    title.text = xml_text(picture.title)
    sheet.attrib |= {"width": "100%", "height": "100%", "fill": _SHEET}
    root[:0] = [title, sheet]
    return ElementTree.tostring(root, encoding="unicode")


def _picture(audit: ReportedAudit) -> PictureBlock:
    if audit.drawn is None:
        raise PlanError("There is no picture: this audit has only one group, so nothing was compared.")
    return whole_picture(audit.drawn)
