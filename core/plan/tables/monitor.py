"""`[monitor]`: which gaps are watched over time, after how many audits, and what cuts a table into months."""

from __future__ import annotations

import re
from typing import Any

from core.errors import PlanError, quoted
from core.plan.parts import GroupsPlan, MonitorPlan, Watch
from core.plan.reader import Section

MOST_WATCHED, SMALLEST_BASELINE, LARGEST_BASELINE = 3, 3, 12
MOST_RECEIVERS = 10
_LONGEST_ADDRESS = 254
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def read_monitor(monitor: Section) -> MonitorPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    plan = MonitorPlan(
        watch=tuple(_read_watch(watch) for watch in monitor.sections("watch")),
        baseline=monitor.take("baseline", int, default=SMALLEST_BASELINE),
        date=monitor.take("date", str, default=None),
        webhook=monitor.take("webhook", str, default=None),
        email=_names(monitor, "email") if monitor.has("email") else (),
    )
    monitor.done()
    _check_told(plan)
    if len(plan.watch) > MOST_WATCHED:
        raise PlanError(
            f"[monitor] watch names {len(plan.watch)} gaps; it takes at most {MOST_WATCHED}, as each more is one more"
            " chance of a false alarm. Remove some."
        )
    if not SMALLEST_BASELINE <= plan.baseline <= LARGEST_BASELINE:
        raise PlanError(
            f"[monitor] baseline is {plan.baseline}; it takes {SMALLEST_BASELINE} to {LARGEST_BASELINE} audits."
        )
    return plan


def _read_watch(watch: Section) -> Watch:
    plan = Watch(watch.take("measure", str), _names(watch, "by"), _names(watch, "group"))
    watch.done()
    if not plan.by or len(plan.by) != len(plan.group):
        raise PlanError(
            f'{watch.name}: by and group go together, such as by = "sex" with group = "Female", or two columns with two'
            " values."
        )
    return plan


def _check_told(plan: MonitorPlan) -> None:
    if plan.webhook is not None and not _NAME.fullmatch(plan.webhook):
        raise PlanError(
            '[monitor] webhook is a name such as "ops", not an address: a plan is kept in records. Whoever runs this'
            " installation gives the name its address by PLUMBLINE_WEBHOOKS."
        )
    if len(plan.email) > MOST_RECEIVERS:
        raise PlanError(f"[monitor] email lists {len(plan.email)} addresses; it takes at most {MOST_RECEIVERS}.")
    for address in plan.email:
        if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
            raise PlanError(f'[monitor] email has "{address}", which is no address such as anna@example.org.')


def _names(watch: Section, key: str) -> tuple[str, ...]:
    return watch.take_list(key, str) if watch.holds(key, list) else (watch.take(key, str),)


def check_monitor(monitor: MonitorPlan, groups: GroupsPlan) -> None:
    """Refuse a watched gap that no audit has, or two that are the same, by PlanError."""
    for watch in monitor.watch:
        strangers = [column for column in watch.by if column not in groups.sensitive]
        if strangers:
            raise PlanError(
                f"[monitor] watch names {quoted(strangers)}, not among the sensitive columns"
                f" {quoted(groups.sensitive)}."
            )
        if len(set(watch.by)) < len(watch.by) or len(watch.by) > groups.intersections:
            raise PlanError(
                f"[monitor] watch crosses {quoted(watch.by)}; name each column once, and at most as many as"
                f" [groups] intersections says, {groups.intersections}."
            )
    if len(set(monitor.watch)) < len(monitor.watch):
        raise PlanError("[monitor] watch names a gap twice: keep one of the two.")


def monitor_document(monitor: MonitorPlan) -> dict[str, Any]:
    """The part as a plan file holds it; empty where it says nothing."""
    written: dict[str, Any] = {}
    if monitor.watch:
        written["watch"] = [
            {"measure": watch.measure, "by": _written(watch.by), "group": _written(watch.group)}
            for watch in monitor.watch
        ]
    if monitor.baseline != SMALLEST_BASELINE:
        written["baseline"] = monitor.baseline
    if monitor.date is not None:
        written["date"] = monitor.date
    if monitor.webhook is not None:
        written["webhook"] = monitor.webhook
    if monitor.email:
        written["email"] = list(monitor.email)
    return written


def _written(names: tuple[str, ...]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)
