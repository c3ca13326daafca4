"""The yardstick of `python -m tests.golden`: what the command gives, taken before a change and compared after it."""
