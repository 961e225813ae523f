"""The line on stderr while facts are gathered."""

import io

import pytest

from keystone_check.cli.progress import progress
from keystone_check.reports.screen import Screen
from tests.cli.build import Tty


def test_nobody_watching_nothing_is_shown() -> None:
    stream = io.StringIO()
    with progress(stream, Screen(80)) as tell:
        tell("AWS", "roles")
    assert stream.getvalue() == ""


def test_each_read_replaces_the_one_before_and_the_end_wipes_the_line() -> None:
    stream = Tty()
    with progress(stream, Screen(80)) as tell:
        tell("AWS", "roles")
        tell("web", "key set")
    assert stream.getvalue() == "\r\x1b[Kreading AWS: roles\r\x1b[Kreading web: key set\r\x1b[K"


def test_the_line_never_reaches_the_edge() -> None:
    stream = Tty()
    with progress(stream, Screen(20)) as tell:
        tell("AWS", "a" * 50)
    assert len(stream.getvalue().split("\x1b[K")[1].rstrip("\r")) == 19


def test_for_a_screen_reader_each_source_has_a_line_once_and_nothing_is_redrawn() -> None:
    stream, silent = Tty(), io.StringIO()
    for watched in (stream, silent):
        with progress(watched, Screen(80, spoken=True)) as tell:
            for source, what in (("AWS", "roles"), ("web", "key set"), ("AWS", "users"), ("a\x1b", "b")):
                tell(source, what)
    assert stream.getvalue() == "reading AWS\nreading web\nreading a\\x1b\n"
    assert silent.getvalue() == ""


def test_the_line_is_wiped_out_when_the_work_fails() -> None:
    stream = Tty()
    with pytest.raises(KeyboardInterrupt), progress(stream, Screen(80)):
        raise KeyboardInterrupt
    assert stream.getvalue() == "\r\x1b[K"


def test_who_reads_on_when_nobody_waits_any_more_shows_nothing() -> None:
    stream = Tty()
    with progress(stream, Screen(80)) as tell:
        pass
    tell("AWS", "roles")
    assert stream.getvalue() == "\r\x1b[K"
