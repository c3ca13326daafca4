"""What is weighed: columns of a table, cells of an image, words of a text."""
