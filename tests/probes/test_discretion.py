"""What a client library logs for debugging stays with it while our calls run."""

import contextlib
import logging
import threading

import pytest

from keystone_check.probes.discretion import discreet

LIBRARY = logging.getLogger("chatty.wire")


@pytest.fixture(autouse=True)
def _everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, LIBRARY.name)


def test_debugging_of_the_library_is_kept_to_itself_during_a_call_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    LIBRARY.debug("before")
    with discreet("chatty"):
        LIBRARY.debug("the session token")
    LIBRARY.debug("after")
    assert [record.message for record in caplog.records if record.name == LIBRARY.name] == ["before", "after"]


def test_what_is_worth_a_users_attention_comes_through(caplog: pytest.LogCaptureFixture) -> None:
    with discreet("chatty"):
        LIBRARY.warning("the file is unreadable")
        logging.getLogger("chattier").debug("another library")
    assert caplog.messages == ["the file is unreadable", "another library"]


def test_it_ends_with_the_last_of_nested_calls_and_with_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with discreet("chatty"):
        with contextlib.suppress(KeyError), discreet("chatty"):
            raise KeyError
        LIBRARY.debug("between")
    LIBRARY.debug("after")
    assert caplog.messages == ["after"]


def test_other_threads_log_what_they_like(caplog: pytest.LogCaptureFixture) -> None:
    theirs = threading.Thread(target=LIBRARY.debug, args=("a call of the user's own",))
    with discreet("chatty"):
        theirs.start()
        theirs.join()
    assert caplog.messages == ["a call of the user's own"]
