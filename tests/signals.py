"""Signals of processes that tests start."""

import signal


def as_at_a_terminal() -> None:
    """Undo what a background job inherits: a shell without job control lets it ignore SIGINT."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def as_in_the_background() -> None:
    """What a script's shell does to a command that ends in `&`."""
    as_at_a_terminal()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
