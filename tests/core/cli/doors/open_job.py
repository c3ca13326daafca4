"""A job process without its sandbox: only for the test that looks at what it would reach for."""

from pathlib import Path

from core.jobs import job, sandbox


def enter(folder: Path, limits: sandbox.Limits, cuda: bool) -> sandbox.Protection:
    """Shut nothing."""
    return sandbox.Protection(landlock=None, seccomp=False)


if __name__ == "__main__":
    sandbox.enter = enter
    job.leave(job.main())
