"""What an audit gives away: result.json, tables of numbers, pages that open offline."""
