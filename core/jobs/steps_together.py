"""How far jobs side by side have come: of each thing that they do, the sum over all that have done it."""

from __future__ import annotations

from dataclasses import dataclass, field

Step = tuple[int, int, str]


@dataclass
class StepsTogether:
    """The sums over jobs that do the same things, each when it comes to them; what is done never grows fewer.

    A job that begins a thing anew, as with the rows of its next training, adds to what it did of it before.
    """

    _rounds: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    _doing: dict[str, str] = field(default_factory=dict)

    def after(self, job: str, step: Step) -> Step:
        """The sum once this job has come to this step; steps in all are 0 where one of them does not know."""
        done, total, what = step
        rounds = self._rounds.setdefault((job, what), [])
        if rounds and self._doing.get(job) == what and done >= rounds[-1][0]:
            rounds.pop()
        rounds.append((done, total))
        self._doing[job] = what
        each = [one for (_, doing), ones in self._rounds.items() if doing == what for one in ones]
        return sum(done for done, _ in each), sum(total for _, total in each) if all(t for _, t in each) else 0, what
