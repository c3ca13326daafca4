"""What a library says when it fails, cut to what fits into one line of a message."""

MOST_CHARACTERS = 200


def first_line(error: Exception) -> str:
    """The first line of an error's text, or the name of its type."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:MOST_CHARACTERS]
