"""The whole suite on a real kube-apiserver: tokens, documents and errors that nobody here wrote.

AWS account and issuer's bucket are the sandbox's. Its bucket begins with another cluster's key, so that the
real server's key set gets there by our own repair.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.access import Access
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.change import SetTrustPolicy
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Safety, Status
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from keystone_check.remedy.apply import apply
from keystone_check.remedy.mend import mend
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve_cloud, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.reality.apiserver import Settings, serve
from tests.reality.build import Binaries
from tests.reality.furnishing import BY_URL, K3S_DEFAULT, NOWHERE, run, tell_arguments, webhook_present

pytestmark = pytest.mark.reality
ALL = [check for check in checks.load() if check.link not in OPTIONAL]


@dataclass(frozen=True)
class Place:
    """A real cluster before the sandbox's AWS, and the world that the sandbox was given."""

    access: Access
    given: World

    def look(self) -> Diagnosis:
        """Everything gathered and judged afresh."""
        return diagnose(gather(self.access), ALL)


@pytest.fixture(scope="module", params=["as K3s leaves it", "with a jwks_uri"])
def place(built: Binaries, request: pytest.FixtureRequest) -> Iterator[Place]:
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    issuer = f"https://keystone-oidc-{ground.number}.s3.{ground.region}.amazonaws.com"
    jwks_uri = f"{issuer}/openid/v1/jwks" if request.param == "with a jwks_uri" else ""
    settings = Settings(issuers=(issuer, K3S_DEFAULT), jwks_uri=jwks_uri, advertised=NOWHERE)
    with (
        serve(settings) as server,
        serve_cloud(world, ground) as cloud,
    ):
        access = replace(cloud, name="reality", kubeconfig=str(server.kubeconfig()))
        assert isinstance(world.accounts, Subjects)
        kube = Kube(access)
        tell_arguments(kube, settings)
        with webhook_present(server, kube, ground.region):
            for _, account in world.accounts.seen():
                _create(kube, account)
                run(kube, account)
            yield Place(access, world)


def _create(kube: Kube, account: ServiceAccount) -> None:
    kube.request("POST", "/api/v1/namespaces", {"metadata": {"name": account.namespace}})
    metadata = {"name": account.name, "annotations": {ROLE_ARN: account.role_arn}}
    path = f"/api/v1/namespaces/{account.namespace}/serviceaccounts"
    kube.request("POST", path, {"metadata": metadata})


def _named(diagnosis: Diagnosis, status: Status) -> set[str]:
    return {outcome.check.id for outcome in diagnosis.having(status)}


def test_a_key_that_nobody_published_is_named_and_published(place: Place) -> None:
    before = place.look()
    assert _named(before, Status.BROKEN) == {"signing_key_is_published", "sts_accepts_the_token"}
    mended = mend(
        lambda: gather(place.access),
        ALL,
        lambda change: apply(place.access, change),
        frozenset({Safety.SAFE}),
        lambda step: True,
    )
    assert _named(mended.after, Status.BROKEN) == set()


def test_every_link_is_judged_and_holds(place: Place) -> None:
    found = place.look()
    assert {outcome.check.id for outcome in found.outcomes} == {check.id for check in ALL}
    assert _named(found, Status.NOT_APPLICABLE) == BY_URL
    assert {outcome.status for outcome in found.outcomes} == {Status.HOLDS, Status.NOT_APPLICABLE}


def test_dry_runs_of_pods_show_what_the_sandbox_says(place: Place) -> None:
    assert gather(place.access, frozenset({"injections"})).injections == place.given.injections


def test_a_broken_trust_policy_is_exactly_what_is_named(place: Place) -> None:
    fault = FAULTS["trust-names-another-namespace"]
    bent = fault.apply(place.given)
    assert isinstance(bent.roles, Subjects)
    assert isinstance(place.given.roles, Subjects)
    changes = [
        SetTrustPolicy(arn, before.trust, after.trust)
        for (arn, before), (_, after) in zip(place.given.roles.seen(), bent.roles.seen(), strict=True)
        if before != after
    ]
    for change in changes:
        apply(place.access, change)
    assert _named(place.look(), Status.BROKEN) == fault.breaks
    for change in changes:
        apply(place.access, replace(change, before=change.after, after=change.before))
    assert _named(place.look(), Status.BROKEN) == set()
