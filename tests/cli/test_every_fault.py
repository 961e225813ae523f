"""keystone-check --fix --yes for every fault; on a served sandbox for one fault of each kind of repair."""

import io
from collections.abc import Sequence

import pytest

from keystone_check.checks import load
from keystone_check.cli.main import main
from keystone_check.model.change import Change
from keystone_check.sandbox.faults import FAULTS
from tests.cli.build import Outside, command
from tests.cli.operators_by_hand import BY_HAND, GRANTED
from tests.remedy.kinds import kinds, one_of_each_kind
from tests.sandbox.worlds import world_with

ALL = load()

EDIT = "kubectl -n app edit deployment/api"
RESTART_WEBHOOK = "kubectl -n NAMESPACE rollout restart deployment/pod-identity-webhook"
REVIVE_WEBHOOK = "kubectl -n pod-identity-webhook rollout restart deployment/pod-identity-webhook"
MANUAL = {
    "issuer-is-k3s-default": "--kube-apiserver-arg=service-account-issuer",
    "issuer-was-appended": "--kube-apiserver-arg=service-account-issuer",
    "issuer-ends-in-a-slash": "--kube-apiserver-arg=service-account-issuer",
    "server-has-a-key-of-its-own": "with the others' --server and --token",
    "server-names-another-issuer": "--kube-apiserver-arg=service-account-issuer",
    "server-forgot-the-former-issuer": "--kube-apiserver-arg=service-account-issuer",
    "static-pod-forgot-the-former-issuer": "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "restart-will-sign-for-the-default": 'kube-apiserver-arg: ["service-account-issuer=',
    "static-pod-names-the-public-issuer-second": "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "sts-audience-is-the-apis-too": "--kube-apiserver-arg=api-audiences=",
    "cluster-is-behind": "chronyc makestep",
    "cluster-is-ahead": "chronyc makestep",
    "discovery-is-shut": "kubectl create clusterrolebinding system:service-account-issuer-discovery",
    "token-has-no-issue-time": "--service-account-signing-endpoint",
    "token-lives-for-a-week": "service-account-max-token-expiration=24h0m0s",
    "token-has-two-audiences": "--service-account-signing-endpoint",
    "token-names-an-authorized-party": "--service-account-signing-endpoint",
    "token-is-signed-with-pss": "k3s certificate rotate-ca",
    "subject-is-too-long": "kubectl create serviceaccount NAME",
    "api-server-trusts-itself": "remove --kube-apiserver-arg=oidc-issuer-url=",
    "static-pod-trusts-itself": "remove --kube-apiserver-arg=oidc-issuer-url=",
    "organization-is-blocked": "aws organizations detach-policy",
    "bucket-is-in-another-account": "--expected-bucket-owner",
    "bucket-is-in-another-region": "make it again in",
    "bucket-name-has-a-dot": "publish both documents there",
    "issuer-is-on-the-global-host": "--service-account-issuer",
    "issuer-has-a-dash-before-the-region": "--service-account-issuer",
    "client-ids-are-used-up": "--client-id UNUSED",
    "former-bucket-is-free": "aws iam delete-open-id-connect-provider",
    "former-provider-was-left": "aws iam delete-open-id-connect-provider",
    "keys-of-other-clusters-are-published": "compare the kids",
    "private-key-is-published": "on every API server: sign with a new key",
    "boundary-denies-all": "aws iam delete-role-permissions-boundary --role-name api",
    "trust-is-nearly-full": "give workloads that do not belong together roles of their own",
    "token-carries-session-tags": '"sts:TagSession"',
    "role-is-shared-across-namespaces": "aws iam create-role for each",
    "organization-denies-the-exchange": "ask whoever runs the organization",
    "library-names-a-provider-id": "remove ProviderId",
    "pods-are-refused-unseen": "keystone-check --live --cloudtrail",
    "forgotten-role-trusts-every-pod": "aws iam get-role --role-name former",
    "role-is-unused": "aws iam delete-role --role-name former",
    "issuer-redirects-to-an-internal-address": "take out the rule that redirects it",
    "discovery-document-is-padded": "head -c 2000",
    "documents-are-slow": "%{time_total}",
    "key-host-is-private": "dig +short oidc.keystone.example @1.1.1.1",
    "key-set-is-cached-for-a-month": "aws cloudfront create-invalidation --distribution-id ID",
    "intermediates-are-out-of-order": "write the server's certificate file in this order:",
    "intermediate-is-served-twice": "take the second copy out",
    "former-intermediate-is-still-served": "take this out of the server's certificate file:",
    "certificate-is-for-another-host": "order one that names",
    "certificate-has-expired": "reload the server",
    "certificate-expires-soon": "reload the server",
    "tls-1-3-is-demanded": "ssl_protocols TLSv1.2 TLSv1.3;",
    "proxy-replaces-the-certificates": "look from a network without TLS inspection",
    "leaf-alone-is-served-and-pinned": "append the certificate of",
    "webhook-is-not-registered": "make cluster-up",
    "webhook-is-not-registered-and-nothing-runs": "make cluster-up",
    "webhook-has-no-ready-pod": REVIVE_WEBHOOK,
    "webhook-has-no-service": REVIVE_WEBHOOK,
    "webhook-locks-itself-out": REVIVE_WEBHOOK,
    "webhook-bundle-is-empty": "cert-manager.io/inject-ca-from=pod-identity-webhook/pod-identity-webhook",
    "webhook-bundle-is-no-certificate": "cert-manager.io/inject-ca-from=",
    "webhook-bundle-is-expired": "cert-manager.io/inject-ca-from=",
    "webhook-bundle-is-anothers": "cert-manager.io/inject-ca-from=",
    "webhook-bundle-is-silently-anothers": RESTART_WEBHOOK,
    "webhook-by-url-has-an-expired-bundle": "clientConfig.caBundle: the authority that signed",
    "webhook-has-moved": "identity.pod-identity-webhook.svc",
    "webhook-bundle-ends-soon": "get certificates.cert-manager.io,secrets",
    "webhook-must-not-fail": "kubectl edit mutatingwebhookconfiguration pod-identity-webhook",
    "account-is-not-in-the-cache": RESTART_WEBHOOK,
    "webhook-cache-is-stale": RESTART_WEBHOOK,
    "webhook-is-older-than-sidecars": "set image deployment/pod-identity-webhook",
    "pod-opts-out": EDIT,
    "pod-has-static-keys": EDIT,
    "template-presets-the-role": EDIT,
    "template-presets-everything-but-the-mount": EDIT,
    "token-file-is-elsewhere": EDIT,
    "token-is-the-api-servers": EDIT,
    "token-is-from-a-secret": EDIT,
    "skipped-container-has-another-name": EDIT,
    "all-containers-are-skipped": EDIT,
    "volume-asks-for-another-audience": EDIT,
    "token-lives-ten-minutes": EDIT,
    "token-is-roots-alone": EDIT,
    "region-is-a-zone": EDIT,
    "profile-names-another-issuer": "nixos-rebuild switch",
    "profile-names-another-role": "nixos-rebuild switch",
    "profile-names-a-controller-that-does-not-run": "nixos-rebuild switch",
    "profile-turns-off-what-runs": "nixos-rebuild switch",
    "node-pool-was-edited": "nixos-rebuild switch",
    "manifest-names-another-node-role": "kubectl apply -f",
    "host-was-edited-and-not-restarted": "systemctl restart k3s",
    "host-appends-the-issuer": "--kube-apiserver-arg=service-account-issuer",
    "drop-in-takes-the-issuer-away": "write kube-apiserver-arg+: in place of",
    "issuer-is-declared-twice": "keep one line --kube-apiserver-arg=service-account-issuer",
    **BY_HAND,
}
"""Faults that are mended on a host or by somebody who knows more, and a line that says how."""
UNSAFE = (
    "account-is-blocked",
    "acl-lets-everyone-write",
    "acls-are-in-force",
    "audience-annotation-is-empty",
    "client-id-has-an-invisible-character",
    "client-id-has-capital-letters",
    "client-id-is-an-address",
    "former-key-is-weak",
    "former-key-was-renamed",
    "former-private-key-is-published",
    "keys-are-never-taken-out",
    "library-asks-for-a-longer-session",
    "policy-lets-everyone-list",
    "policy-opens-another-folder",
    "policy-opens-everything",
    "role-arn-is-of-another-account",
    "role-is-missing",
    "sessions-are-too-long",
    "thumbprints-are-full",
    "trust-pins-no-subject",
    "trust-wildcard-crosses-namespaces",
    "two-keys-share-a-kid",
    "uploads-are-encrypted-with-kms",
    "webhook-asks-for-another-audience",
)
"""Faults whose repair takes access away, or may open what else the account holds shut."""
OUTDATED = {"pods-took-up-another-partition": "--fix", "pods-took-up-an-empty-audience": "--fix=unsafe"}
"""Faults whose repair leaves pods that have to be restarted, and what releases it."""
RESTARTED = ("pod-was-never-injected", "pod-is-older-than-the-role")
"""Faults that a restart mends, which is asked for by a flag of its own."""
UNSEEN = tuple(name for name, fault in FAULTS.items() if not fault.breaks)
"""Faults after which nothing is known to be broken, and something cannot be told."""
ELSEWHERE = {*MANUAL, *UNSAFE, *RESTARTED, *OUTDATED, *UNSEEN, *GRANTED}
SAFE = tuple(name for name in FAULTS if name not in ELSEWHERE)


def served(fault: str, *argv: str) -> tuple[int, str]:
    """Exit code and what was printed, with wide lines so that no sentence is wrapped."""
    out, err = io.StringIO(), io.StringIO()
    code = main(("--cluster", f"sandbox:{fault}", *argv), out, err, environ={"COLUMNS": "1000"})
    assert err.getvalue() == ""
    return code, out.getvalue()


def told(fault: str, *argv: str) -> tuple[int, str, Sequence[Change]]:
    """The same without a server, and what was written: that a look shows this world is proven elsewhere."""
    outside = Outside(ALL, world_with(fault))
    ran = command(outside, *argv, environ={"COLUMNS": "1000"})
    assert ran.err == ""
    return ran.code, ran.out, outside.written


@pytest.mark.parametrize("fault", one_of_each_kind(SAFE))
def test_a_safe_repair_ends_green(fault: str) -> None:
    code, said = served(fault, "--fix", "--yes")
    assert "Every link holds" in said
    assert code == 0


@pytest.mark.parametrize("fault", SAFE)
def test_a_safe_repair_waits_for_nothing(fault: str) -> None:
    code, said, written = told(fault, "--fix", "--yes")
    assert tuple(map(type, written)) == kinds(fault)
    assert "Held back" not in said
    assert code in (0, 3)  # what only a look can tell is not known here


@pytest.mark.parametrize("fault", UNSAFE)
def test_an_unsafe_repair_waits_for_its_flag(fault: str) -> None:
    code, said, written = told(fault, "--fix", "--yes")
    assert "--fix=unsafe" in said
    assert code == 1
    code, said, released = told(fault, "--fix=unsafe", "--yes")
    assert len(released) > len(written)
    assert code in (0, 3)


@pytest.mark.parametrize("fault", one_of_each_kind(UNSAFE))
def test_an_unsafe_repair_ends_green(fault: str) -> None:
    code, said = served(fault, "--fix=unsafe", "--yes")
    assert "Every link holds" in said
    assert code == 0


@pytest.mark.parametrize(("fault", "option"), OUTDATED.items(), ids=OUTDATED)
def test_a_repair_that_outdates_pods_is_written_and_says_what_restarts_them(fault: str, option: str) -> None:
    code, said = served(fault, option, "--yes")
    assert "1 change written." in said
    assert f"next: keystone-check --cluster sandbox:{fault} --fix --restart --dry-run" in said
    assert code == 1
    code, said = served(fault, option, "--restart", "--yes")
    assert "2 changes written." in said
    assert code == 0


def test_what_a_role_lacks_is_granted_and_what_was_reported_before_is_told() -> None:
    """One for all that tests/remedy/test_granted.py rehearses."""
    code, said = served("ack-may-not-tag-buckets", "--fix", "--yes")
    assert "1 change written." in said
    assert "write the inline policy ack-s3-controller of" in said
    assert "no_ack_resource_is_stuck" in said
    assert code == 1


def test_what_a_role_need_not_have_is_taken_out_when_that_is_asked_for() -> None:
    code, said = served("karpenter-is-an-administrator", "--fix", "--yes")
    assert "--fix=unsafe" in said
    assert code == 1
    code, said = served("karpenter-is-an-administrator", "--fix=unsafe", "--yes")
    assert "1 change written." in said
    assert code == 0


@pytest.mark.parametrize("fault", RESTARTED)
def test_a_restart_waits_for_its_flag_even_where_unsafe_repairs_do_not(fault: str) -> None:
    code, said, written = told(fault, "--fix=unsafe", "--yes")
    assert "restart deployment app/api" in said
    assert "--restart" in said
    assert (code, written) == (1, [])
    code, said = served(fault, "--fix", "--restart", "--yes")
    assert "Every link holds" in said
    assert code == 0


@pytest.mark.parametrize(("fault", "line"), MANUAL.items(), ids=MANUAL)
def test_a_manual_repair_is_said_line_by_line_and_nothing_is_written(fault: str, line: str) -> None:
    code, said, written = told(fault, "--fix=unsafe", "--yes")
    assert line in said
    assert "Nothing was written" in said
    assert (code, written) == (1, [])


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in {*MANUAL, *GRANTED}])
def test_a_dry_run_writes_nothing_and_exits_as_the_truth_is_now(fault: str) -> None:
    code, said, written = told(fault, "--fix", "--dry-run")
    assert "✓ written" not in said
    assert (code, written) == (3 if fault in UNSEEN else 1, [])
