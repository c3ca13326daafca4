"""The registers beside an audit: what is written down, and a place to write more. What is typed outlives a refresh."""

import streamlit as st

from core.mitigate.advice.duplicates import decisions_sha256
from core.mitigate.alternatives import alternatives
from core.record.registers import MOST_LETTERS, REGISTERS, Register, RegisterRow
from core.report.pair.fix_result import FixResult
from pages.components import plain, session
from pages.components.fix import found as fix_found

_NEW = 0
_HEIGHT = 68


def show(audit_id: str) -> None:
    """Show one register of the audit at a time."""
    kept = session.workspace().registers.of(audit_id)
    st.header("Written down beside it", anchor=False)
    st.caption("Short registers, printed for policy and annex readers. They change no number and no verdict.")
    titles = {name: f"{register.title} ({len(kept.rows(name))})" for name, register in REGISTERS.items()}
    name = st.selectbox(
        "Register", tuple(titles), format_func=titles.__getitem__, key=session.field(audit_id, "register")
    )
    _one(audit_id, REGISTERS[name], kept.rows(name))


def _one(audit_id: str, register: Register, rows: tuple[RegisterRow, ...]) -> None:
    st.caption(register.says)
    if rows:
        plain.table({title: [getattr(row, key) for row in rows] for key, title in register.columns.items()})
    if register.name == "alternatives" and session.workspace().found_by(audit_id) is not None:
        st.button(
            "Fill from the search for fixes",
            key=session.action(audit_id, "fill alternatives"),
            on_click=session.attempt,
            args=(_fill, audit_id),
            help="Every candidate with its numbers takes the place of what stands here.",
        )
    names = ["A new entry", *(f"{place}: {next(iter(_texts(row)), '')}" for place, row in enumerate(rows, start=1))]
    chosen = st.selectbox(
        "Entry",
        range(len(names)),
        format_func=names.__getitem__,
        key=_key(audit_id, register, "entry"),
    )
    row = register.row() if chosen == _NEW else rows[chosen - 1]
    beside = st.columns(2)
    for place, (column, title) in enumerate(register.columns.items()):
        beside[place % 2].text_area(
            title,
            key=session.seed(_key(audit_id, register, f"{chosen} {column}"), getattr(row, column)),
            help=register.tips[column] or None,
            max_chars=MOST_LETTERS,
            height=_HEIGHT,
        )
    with st.container(horizontal=True):
        st.button(
            "Add it" if chosen == _NEW else "Keep the change",
            key=session.action(audit_id, f"keep {register.name}"),
            on_click=session.attempt,
            args=(_keep, audit_id, register, chosen),
        )
        if chosen != _NEW:
            st.button(
                "Take it out",
                type="tertiary",
                key=session.action(audit_id, f"remove {register.name}"),
                on_click=session.attempt,
                args=(_remove, audit_id, register, chosen),
            )


def _texts(row: RegisterRow) -> list[str]:
    """What is written in a row, shortened for a list."""
    said = (str(value) for value in vars(row).values())
    return [text if len(text) <= 60 else f"{text[:59]}…" for text in said if text]


def _key(audit_id: str, register: Register, name: str) -> str:
    return session.field(audit_id, f"register {register.name} {name}")


def _keep(audit_id: str, register: Register, chosen: int) -> None:
    """Keep the entry as it is typed, a new one after the others."""
    typed = {
        column: str(st.session_state.get(_key(audit_id, register, f"{chosen} {column}"), "")).strip()
        for column in register.columns
    }
    if not any(typed.values()):
        return
    rows = list(session.workspace().registers.of(audit_id).rows(register.name))
    row = register.row(**typed)
    _write(audit_id, register, [*rows, row] if chosen == _NEW else [*rows[: chosen - 1], row, *rows[chosen:]])


def _remove(audit_id: str, register: Register, chosen: int) -> None:
    rows = session.workspace().registers.of(audit_id).rows(register.name)
    _write(audit_id, register, [*rows[: chosen - 1], *rows[chosen:]])


def _fill(audit_id: str) -> None:
    """Write every candidate of the last search into the register; what was audited is what was taken."""
    found = fix_found.load(audit_id)
    if found is None:
        return
    audited = {
        FixResult.from_text(audit.fix).decides
        for audit in session.workspace().owned_by(session.owner())
        if audit.original == audit_id and audit.fix is not None
    }
    taken = next((fix.id for fix in found.fixes if decisions_sha256(fix) in audited), None)
    entries = alternatives(found.mitigated, found.fixes, found.places, found.advice, taken)
    _write(audit_id, REGISTERS["alternatives"], list(entries))


def _write(audit_id: str, register: Register, rows: list[RegisterRow]) -> None:
    """Keep a register's rows, in the ledger too where there is one, and let its fields begin anew."""
    space = session.workspace()
    written = space.registers.of(audit_id).with_rows(register.name, rows)
    space.registers.keep(audit_id, written)
    if space.ledger.code(audit_id) is not None:
        said = {"register": register.name, "rows": written.to_json()[register.name]}
        space.ledger.say(audit_id, "register", said)
    session.forget_fields(audit_id, f"register {register.name} ")
