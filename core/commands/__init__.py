"""What every command needs: its job, its end by a signal, its files, and words that are safe on a terminal."""
