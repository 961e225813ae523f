"""What `--permissions` prints, applied by kubectl to a real API server, lets a stranger see everything.

The AWS account and the issuer's bucket are the sandbox's, and the server signs with the key that is published
there, so that every link holds for whoever may look.
"""

from collections.abc import Sequence, Set
from dataclasses import replace

import pytest

from keystone_check.cli.permissions import manifests, permissions
from keystone_check.cli.scope import Scope, scope
from keystone_check.diagnosis import diagnose
from keystone_check.model.access import Access
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.model.world import Binding, Expected
from keystone_check.probes.gather import gather, rights
from keystone_check.probes.rights import KubeAsk
from tests.reality.furnishing import BY_URL
from tests.reality.place import ALL, READS, USER, Place

pytestmark = pytest.mark.reality
ASKS, _ = rights(READS, Access("any"))
IN_ONE_NAMESPACE = BY_URL | {"roles_that_trust_the_issuer_are_used"}
"""Whose pods assume a role is not known where only one namespace is looked at."""


def _printed(access: Access, asks: Sequence[KubeAsk] = ASKS) -> str:
    """The text that `--permissions` prints, as far as it concerns the cluster."""
    return permissions(asks, (), scope(access, gather(access, frozenset())), "text")


def _amiss(found: Diagnosis, *allowed: Status, unjudged: Set[str] = BY_URL) -> tuple[Outcome, ...]:
    """What neither holds nor is allowed, nor is one of those that find nothing to judge."""
    fine = {Status.HOLDS, *allowed}
    return tuple(
        it
        for it in found.outcomes
        if it.status not in fine and not (it.status is Status.NOT_APPLICABLE and it.check.id in unjudged)
    )


def test_whoever_is_signed_in_learns_version_and_name_and_no_more(place: Place) -> None:
    facts = gather(place.access)
    assert isinstance(facts.cluster, Cluster)
    assert facts.cluster.user == USER
    assert facts.cluster.version.startswith("v1.")
    refused = (facts.accounts, facts.cluster_discovery, facts.cluster_keys)
    assert [fact.permission for fact in refused if isinstance(fact, Missing)] == [
        "list serviceaccounts",
        "get /.well-known/openid-configuration",
        "get /openid/v1/jwks",
    ]
    found = diagnose(facts, ALL)
    assert _amiss(found, Status.BLOCKED) == ()
    resting_on = {need for outcome in found.having(Status.HOLDS) for need in outcome.check.needs}
    assert resting_on <= {"clocks", "caller", "provider_arns", "provider_buckets"}  # the time, and AWS


def test_with_exactly_what_is_printed_everything_is_judged_and_holds(place: Place) -> None:
    with place.granted(_printed(place.access)):
        place.until(True, *ASKS)
        found = place.look()
    assert {outcome.check.id for outcome in found.outcomes} == {check.id for check in ALL}
    assert _amiss(found) == ()


@pytest.mark.parametrize("lacking", ASKS, ids=[ask.permission for ask in ASKS])
def test_without_one_right_what_needs_it_is_blocked_and_names_it(place: Place, lacking: KubeAsk) -> None:
    rest = [ask for ask in ASKS if ask != lacking]
    with place.granted(_printed(place.access, rest)):
        place.until(True, *rest)
        place.until(False, lacking)
        found = place.look()
    blocked = {outcome.finding.permission for outcome in found.having(Status.BLOCKED)}
    if lacking.permission == "get /openid/v1/jwks":  # repairs start from it, and nothing is broken here
        assert isinstance(found.world.cluster_keys, Missing)
        blocked = {found.world.cluster_keys.permission}
    by_url = {"get services", "list endpointslices.discovery.k8s.io"}  # as the webhook is called
    needless = by_url | {"list cronjobs.batch"}  # what they bring themselves counts where there is no webhook
    assert blocked == {lacking.permission} - needless
    assert _amiss(found, Status.BLOCKED) == ()


def test_for_one_namespace_a_role_there_is_enough(place: Place) -> None:
    access = replace(place.access, namespace="app")
    across, inside = manifests(ASKS, Scope("app"))
    assert (across["kind"], inside["kind"]) == ("ClusterRole", "Role")
    with place.granted(_printed(access)):
        place.until(True, KubeAsk("list", "serviceaccounts"), namespace="app")
        place.until(True, *(ask for ask in ASKS if ask.resource.startswith("/")))
        found, everywhere = place.look(namespace="app"), place.look()
    assert _amiss(found, unjudged=IN_ONE_NAMESPACE) == ()
    assert {outcome.finding.permission for outcome in everywhere.having(Status.BLOCKED)} == {
        "list serviceaccounts"
    }


def test_an_expected_binding_elsewhere_is_read_by_a_role_for_its_name_alone(place: Place) -> None:
    outside = next(account for account in place.accounts if account.namespace != "app")
    binding = Binding(outside.namespace, outside.name, outside.role_arn)
    expected = Expected(bindings=(binding,))
    access = replace(place.access, namespace="app", expected=expected)
    asks, _ = rights(READS, access)
    with place.granted(_printed(access, asks)):
        place.until(True, KubeAsk("list", "serviceaccounts"), namespace="app")
        get = KubeAsk("get", "serviceaccounts")
        place.until(True, get, namespace=outside.namespace, name=outside.name)
        place.until(True, *(ask for ask in ASKS if ask.resource.startswith("/")))
        found = place.look(namespace="app", expected=expected)
        place.until(False, get, namespace=outside.namespace, name="default")
    assert isinstance(found.world.tokens, Subjects)
    assert [name for name, _ in found.world.tokens.seen()] == sorted(
        ["app/api", f"{outside.namespace}/{outside.name}"]
    )
    assert _amiss(found, unjudged=IN_ONE_NAMESPACE) == ()
