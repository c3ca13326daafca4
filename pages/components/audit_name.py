"""What an audit is called: as somebody called it, else by its question's own name, else by its table."""

from core.errors import PlumblineError
from core.plan.plan import Plan
from core.store.workspace import Audit


def of(audit: Audit) -> str:
    """The name; that of the audit of a fix says whose fix it is."""
    file = audit.table.name if audit.table else audit.brought
    return audit.called or _question(audit) or file or "No table yet"


def _question(audit: Audit) -> str:
    """The name that the last question that was asked gives itself; none where none was."""
    try:
        return "" if audit.asked is None else Plan.from_toml(audit.asked).name
    except PlumblineError:  # an older Plumbline asked it
        return ""
