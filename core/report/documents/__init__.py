"""What is taken away: result.json, CSV, HTML, attribution.json."""
