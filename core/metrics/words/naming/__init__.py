"""What groups of people are called in sentences."""
