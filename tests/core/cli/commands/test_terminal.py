"""What a terminal would obey never reaches one, and no letter stops a command."""

import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli import main
from core.cli.terminal import complain, say, shown
from core.samples import SAMPLES

ESCAPE = "\x1b]0;owned\x07\x1b[2J"


@given(st.text(st.characters(), max_size=40))
def test_no_control_character_comes_through(text: str) -> None:
    for letter in shown(text):
        assert (
            letter == "\n" or letter in "\u200c\u200d" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
        )


def test_plain_words_of_any_language_stay() -> None:
    for text in ("Señor Müller ≥ 80 %", "می\u200cخواهم", "群体", "a\nb", r"C:\x1b"):
        assert shown(text) == text


def test_what_a_terminal_would_obey_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"no column {ESCAPE}")
    complain(f"a\n\u202eb {ESCAPE} \udcff\x85")
    said = capsys.readouterr()
    assert said.out == "no column \\x1b]0;owned\\x07\\x1b[2J\n"
    assert said.err == "plumbline: a \\u202eb \\x1b]0;owned\\x07\\x1b[2J \\udcff\n"


def test_a_terminal_that_lacks_a_letter_gets_it_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", taken)
    say("é ≥")
    assert taken.buffer.getvalue() == b"\xe9 \\u2265\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("where", ["plan", "option", "file"])
def test_names_of_strangers_are_harmless_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    plan = tmp_path / (f"{ESCAPE}.toml".replace("/", "") if where == "file" else "plan.toml")
    text = SAMPLES["loans"].plan.read_text()
    if where == "plan":
        text = text.replace("[data]", '[data]\n"\\u001b]0;owned\\u0007" = 1')
    plan.write_text(text)
    options = [f"--{ESCAPE}"] if where == "option" else ["--out", str(tmp_path / "out")]
    try:
        assert main(["audit", str(plan), *options]) == 2
    except SystemExit as ended:
        assert ended.code == 2
    said = capsys.readouterr().err
    assert "owned" in said or where == "file"
    assert "\x1b" not in said and "\x07" not in said and said.count("\n") == 1


def test_a_reader_who_has_left_stops_no_command(tmp_path: Path) -> None:
    code = "from core.cli.terminal import say\nfor _ in range(3): say('x' * 100_000)"
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as pipe:
        done = subprocess.run([sys.executable, "-c", code], stdout=pipe, stderr=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_libraries_that_aif360_could_use_are_no_news_to_who_waits_for_a_command() -> None:
    """A command with threads imports it whole, while its job works; it says so much that the answer is not seen."""
    code = (
        "import threading; alive = threading.Event(); threading.Thread(target=alive.wait).start();"
        " import core.metrics.aif360_classes; alive.set(); import logging; logging.warning('of ours')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == ("", "WARNING:root:of ours\n")
