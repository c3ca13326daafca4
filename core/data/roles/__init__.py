"""What the columns of a table probably are, suggested from names and values."""
