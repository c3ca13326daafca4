"""A table in many files: which they are, in which order, whether they go together, and how they are read as one."""
