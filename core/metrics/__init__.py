"""Pure functions of counts: group metrics, gaps, intervals, verdicts and comparisons."""
