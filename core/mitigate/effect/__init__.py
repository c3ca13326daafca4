"""What a fix does to people, on the report split."""
