"""How a column writes what it says: codes, numbers, yes and no, "not known", and the spellings of one value."""
