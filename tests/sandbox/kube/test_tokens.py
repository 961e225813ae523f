import json
from dataclasses import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from keystone_check.sandbox.kube.state import KubeState, Signer, TokenOverride
from tests.sandbox.kube.conftest import AUDIENCES, ISSUER, NOW, UID, Asker, asker

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
STS = "sts.amazonaws.com"
PODS = "/api/v1/namespaces/apps/pods"
POD = {
    "metadata": {"name": "p"},
    "spec": {"serviceAccountName": "api", "containers": [{"name": "c", "image": "i"}]},
}


def claims(token: str) -> dict[str, object]:
    body = jwt.decode(token, options={"verify_signature": False})
    assert isinstance(body, dict)
    return body


def review(asking: Asker, token: str, *audiences: str) -> dict[str, object]:
    spec = {"token": token, **({"audiences": list(audiences)} if audiences else {})}
    status, found = asking.ask("POST", REVIEWS, {"spec": spec})
    assert status == 201
    return dict(found["status"])


def test_a_token_says_exactly_what_kubernetes_says(admin: Asker, state: KubeState) -> None:
    token = admin.minted({"audiences": [STS]})
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "the-kid"}
    key = state.signer.private_key.public_key()
    body = jwt.decode(
        token,
        key,
        ["RS256"],
        audience=STS,
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert list(body) == ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"]
    assert body.pop("jti")
    assert body == {
        "aud": [STS],
        "exp": NOW + 3600,
        "iat": NOW,
        "iss": ISSUER,
        "kubernetes.io": {"namespace": "apps", "serviceaccount": {"name": "api", "uid": UID}},
        "nbf": NOW,
        "sub": "system:serviceaccount:apps:api",
    }


@pytest.mark.parametrize("spec", [{}, {"audiences": []}, None])
def test_without_audiences_a_token_is_for_the_api_server(admin: Asker, spec: object) -> None:
    assert claims(admin.minted(spec))["aud"] == list(AUDIENCES)


@pytest.mark.parametrize("seconds", [600, 4294967296])
def test_the_limits_of_a_lifetime_are_allowed(admin: Asker, seconds: int) -> None:
    assert claims(admin.minted({"expirationSeconds": seconds}))["exp"] == NOW + seconds


def test_a_bound_token_names_its_pod_and_dies_with_it(admin: Asker) -> None:
    uid = admin.ask("POST", PODS, POD)[1]["metadata"]["uid"]
    token = admin.minted({"boundObjectRef": {"kind": "Pod", "name": "p", "uid": uid}})
    own = claims(token)["kubernetes.io"]
    assert isinstance(own, dict)
    assert own["pod"] == {"name": "p", "uid": uid}
    assert review(admin, token)["authenticated"] is True
    admin.ask("DELETE", f"{PODS}/p")
    assert review(admin, token)["error"] == '[invalid bearer token, pods "p" not found]'


def test_a_pods_api_token_is_stretched_to_a_year(admin: Asker) -> None:
    admin.ask("POST", PODS, POD)
    body = claims(admin.minted({"expirationSeconds": 3607, "boundObjectRef": {"kind": "Pod", "name": "p"}}))
    own = body["kubernetes.io"]
    assert isinstance(own, dict)
    assert (body["exp"], own["warnafter"]) == (NOW + 365 * 24 * 3600, NOW + 3607)


def test_a_token_binds_only_to_a_pod_of_its_account(admin: Asker) -> None:
    admin.ask("POST", PODS, POD)
    spec = {"boundObjectRef": {"kind": "Pod", "name": "p"}}
    path = "/api/v1/namespaces/apps/serviceaccounts/default/token"
    status, found = admin.ask("POST", path, {"spec": spec})
    assert (status, found["message"]) == (
        400,
        'cannot bind token for serviceaccount "default" to pod running with different serviceaccount name.',
    )


def test_a_token_for_others_opens_nothing_here(admin: Asker) -> None:
    token = admin.minted({"audiences": [STS]})
    assert admin.by(token).ask("GET", "/version")[0] == 401
    assert review(admin, token)["error"] == (
        f'[invalid bearer token, token audiences ["{STS}"] is invalid for the target audiences '
        '["https://kubernetes.default.svc.cluster.local" "k3s"]]'
    )
    assert review(admin, token, STS, "x")["audiences"] == [STS]


def test_a_service_account_reads_the_issuers_documents_and_little_else(admin: Asker) -> None:
    account = admin.by(admin.minted({}))
    assert account.ask("GET", "/openid/v1/jwks")[0] == 200
    assert account.ask("GET", "/version")[0] == 200
    status, found = account.ask("GET", "/api/v1/namespaces/apps/serviceaccounts")
    assert (status, found["message"]) == (
        403,
        'serviceaccounts is forbidden: User "system:serviceaccount:apps:api" cannot list resource '
        '"serviceaccounts" in API group "" in the namespace "apps"',
    )
    who = account.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})[1]["status"][
        "userInfo"
    ]
    assert (who["username"], who["uid"]) == ("system:serviceaccount:apps:api", UID)


def test_an_expired_token_is_called_so(admin: Asker, state: KubeState) -> None:
    token = admin.minted({})
    later = asker(state, now=NOW + 3601, store=admin.api.store)
    assert review(later, token)["error"] == "[invalid bearer token, service account token has expired]"
    earlier = asker(state, now=NOW - 1, store=admin.api.store)
    assert review(earlier, token)["error"] == "[invalid bearer token, service account token is not valid yet]"


def test_a_changed_token_does_not_verify(admin: Asker) -> None:
    head, body, signature = admin.minted({}).split(".")
    broken = f"{head}.{body}.{'A' * len(signature)}"
    because = "go-jose/go-jose: error in cryptographic primitive"
    assert review(admin, broken)["error"] == f"[invalid bearer token, {because}]"
    assert review(admin, "garbage")["error"] == "invalid bearer token"


def test_a_token_of_a_deleted_and_recreated_account_is_refused(admin: Asker) -> None:
    token = admin.minted({})
    accounts = "/api/v1/namespaces/apps/serviceaccounts"
    admin.ask("DELETE", f"{accounts}/api")
    assert review(admin, token)["error"] == '[invalid bearer token, serviceaccounts "api" not found]'
    uid = admin.ask("POST", accounts, {"metadata": {"name": "api"}})[1]["metadata"]["uid"]
    because = f"service account UID ({uid}) does not match claim ({UID})"
    assert review(admin, token)["error"] == f"[invalid bearer token, {because}]"


def test_an_override_changes_what_tokens_of_one_account_say(state: KubeState) -> None:
    other = Signer("https://other", ec.generate_private_key(ec.SECP256R1()), "other")
    override = TokenOverride({"typ": "JWT"}, {"aud": "a string", "nbf": None}, other)
    asking = asker(replace(state, token_overrides={"apps/api": override}))
    token = asking.minted({})
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "other", "typ": "JWT"}
    body = claims(token)
    assert (body["iss"], body["aud"], "nbf" in body) == ("https://other", "a string", False)
    assert claims(asking.minted({}, "apps/default"))["iss"] == ISSUER


def test_neither_key_nor_token_is_shown(state: KubeState, admin: Asker) -> None:
    shown = repr(state) + repr(admin.api)
    assert admin.token.reveal() not in shown
    assert "private_key" not in shown
    status, found = admin.ask("POST", "/api/v1/namespaces/apps/serviceaccounts", b'{"token": "s3cret"')
    assert status == 400
    assert "s3cret" not in json.dumps(found)
