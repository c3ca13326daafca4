"""The question mark beside a word that a newcomer may not know: what it means, and the way to its entry in Help."""

from core.report.glossary.entry import address
from core.report.glossary.terms import TERMS

PAGE, ENTRY = "help", "term"
# What an address says of the part that is open: a link leads to this machine by it.
PART, MACHINE = "part", "machine"


def tip(name: str, *more: str) -> str:
    """What a question mark says of the term of this name, after what else there is to say; markdown."""
    term = TERMS[name]
    return " ".join([*more, term.short, f"[More: {term.title}]({PAGE}?{ENTRY}={address(name)})"])
