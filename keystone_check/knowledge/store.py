"""The facts that are carried as data, each file read when it is first asked for.

docs/knowledge.md says where they come from and how they are renewed.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_HOME = Path(__file__).parent


@cache
def facts(room: str, name: str) -> Any:
    """The content of one file, such as `facts("karpenter", "asks")`. Whoever reads it changes nothing."""
    return json.loads((_HOME / room / f"{name}.json").read_text("utf-8"))


def controllers() -> Mapping[str, Any]:
    """What every controller of ACK is called and has, by its service: `s3`, `ec2`."""
    found: Mapping[str, Any] = facts("ack", "index")["controllers"]
    return found


def minors() -> Mapping[str, Any]:
    """What every minor of Karpenter is, the oldest first: `1.0` to the newest that is known."""
    found: Mapping[str, Any] = facts("karpenter", "releases")["minors"]
    return found
