"""Incidents that people reported in public, each as a world in which its cause is the headline."""

from collections.abc import Mapping

from keystone_check.sandbox.scenarios import (
    buckets,
    calling,
    clients,
    pods,
    publishing,
    signing,
    tokens,
    trusting,
)
from keystone_check.sandbox.scenarios.scenario import Scenario

SCENARIOS: Mapping[str, Scenario] = {
    found.id: found
    for found in sorted(
        (
            found
            for room in (
                buckets,
                calling,
                clients,
                pods,
                publishing,
                signing,
                tokens,
                trusting,
            )
            for found in vars(room).values()
            if isinstance(found, Scenario)
        ),
        key=lambda found: found.number,
    )
}
