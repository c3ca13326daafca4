"""One sandboxed process for each piece of work: queued, started, limited, watched, and read as hostile."""
