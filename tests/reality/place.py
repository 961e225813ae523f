"""A real API server before the sandbox's AWS: every link holds, for whoever may look."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives import serialization

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.access import Access
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.outcome import Diagnosis
from keystone_check.model.secret import Secret
from keystone_check.probes.gather import gather
from keystone_check.probes.kube import Kube
from keystone_check.probes.rights import KubeAsk
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import serve_cloud, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.reality.apiserver import ApiServer, Settings, serve
from tests.reality.furnishing import K3S_DEFAULT, NOWHERE, run, tell_arguments, webhook_present

ALL = [check for check in checks.load() if check.link not in OPTIONAL]
"""Of operators there is none here, and nothing is declared."""
READS = frozenset(part for check in ALL for part in check.reads)
USER = "stranger"
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


@contextmanager
def placed() -> Iterator[Place]:
    """The place, with the sandbox's service accounts and running pods, for as long as the block lasts."""
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
