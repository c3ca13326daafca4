"""Files that people take away and open with other programs."""
