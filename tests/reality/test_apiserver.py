"""What a real API server does where this project relies on it."""

import base64
import hashlib
import subprocess
from collections.abc import Iterator
from datetime import datetime

import jwt
import pytest

from tests.reality.apiserver import ApiServer, Settings, serve
from tests.reality.asking import ACCESS, ACCOUNTS, DISCOVERY, KEYS, PODS, REVIEWS, STS, TOKEN, pod
from tests.reality.build import Binaries, kubernetes_version
from tests.reality.certificates import ec_key, public_der, rsa_key
from tests.reality.wire import Json, ask

pytestmark = pytest.mark.reality
MOST_LOOKS = 200
"""Reviews take a moment to hear of a pod's end; so often they are asked."""


def minted(server: ApiServer, **spec: Json) -> str:
    """A token of the service account `keystone/api`."""
    answer = ask(server, "POST", TOKEN, {"spec": spec})
    assert answer.status == 201
    return str(answer.body["status"]["token"])


def claims(token: str) -> dict[str, Json]:
    """What a token says, unverified."""
    told: dict[str, Json] = jwt.decode(token, options={"verify_signature": False})
    return told


def kid_of(key_der: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key_der).digest()).rstrip(b"=").decode()


def test_the_server_is_the_version_that_go_mod_asks_for(apiserver: ApiServer) -> None:
    assert ask(apiserver, "GET", "/version").body["gitVersion"] == kubernetes_version()


def test_an_unmodified_kubectl_works_with_its_kubeconfig(apiserver: ApiServer) -> None:
    command = [str(apiserver.binaries.kubectl), "--kubeconfig", str(apiserver.kubeconfig())]
    done = subprocess.run([*command, "get", "pods", "-A", "-o", "name"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pod/api-0" in done.stdout.splitlines()


def test_the_discovery_document_has_five_fields_and_no_claims_supported(apiserver: ApiServer) -> None:
    answer = ask(apiserver, "GET", DISCOVERY)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.body == {
        "issuer": apiserver.settings.issuers[0],
        "jwks_uri": apiserver.settings.jwks_uri,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def test_the_key_set_holds_the_signing_key_under_the_digest_of_its_spki(apiserver: ApiServer) -> None:
    answer = ask(apiserver, "GET", KEYS)
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    (key,) = answer.body["keys"]
    assert {name: key[name] for name in ("use", "kty", "alg", "e")} == {
        "use": "sig",
        "kty": "RSA",
        "alg": "RS256",
        "e": "AQAB",
    }
    assert key["kid"] == kid_of(public_der(apiserver.settings.signing_key))


def test_a_token_verifies_with_the_key_set_and_its_header_has_no_typ(apiserver: ApiServer) -> None:
    token = minted(apiserver, audiences=[STS])
    (key,) = ask(apiserver, "GET", KEYS).body["keys"]
    jwt.decode(token, jwt.PyJWK(key), audience=STS, issuer=apiserver.settings.issuers[0])
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key["kid"]}


def test_a_token_without_wishes_lasts_an_hour_for_the_api_audiences(apiserver: ApiServer) -> None:
    told = claims(minted(apiserver))
    assert told["aud"] == list(apiserver.settings.audiences)
    assert told["exp"] - told["iat"] == 3600
    assert told["nbf"] == told["iat"]
    assert told["sub"] == "system:serviceaccount:keystone:api"


def test_the_answer_names_the_moment_at_which_the_token_ends(apiserver: ApiServer) -> None:
    status = ask(apiserver, "POST", TOKEN, {}).body["status"]
    named = datetime.fromisoformat(status["expirationTimestamp"]).timestamp()
    assert named == claims(status["token"])["exp"]


@pytest.mark.parametrize(
    ("seconds", "complaint"),
    [
        (599, "may not specify a duration less than 10 minutes"),
        (2**32 + 1, "may not specify a duration larger than 2^32 seconds"),
    ],
)
def test_a_lifetime_out_of_bounds_is_unprocessable(
    apiserver: ApiServer, seconds: int, complaint: str
) -> None:
    answer = ask(apiserver, "POST", TOKEN, {"spec": {"expirationSeconds": seconds}})
    cause = f"spec.expirationSeconds: Invalid value: {seconds}: {complaint}"
    assert (answer.status, answer.body["reason"]) == (422, "Invalid")
    assert answer.body["message"] == f'TokenRequest.authentication.k8s.io "" is invalid: {cause}'


@pytest.mark.parametrize("seconds", [600, 2**32])
def test_a_lifetime_at_its_bounds_is_granted_to_the_second(apiserver: ApiServer, seconds: int) -> None:
    told = claims(minted(apiserver, expirationSeconds=seconds))
    assert told["exp"] - told["iat"] == seconds


def test_a_pod_bound_token_names_its_pod_and_lives_as_long_as_it(apiserver: ApiServer) -> None:
    created = ask(apiserver, "POST", PODS, pod("short-lived", "api"))
    token = minted(apiserver, boundObjectRef={"apiVersion": "v1", "kind": "Pod", "name": "short-lived"})
    uid = created.body["metadata"]["uid"]
    assert claims(token)["kubernetes.io"]["pod"] == {"name": "short-lived", "uid": uid}

    ask(apiserver, "DELETE", f"{PODS}/short-lived", {"gracePeriodSeconds": 0})
    spec = {"spec": {"token": token}}
    reviews = (ask(apiserver, "POST", f"{REVIEWS}/tokenreviews", spec) for _ in range(MOST_LOOKS))
    assert any("authenticated" not in review.body["status"] for review in reviews)


@pytest.mark.parametrize(
    ("caller", "method", "path", "body", "status", "reason"),
    [
        ("nobody", "GET", ACCOUNTS, None, 401, "Unauthorized"),
        ("stranger", "GET", ACCOUNTS, None, 403, "Forbidden"),
        ("admin", "GET", f"{ACCOUNTS}/none", None, 404, "NotFound"),
        ("admin", "POST", ACCOUNTS, {"metadata": {"name": "api"}}, 409, "AlreadyExists"),
        ("admin", "POST", ACCOUNTS, {"metadata": {"name": "Not_A_Name"}}, 422, "Invalid"),
    ],
)
def test_every_refusal_is_a_status_with_its_reason(
    apiserver: ApiServer, caller: str, method: str, path: str, body: Json, status: int, reason: str
) -> None:
    answer = ask(apiserver, method, path, body, caller)
    told = {name: answer.body[name] for name in ("kind", "apiVersion", "status", "code")}
    assert (answer.status, answer.body["reason"]) == (status, reason)
    assert told == {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status}


def test_the_asker_learns_who_it_is(apiserver: ApiServer) -> None:
    answer = ask(apiserver, "POST", f"{REVIEWS}/selfsubjectreviews", {}, "stranger")
    assert answer.body["status"]["userInfo"]["username"] == "stranger"


@pytest.mark.parametrize(("caller", "allowed"), [("admin", True), ("stranger", False)])
def test_the_asker_learns_what_it_may_do(apiserver: ApiServer, caller: str, allowed: bool) -> None:
    wish = {"verb": "create", "resource": "serviceaccounts", "subresource": "token", "namespace": "keystone"}
    body = {"spec": {"resourceAttributes": wish}}
    answer = ask(apiserver, "POST", f"{ACCESS}/selfsubjectaccessreviews", body, caller)
    assert answer.body["status"]["allowed"] is allowed


def test_a_token_for_sts_is_valid_for_sts_only(apiserver: ApiServer) -> None:
    token = minted(apiserver, audiences=[STS])
    wishes: tuple[Json, ...] = ({"audiences": [STS]}, {})
    specs = ({"spec": {"token": token} | wish} for wish in wishes)
    answers = [ask(apiserver, "POST", f"{REVIEWS}/tokenreviews", spec).body["status"] for spec in specs]
    assert [answer.get("authenticated", False) for answer in answers] == [True, False]


def test_a_dry_run_of_a_pod_stores_nothing(apiserver: ApiServer) -> None:
    created = ask(apiserver, "POST", f"{PODS}?dryRun=All", pod("probe", "api"))
    names = {item["metadata"]["name"] for item in ask(apiserver, "GET", PODS).body["items"]}
    assert (created.status, "probe" in names) == (201, False)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/serviceaccounts", "ServiceAccountList"),
        ("/api/v1/pods", "PodList"),
        ("/api/v1/namespaces", "NamespaceList"),
    ],
)
def test_a_list_names_its_kind_once_and_its_items_do_not(apiserver: ApiServer, path: str, kind: str) -> None:
    listed = ask(apiserver, "GET", path).body
    assert listed["kind"] == kind
    assert listed["items"]
    assert not any("kind" in item for item in listed["items"])


@pytest.fixture(scope="module")
def migrating(built: Binaries) -> Iterator[ApiServer]:
    """A server between two issuers and two keys, with no jwks_uri of its own."""
    issuers = ("https://new.keystone.example", "https://old.keystone.example")
    settings = Settings(issuers=issuers, jwks_uri="", signing_key=ec_key(), further_keys=(rsa_key(),))
    with serve(settings) as server:
        ask(server, "POST", "/api/v1/namespaces", {"metadata": {"name": "keystone"}})
        ask(server, "POST", ACCOUNTS, {"metadata": {"name": "api"}})
        yield server


def test_the_first_issuer_and_the_signing_key_sign(migrating: ApiServer) -> None:
    token = minted(migrating, audiences=[STS])
    kid = kid_of(public_der(migrating.settings.signing_key))
    assert claims(token)["iss"] == migrating.settings.issuers[0]
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": kid}


def test_the_key_set_holds_every_accepted_key(migrating: ApiServer) -> None:
    keys = (migrating.settings.signing_key, *migrating.settings.further_keys)
    published = {key["kid"]: key["alg"] for key in ask(migrating, "GET", KEYS).body["keys"]}
    assert published == dict(zip((kid_of(public_der(key)) for key in keys), ("ES256", "RS256"), strict=True))


def test_without_a_jwks_uri_the_discovery_document_names_an_address_inside(migrating: ApiServer) -> None:
    document = ask(migrating, "GET", DISCOVERY).body
    assert document["issuer"] == migrating.settings.issuers[0]
    assert document["jwks_uri"] == f"{migrating.url}{KEYS}"
    assert sorted(document["id_token_signing_alg_values_supported"]) == ["ES256", "RS256"]


def test_an_issuer_that_is_no_https_address_has_no_discovery_document(built: Binaries) -> None:
    with serve(Settings(issuers=("kubernetes/serviceaccount",), jwks_uri="")) as server:
        assert [ask(server, "GET", path).status for path in (DISCOVERY, KEYS)] == [404, 404]
