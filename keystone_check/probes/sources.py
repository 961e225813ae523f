"""Cluster and AWS, connected at most once, when the first of their facts is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from keystone_check.model.access import Access
from keystone_check.probes.clocks import Heard
from keystone_check.probes.limits import Limits
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # a client library is loaded when one of its facts is asked for
    from keystone_check.probes.aws import Aws
    from keystone_check.probes.kube import Kube
    from keystone_check.probes.shared import Shared
    from keystone_check.probes.trail import History

T = TypeVar("T")


class _Once(Generic[T]):
    """A value that is made at most once, or the refusal that making it met, for everyone who asks."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T | ReadError] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._attempt())
        made = self._made[0]
        if isinstance(made, ReadError):
            raise made
        return made

    def _attempt(self) -> T | ReadError:
        try:
            return self._make()
        except ReadError as refusal:
            return refusal


class Sources:
    """Cluster and AWS, connected when first asked for."""

    def __init__(
        self,
        access: Access,
        limits: Limits,
        parts: frozenset[str] = frozenset(),
        heard: Heard | None = None,
        history: History | None = None,
        shared: Shared | None = None,
    ) -> None:
        """`parts` are the wanted parts of facts that can be read in parts (`bucket.policy`)."""
        self.access = access
        self.limits = limits
        self.heard = heard or Heard()
        self.clock = self.heard.clock
        self.parts = parts
        self.history = history
        self.shared = shared
        self.kube: Callable[[], Kube] = _Once(self._kube)
        self.aws: Callable[[], Aws] = _Once(self._aws)

    def _kube(self) -> Kube:
        from keystone_check.probes.kube import Kube

        kube = Kube(self.access, self.limits, self.heard)
        kube.contact()
        return kube

    def _aws(self) -> Aws:
        from keystone_check.probes.aws import Aws

        return Aws(self.access, self.limits, self.heard, self.shared)
