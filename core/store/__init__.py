"""What an installation keeps on disk: uploads, audits, results; the workspace that pages talk to."""
