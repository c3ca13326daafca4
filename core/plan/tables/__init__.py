"""The tables of a plan file: how each is read, what its keys need of each other, and how it is written."""
