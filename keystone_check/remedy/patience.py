"""How long a look waits for what was written to be seen."""

import time

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further look. IAM and S3 name no limit; both usually show a write within seconds."""


def wait(attempt: int) -> bool:
    """Pause before the next look; False when there was waiting enough."""
    if attempt >= len(PAUSES):
        return False
    time.sleep(PAUSES[attempt])
    return True
