"""From the columns of a table to what a model takes."""
