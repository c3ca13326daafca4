"""Files that outlive the process that writes them: how old they are, and what a process that dies in between leaves."""
