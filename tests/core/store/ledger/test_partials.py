"""What parts of a table gave is kept beside the ledger: each once, and gone when its audit is whole or forgotten."""

from datetime import timedelta

from sqlalchemy import text

from core.store.ledger.checking import problems
from core.store.ledger.ledger import Ledger
from core.store.ledger.partials import KEPT_FOR, KeptPartials
from tests.core.store.ledger.conftest import Opened


def test_a_part_is_kept_once_and_in_the_order_of_the_table(ledger: Ledger, opened: Opened) -> None:
    partials = KeptPartials(ledger.database)
    assert [partials.put_once("a", index, b"%d" % index) for index in (2, 0, 10)] == [True, True, True]
    assert not partials.put_once("a", 2, b"another")
    assert partials.put_once("b", 2, b"of another counting")
    again = KeptPartials(opened().database)
    assert list(again.kept("a")) == [(0, b"0"), (2, b"2"), (10, b"10")]
    again.forget("a")
    assert list(partials.kept("a")) == [] and list(partials.kept("b")) == [(2, b"of another counting")]


def test_parts_are_no_entries_of_the_ledger(ledger: Ledger, opened: Opened) -> None:
    KeptPartials(ledger.database).put_once("a", 0, b"0")
    assert not ledger.is_begun()
    ledger.append("note", {})
    assert problems(opened()) == []


def test_parts_of_a_run_that_nobody_took_up_again_are_forgotten(ledger: Ledger) -> None:
    partials = KeptPartials(ledger.database)
    for counting in ("old", "new"):
        partials.put_once(counting, 0, b"0")
    with ledger.database.writing() as connection:
        from core.store.ledger import partials as module

        before = (module._now() - KEPT_FOR - timedelta(seconds=1)).isoformat()
        connection.execute(text("UPDATE partials SET kept = :before WHERE counting = 'old'"), {"before": before})
    again = KeptPartials(ledger.database)
    assert list(again.kept("old")) == [] and len(list(again.kept("new"))) == 1
