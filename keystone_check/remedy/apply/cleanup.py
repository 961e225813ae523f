"""Temporary service accounts that a killed run left: found by label and end, both, and removed."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from keystone_check.model.access import Access
from keystone_check.model.trace import Kind, Trace
from keystone_check.probes.kube import TEMPORARY, UNTIL, Kube

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def left(access: Access, now: float) -> tuple[Trace, ...]:
    """Every account with our labels and an end. Raises ReadError."""
    kube = Kube(access)
    try:
        labels = ",".join(f"{key}={value}" for key, value in TEMPORARY.items())
        return tuple(_traces(kube.service_accounts(access.namespace, labels), now))
    finally:
        kube.close()


def _traces(items: Iterator[dict[str, Any]], now: float) -> Iterator[Trace]:
    for item in items:
        metadata = item["metadata"]
        end = read_end((metadata.get("annotations") or {}).get(UNTIL, ""))
        labels = metadata.get("labels") or {}
        if end is None or any(labels.get(key) != value for key, value in TEMPORARY.items()):
            continue
        name, text = f"{metadata['namespace']}/{metadata['name']}", metadata["annotations"][UNTIL]
        why = f"its end was {text}" if end < now else f"a run may need it until {text}"
        yield Trace(Kind.ACCOUNT, name, why, end < now, metadata.get("uid", ""), metadata["resourceVersion"])


def read_end(text: str) -> float | None:
    """The annotation as Unix seconds; None for what we would not have written."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def remove(access: Access, trace: Trace) -> None:
    """Delete the account that was seen, as it was seen. Raises ReadError, with code 409 where it changed."""
    kube = Kube(access)
    namespace, _, name = trace.name.partition("/")
    try:
        kube.delete_account(namespace, name, trace.uid, trace.version)
    finally:
        kube.close()
