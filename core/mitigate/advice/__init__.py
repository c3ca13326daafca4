"""Which fix to try first, in words: never one that another beats, and what speaks against each other one."""
