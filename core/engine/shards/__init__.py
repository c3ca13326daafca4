"""Large tables in parts: each counted by itself in a sandboxed job, wherever one is free, and summed once."""
