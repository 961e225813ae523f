"""What `--permissions` prints, applied by kubectl to a real API server, lets a stranger see everything.

The AWS account and the issuer's bucket are the sandbox's, and the server signs with the key that is published
there, so that every link holds for whoever may look.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives import serialization

from keystone_check import checks
from keystone_check.cli.permissions import manifests, permissions
from keystone_check.cli.scope import Scope, scope
from keystone_check.diagnosis import diagnose
from keystone_check.model.access import Access
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.cluster import ROLE_ARN, Cluster, ServiceAccount
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Status
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.model.secret import Secret
from keystone_check.model.world import Binding, Expected
from keystone_check.probes.gather import gather, rights
from keystone_check.probes.kube import Kube
from keystone_check.probes.rights import KubeAsk
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve_cloud, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.reality.apiserver import ApiServer, Settings, serve
from tests.reality.build import Binaries
from tests.reality.furnishing import BY_URL, K3S_DEFAULT, NOWHERE, run, tell_arguments, webhook_present

pytestmark = pytest.mark.reality
ALL = [check for check in checks.load() if check.link not in OPTIONAL]
"""Of operators there is none here, and nothing is declared."""
READS = frozenset(part for check in ALL for part in check.reads)
ASKS, _ = rights(READS, Access("any"))
USER = "stranger"
IN_ONE_NAMESPACE = BY_URL | {"roles_that_trust_the_issuer_are_used"}
"""Whose pods assume a role is not known where only one namespace is looked at."""
MOST_LOOKS = 200
"""RBAC takes a moment to hear of a new rule; so often the server is asked whether it has."""


@dataclass(frozen=True)
class Place:
    """A real cluster before the sandbox's AWS."""

    server: ApiServer
    access: Access
    """As the stranger."""
    accounts: tuple[ServiceAccount, ...]

    def look(self, **settings: object) -> Diagnosis:
        """Everything gathered and judged, as the stranger."""
        return diagnose(gather(replace(self.access, **settings), READS | {"cluster"}), ALL)  # type: ignore[arg-type]  # fields of Access

    def kubectl(self, *arguments: str, given: str = "") -> str:
        """What the real kubectl says to the administrator."""
        return _run(
            [str(self.server.binaries.kubectl), *arguments], str(self.server.kubeconfig("admin")), given
        )

    @contextmanager
    def granted(self, printed: str) -> Iterator[None]:
        """The printed roles, bound by the printed commands, until the block ends."""
        self.kubectl("apply", "-f", "-", given=printed)
        commands = [shlex.split(line) for line in re.findall(r"^#   kubectl (.+)$", printed, re.MULTILINE)]
        for command in commands:
            self.kubectl(*(word.replace("=USER", f"={USER}") for word in command))
        try:
            yield
        finally:
            for command in commands:
                where = [word for word in command if word.startswith("--namespace")]
                self.kubectl("delete", command[1], command[2], *where)
            self.kubectl("delete", "-f", "-", given=printed)
            self.until(False, KubeAsk("list", "serviceaccounts"))

    def until(self, allowed: bool, *asks: KubeAsk, namespace: str = "", name: str = "") -> None:
        """Ask the server until it lets the stranger do these, or no longer."""
        kube = Kube(self.access)
        for ask in asks:
            review = {"spec": _attributes(ask, namespace, name)}
            path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            answers = (kube.request("POST", path, review)["status"]["allowed"] for _ in range(MOST_LOOKS))
            assert allowed in answers, (allowed, ask)


def _attributes(ask: KubeAsk, namespace: str, name: str) -> Mapping[str, object]:
    if ask.resource.startswith("/"):
        return {"nonResourceAttributes": {"verb": ask.verb, "path": ask.resource}}
    resource, _, subresource = ask.resource.partition("/")
    wanted = {"verb": ask.verb, "group": ask.group, "resource": resource, "subresource": subresource}
    return {"resourceAttributes": {**wanted, "namespace": namespace, "name": name}}


def _run(command: Sequence[str], kubeconfig: str, given: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    ran = subprocess.run(
        command,
        env={**environment, "KUBECONFIG": kubeconfig},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def place(built: Binaries) -> Iterator[Place]:
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    issuer = f"https://keystone-oidc-{ground.number}.s3.{ground.region}.amazonaws.com"
    issuers = (issuer, K3S_DEFAULT)
    settings = Settings(issuers=issuers, jwks_uri="", signing_key=_pem(ground), advertised=NOWHERE)
    with (
        serve(settings) as server,
        serve_cloud(world, ground) as cloud,
    ):
        admin = Kube(replace(cloud, kubeconfig=str(server.kubeconfig("admin"))))
        assert isinstance(world.accounts, Subjects)
        accounts = tuple(account for _, account in world.accounts.seen())
        tell_arguments(admin, settings)
        with webhook_present(server, admin, ground.region):
            for account in accounts:
                _create(admin, account)
                run(admin, account)
            yield Place(server, replace(cloud, kubeconfig=str(server.kubeconfig(USER))), accounts)


def _pem(ground: Ground) -> Secret:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return Secret(ground.signing_key.private_bytes(encoding, form, serialization.NoEncryption()).decode())


def _create(kube: Kube, account: ServiceAccount) -> None:
    kube.request("POST", "/api/v1/namespaces", {"metadata": {"name": account.namespace}})
    metadata = {"name": account.name, "annotations": {ROLE_ARN: account.role_arn}}
    path = f"/api/v1/namespaces/{account.namespace}/serviceaccounts"
    kube.request("POST", path, {"metadata": metadata})


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
