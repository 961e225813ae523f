"""A guided repair at a real terminal, by keyboard alone."""

import os
from pathlib import Path

from tests.bad_input.test_interrupted import FAULT, running

ASKED = b"[?] help: "
ONLY = ("--only", "audience_is_registered")


def test_help_explain_and_the_end_of_input_leave_everything_as_it_is(tmp_path: Path) -> None:
    with running(tmp_path, "keystone_check", *FAULT, *ONLY, "--fix") as session:
        session.until(ASKED)
        os.write(session.terminal, b"?\n")
        session.until(b"explain: show the whole page of the check")
        session.until(ASKED)
        os.write(session.terminal, b"E\n")
        session.until(b"\x1b[1mHow to fix\x1b[0m")
        session.until(ASKED)
        os.write(session.terminal, b"\x04")
        session.until(b"Nothing was written: you quit.")
        assert session.process.wait() == 1
