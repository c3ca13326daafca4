"""The answer at a glance: the finding as the title, the picture beside it, a card a column, a cell a question."""
