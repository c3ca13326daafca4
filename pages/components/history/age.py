"""How long ago something was, in words."""

from datetime import UTC, datetime


def words(created: str) -> str:
    """From a UTC time in ISO 8601: "just now", "12 minutes ago", "3 hours ago", "5 days ago"."""
    minutes = int((datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds() // 60)
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            n = minutes // size
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"
