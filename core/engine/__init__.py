"""The pass over the rows: from a plan, a table and a model to counts and a record."""
