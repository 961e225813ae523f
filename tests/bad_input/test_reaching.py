"""Cluster, AWS or issuer are out of reach or refuse: a reason with a next step, and the rest is judged."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.checks import index
from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.facts import Missing
from keystone_check.model.secret import Secret
from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import closed_port, command, configured, judged, look, served

OF_THE_CLUSTER_ALONE = {
    "api_server_does_not_authenticate_by_its_own_issuer", "api_servers_name_the_same_issuer",
    "api_servers_sign_with_the_same_keys", "clocks_agree", "discovery_is_readable_by_service_accounts",
    "former_issuer_stays_accepted", "issuer_has_no_trailing_slash", "public_issuer_signs_first",
    "signing_algorithm_is_accepted_by_sts", "sts_audience_is_no_api_audience", "subject_fits_into_sts",
    "token_carries_every_claim", "token_has_one_audience", "token_is_not_too_old",
    "token_names_no_authorized_party",
}  # fmt: skip
"""And of a clock at AWS, which STS and S3 each tell."""
WITHOUT_AWS = {
    "issuer_is_accepted_by_aws", "tokens_name_the_issuer", "discovery_document_is_public",
    "key_set_is_public", "jwks_uri_is_public_https", "published_issuer_is_the_tokens",
    "signing_key_is_published", "key_set_holds_no_private_key",
    "signature_verifies_with_the_published_key", "role_arn_is_well_formed",
    "every_servers_key_is_published", *OF_THE_CLUSTER_ALONE,
    "bucket_name_suits_virtual_hosts", "issuer_uses_the_regional_host", "issuer_serves_one_cluster",
    "documents_answer_without_redirects", "documents_are_served_as_json", "documents_are_small",
    "documents_answer_within_five_seconds", "issuer_host_is_publicly_routable",
    "discovery_document_lists_its_claims", "discovery_document_offers_id_tokens",
    "signing_algorithm_is_listed", "every_key_has_a_kid", "kid_names_one_key",
    "key_types_stay_within_a_hundred", "kid_is_the_keys_digest", "published_keys_belong_to_a_server",
    "caches_cannot_outlive_a_rotation", "certificates_are_the_hosts_own", "chain_is_in_order",
    "chain_holds_each_certificate_once", "chain_holds_no_strangers", "certificate_names_the_host",
    "certificate_has_days_left", "tls_1_2_is_accepted",
}  # fmt: skip
WITHOUT_THE_CLUSTER = {"bucket_cannot_be_taken_over", "clocks_agree"}
WITHOUT_THE_ISSUERS_HOST = {
    "issuer_is_accepted_by_aws", "tokens_name_the_issuer", "policy_opens_exactly_the_documents",
    "public_access_block_permits_the_policy", "audience_is_registered", "provider_exists",
    "role_arn_is_well_formed", "role_exists", "trust_names_the_provider", "trust_pins_the_audience",
    "trust_pins_the_subject", "issuer_host_is_publicly_routable", "thumbprints_stay_within_five",
    *OF_THE_CLUSTER_ALONE,
    "acls_are_disabled", "bucket_belongs_to_the_account", "bucket_cannot_be_taken_over",
    "bucket_is_closed_to_strangers", "bucket_is_in_the_issuers_region", "bucket_name_suits_virtual_hosts",
    "client_ids_are_clean", "client_ids_leave_room", "default_encryption_lets_strangers_read",
    "encryption_lets_strangers_read", "issuer_has_one_provider", "issuer_uses_the_regional_host",
    "organization_permits_public_policies", "policy_admits_sts_from_anywhere",
    "provider_is_in_the_roles_account", "provider_url_is_the_issuer", "providers_are_in_use",
}  # fmt: skip
NEXT = ("check ", "look for ", "set ", "sign in", "name ")


def unseen(access: Access) -> Sequence[str]:
    """The reasons for what could not be seen, each once; nothing is broken, and the exit code says so."""
    found = judged(access)
    assert found.code == 3
    assert "broken" not in set().union(*found.statuses.values())
    reasons = tuple(dict.fromkeys(found.messages))
    assert all(any(step in reason.partition("; ")[2] for step in NEXT) for reason in reasons)
    return reasons


def test_credentials_that_aws_does_not_know(serving: Serving) -> None:
    strange = StaticCredentials(Secret("AKIANOBODYKNOWSTHIS0"), Secret("x" * 40))
    access = replace(serving.access, aws_credentials=strange)
    found = judged(access)
    said = "InvalidClientTokenId: The security token included in the request is invalid.; "
    hint = "AWS does not know these credentials: check the profile"
    assert unseen(access)[0] == f"sts:GetCallerIdentity: {said}{hint}"
    assert found.checks("holds") == WITHOUT_AWS


@pytest.mark.parametrize(
    ("settings", "environ", "said"),
    [
        ({"profile": "nope"}, {}, "The config profile (nope) could not be found; check --profile"),
        ({}, {}, "no AWS credentials were found; set AWS_PROFILE"),
        ({}, {"AWS_PROFILE": "nope"}, "The config profile (nope) could not be found; check --profile"),
    ],
)
def test_no_credentials(
    serving: Serving, tmp_path: Path, settings: dict[str, str], environ: dict[str, str], said: str
) -> None:
    ran = command(tmp_path, *configured(serving, tmp_path, **settings), "--format=json", environ=environ)
    assert ran.code == 3
    report = json.loads(ran.out)
    assert said in report["caller"]["missing"]
    holding = {each["check"] for each in report["outcomes"] if each["status"] == "holds"}
    # A configuration with connect_to resolves no name.
    assert holding == WITHOUT_AWS - {"issuer_host_is_publicly_routable"}


def test_nobody_listens_where_aws_should_be(serving: Serving) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    reason = unseen(replace(serving.access, aws_endpoint=address))[0]
    assert reason.startswith("sts:GetCallerIdentity: ")
    assert address in reason


def test_aws_that_never_answers_is_a_timeout_with_limit_and_address(serving: Serving, hole: int) -> None:
    access = replace(serving.access, aws_endpoint=f"http://127.0.0.1:{hole}", request_seconds=0.2)
    reason = next(each for each in unseen(access) if each.startswith("sts:GetCallerIdentity: "))
    assert "no answer within 0.2 s: " in reason
    assert f"http://127.0.0.1:{hole}" in reason


def at(access: Access, port: int) -> Access:
    """The same, with the issuer's hosts at another port of this machine."""
    return replace(access, connect_to=tuple((host, f"127.0.0.1:{port}") for host, _ in access.connect_to))


def test_nobody_listens_where_the_issuer_should_be(serving: Serving) -> None:
    access = at(serving.access, closed_port())
    reasons = unseen(access)
    said = f"GET {address(serving)}: no connection: Connection refused"
    assert any(said in reason for reason in reasons)
    assert judged(access).checks("holds") == WITHOUT_THE_ISSUERS_HOST


def test_an_issuer_that_never_answers_is_a_timeout_with_limit_and_address(
    serving: Serving, hole: int
) -> None:
    known = replace(serving.access.expected, issuer=issuer(serving))  # no slow cluster hides the timeout
    reasons = unseen(replace(at(serving.access, hole), expected=known, request_seconds=0.2))
    assert any(f"GET {address(serving)}: no answer within 0.2 s" in reason for reason in reasons)


def cluster_at(serving: Serving, folder: Path, edit: Callable[[str], str]) -> Access:
    """The same with a kubeconfig that was edited."""
    text = Path(serving.access.kubeconfig).read_text()
    edited = edit(text)
    assert edited != text
    (folder / "kubeconfig").write_text(edited)
    return replace(serving.access, kubeconfig=str(folder / "kubeconfig"))


def server(serving: Serving) -> str:
    found = json.loads(Path(serving.access.kubeconfig).read_text())["clusters"][0]["cluster"]["server"]
    assert isinstance(found, str)
    return found


def test_a_cluster_that_is_not_there_is_one_reason_for_all_and_aws_is_asked_all_the_same(
    serving: Serving, tmp_path: Path
) -> None:
    nowhere = f"https://127.0.0.1:{closed_port()}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), nowhere))
    assert unseen(access)[0] == (
        f"the cluster at {nowhere} cannot be reached: connection refused; "
        "check the address, the network (VPN?) and that the API server runs"
    )
    # AWS's clock can still be compared with ours, and its buckets with its providers.
    assert judged(access).checks("blocked") == set(index()) - WITHOUT_THE_CLUSTER
    assert "aws caller arn:aws:iam::" in look(access).out


def test_with_a_configured_issuer_what_needs_no_cluster_is_judged_without_it(
    serving: Serving, tmp_path: Path
) -> None:
    nowhere = f"https://127.0.0.1:{closed_port()}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), nowhere))
    known = replace(access.expected, issuer=issuer(serving))
    found = judged(replace(access, expected=known))
    assert found.code == 3
    assert found.checks("holds") >= {
        "issuer_is_accepted_by_aws",
        "discovery_document_is_public",
        "policy_opens_exactly_the_documents",
        "public_access_block_permits_the_policy",
    }


def test_a_cluster_that_never_answers_is_a_timeout_with_limit_and_address(
    serving: Serving, tmp_path: Path, hole: int
) -> None:
    silent = f"https://127.0.0.1:{hole}"
    access = cluster_at(serving, tmp_path, lambda text: text.replace(server(serving), silent))
    for reason in unseen(replace(access, request_seconds=0.2)):
        assert f"{silent} gave no answer within 0.2 s" in reason


def test_a_cluster_that_does_not_know_us_is_one_reason(serving: Serving, tmp_path: Path) -> None:
    access = cluster_at(serving, tmp_path, lambda text: text.replace('"token": "', '"token": "x'))
    (reason,) = {each.removeprefix("nobody can tell what STS would say: ") for each in unseen(access)}
    assert reason.startswith("the API server does not accept our credentials: 401")
    assert "sign in to the cluster again" in reason


KUBE = (
    "get /.well-known/openid-configuration",
    "get /openid/v1/jwks",
    "get /version",
    "list serviceaccounts",
    "get serviceaccounts",
    "create serviceaccounts/token",
    "create selfsubjectreviews.authentication.k8s.io",
    "create subjectaccessreviews.authorization.k8s.io",
    "get endpointslices.discovery.k8s.io",
    "list nodes",
    "list pods",
)
AWS = (
    "sts:GetCallerIdentity",
    "iam:ListOpenIDConnectProviders",
    "iam:GetOpenIDConnectProvider",
    "iam:GetRole",
    "s3:ListBucket",
    "s3:GetObject",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucketPolicyStatus",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketAcl",
    "s3:ListAllMyBuckets",
    "organizations:DescribeEffectivePolicy",
)


def test_a_cluster_that_refuses_everything_names_the_rights_that_would_do() -> None:
    with served(denied=KUBE) as serving:
        found = judged(serving.access)
        shown = look(serving.access, "--cluster", "here").out
    assert found.code == 3
    assert found.checks("holds") == WITHOUT_THE_CLUSTER
    assert "needs list serviceaccounts" in shown
    assert "needs get /.well-known/openid-configuration" in shown
    assert shown.endswith("next: keystone-check --cluster here --permissions")


def test_an_account_that_refuses_everything_names_the_rights_that_would_do() -> None:
    with served(denied=AWS[1:]) as serving:
        found = judged(serving.access)
        shown = look(serving.access).out
    assert found.code == 3
    assert found.checks("holds") == WITHOUT_AWS | {"bucket_is_in_the_issuers_region"}
    for right in ("iam:GetRole", "iam:ListOpenIDConnectProviders", "s3:GetBucketPolicy"):
        assert f"needs {right}" in shown
    assert shown.endswith("next: keystone-check --permissions")


@pytest.mark.parametrize("right", [*KUBE, *AWS])
def test_one_refused_right_makes_nothing_broken_and_nothing_crash(right: str) -> None:
    with served(denied=(right,)) as serving:
        found = judged(serving.access)
    assert "broken" not in set().union(*found.statuses.values())
    assert found.code in (0, 3)
    assert (found.code == 3) == any("blocked" in each for each in found.statuses.values())


def address(serving: Serving) -> str:
    return f"{issuer(serving)}/.well-known/openid-configuration"


def issuer(serving: Serving) -> str:
    found = serving.world.issuer
    assert not isinstance(found, Missing)
    return found.url
