"""Client libraries write whole requests and answers to their DEBUG log, and in these stand credentials.

botocore logs the headers of what it sends (the access key id, the signature, the session token) and the
body of what comes back (of AssumeRole: new keys). `pytest --log-level=DEBUG` would print them beside every
failing test, and `--junitxml` would keep them.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_speaking: ContextVar[bool] = ContextVar("speaking", default=False)


class _Discreet(logging.Filter):
    """Lets no DEBUG record of a call of ours through; what users log in calls of their own is theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG or not _speaking.get()


_DISCREET = _Discreet()


@contextmanager
def discreet(library: str) -> Iterator[None]:
    """Keep what a library logs for debugging to itself while the block runs, in this thread alone.

    A filter and not a level: it holds whatever level anybody gave to one of the library's loggers.
    """
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        # A logger's filter does not see its children's records. Adding it again does nothing.
        if name.partition(".")[0] == library and isinstance(logger, logging.Logger):
            logger.addFilter(_DISCREET)
    said = _speaking.set(True)
    try:
        yield
    finally:
        _speaking.reset(said)
