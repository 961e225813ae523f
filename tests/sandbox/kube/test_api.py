"""What a real kube-apiserver 1.36.3 answered to these requests is what the emulator answers."""

import pytest

from keystone_check.sandbox.kube.state import KubeState
from tests.sandbox.kube.conftest import ROLE, UID, Asker, asker

ACCOUNTS = "/api/v1/namespaces/apps/serviceaccounts"
API = f"{ACCOUNTS}/api"
TOKEN = f"{API}/token"
DURATION = "spec.expirationSeconds: Invalid value"
TYPED = (
    'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal string into Go '
    "struct field"
)

REFUSALS: list[tuple[str, str, object, int, str, str]] = [
    ("GET", f"{ACCOUNTS}/nope", None, 404, "NotFound", 'serviceaccounts "nope" not found'),
    ("GET", "/api/v1/namespaces/nope", None, 404, "NotFound", 'namespaces "nope" not found'),
    ("GET", "/api/v1/nope", None, 404, "NotFound", "the server could not find the requested resource"),
    (
        "POST",
        ACCOUNTS,
        {"metadata": {"name": "api"}},
        409,
        "AlreadyExists",
        'serviceaccounts "api" already exists',
    ),
    (
        "POST",
        "/api/v1/namespaces/missing/serviceaccounts",
        {"metadata": {"name": "b"}},
        404,
        "NotFound",
        'namespaces "missing" not found',
    ),
    (
        "POST",
        ACCOUNTS,
        {"metadata": {}},
        422,
        "Invalid",
        'ServiceAccount "" is invalid: metadata.name: Required value: name or generateName is required',
    ),
    (
        "POST",
        ACCOUNTS,
        {"metadata": {"name": "b", "namespace": "other"}},
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    ),
    (
        "POST",
        ACCOUNTS,
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}},
        400,
        "BadRequest",
        'Pod in version "v1" cannot be handled as a ServiceAccount: converting (v1.Pod) to '
        "(core.ServiceAccount): unknown conversion",
    ),
    (
        "POST",
        ACCOUNTS,
        {"metadata": {"name": 5}},
        400,
        "BadRequest",
        'ServiceAccount in version "v1" cannot be handled as a ServiceAccount: json: cannot unmarshal number '
        "into Go struct field ObjectMeta.metadata.name of type string",
    ),
    (
        "POST",
        f"{ACCOUNTS}?fieldValidation=Strict",
        {"metadata": {"name": "x"}, "bogus": 1},
        400,
        "BadRequest",
        'ServiceAccount in version "v1" cannot be handled as a ServiceAccount: strict decoding error: '
        'unknown field "bogus"',
    ),
    (
        "POST",
        f"{ACCOUNTS}?dryRun=Foo",
        {"metadata": {"name": "x"}},
        422,
        "Invalid",
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Foo"]: supported values: '
        '"All"',
    ),
    (
        "PUT",
        API,
        {"metadata": {"name": "api", "resourceVersion": "1"}},
        409,
        "Conflict",
        'Operation cannot be fulfilled on serviceaccounts "api": the object has been modified; please apply '
        "your changes to the latest version and try again",
    ),
    (
        "PUT",
        API,
        {"metadata": {"name": "b"}},
        400,
        "BadRequest",
        "the name of the object (b) does not match the name on the URL (api)",
    ),
    (
        "PUT",
        ACCOUNTS,
        {},
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
    ),
    ("PATCH", API, {}, 415, "UnsupportedMediaType", "415: Unsupported Media Type"),
    (
        "DELETE",
        "/api/v1/namespaces/default",
        None,
        403,
        "Forbidden",
        'namespaces "default" is forbidden: this namespace may not be deleted',
    ),
    (
        "DELETE",
        API,
        {"preconditions": {"uid": "zz"}},
        409,
        "Conflict",
        f'Operation cannot be fulfilled on ServiceAccount "api": the UID in the precondition (zz) does not '
        f"match the UID in record ({UID}). The object might have been deleted and then recreated",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"expirationSeconds": 599}},
        422,
        "Invalid",
        f'TokenRequest.authentication.k8s.io "" is invalid: {DURATION}: 599: may not specify a duration less '
        "than 10 minutes",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"expirationSeconds": 4294967297}},
        422,
        "Invalid",
        f'TokenRequest.authentication.k8s.io "" is invalid: {DURATION}: 4294967297: may not specify a '
        "duration larger than 2^32 seconds",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"expirationSeconds": "x"}},
        400,
        "BadRequest",
        f"{TYPED} TokenRequestSpec.spec.expirationSeconds of type int64",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"audiences": "x"}},
        400,
        "BadRequest",
        f"{TYPED} TokenRequestSpec.spec.audiences of type []string",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"boundObjectRef": {"kind": "Pod", "name": "nope"}}},
        404,
        "NotFound",
        'pods "nope" not found',
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1"}}},
        400,
        "BadRequest",
        "Name parameter required.",
    ),
    (
        "POST",
        TOKEN,
        {"spec": {"boundObjectRef": {"kind": "Foo", "apiVersion": "v1", "name": "f"}}},
        400,
        "BadRequest",
        "cannot bind token to object of type /v1, Kind=Foo",
    ),
    (
        "POST",
        "/api/v1/namespaces/apps/pods",
        {
            "metadata": {"name": "p"},
            "spec": {"serviceAccountName": "zz", "containers": [{"name": "c", "image": "i"}]},
        },
        403,
        "Forbidden",
        'pods "p" is forbidden: error looking up service account apps/zz: serviceaccount "zz" not found',
    ),
    (
        "POST",
        "/api/v1/namespaces/apps/pods",
        {"metadata": {"name": "p"}, "spec": {"containers": []}},
        422,
        "Invalid",
        'Pod "p" is invalid: spec.containers: Required value',
    ),
    (
        "POST",
        "/apis/authentication.k8s.io/v1/tokenreviews",
        {"spec": {}},
        400,
        "BadRequest",
        "token is required for TokenReview in authentication",
    ),
    (
        "GET",
        f"{ACCOUNTS}?fieldSelector=foo%3Dbar",
        None,
        400,
        "BadRequest",
        '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ),
    (
        "GET",
        f"{ACCOUNTS}?labelSelector=%3D%3D%3D",
        None,
        400,
        "BadRequest",
        "found '==', expected: !, identifier, or 'end of string'",
    ),
    ("GET", f"{ACCOUNTS}?limit=x", None, 400, "BadRequest", 'strconv.ParseInt: parsing "x": invalid syntax'),
]


@pytest.mark.parametrize(("method", "target", "body", "code", "reason", "message"), REFUSALS)
def test_refuses_in_the_words_of_the_api_server(
    admin: Asker, method: str, target: str, body: object, code: int, reason: str, message: str
) -> None:
    status, found = admin.ask(method, target, body)
    assert (status, found["code"], found["reason"], found["message"]) == (code, code, reason, message)
    assert (found["kind"], found["apiVersion"], found["status"]) == ("Status", "v1", "Failure")


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (b"{nope", "invalid character 'n' looking for beginning of object key string"),
        (b'{"metadata":', "unexpected end of JSON input"),
        (b"", "unexpected end of JSON input (<empty>)"),
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(admin: Asker, body: bytes, because: str) -> None:
    status, found = admin.ask("POST", ACCOUNTS, body)
    assert status == 400
    assert found["message"].endswith(f"couldn't get version/kind; json parse error: {because}")


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
def test_nobody_reads_anything_without_credentials(admin: Asker, token: str) -> None:
    for path in ("/version", "/livez", "/openid/v1/jwks", ACCOUNTS, "/nope"):
        status, found = admin.by(token).ask("GET", path)
        assert (status, found["message"], "details" in found) == (401, "Unauthorized", False)


def test_what_is_denied_is_forbidden_and_nothing_else(state: KubeState) -> None:
    asking = asker(state, "create serviceaccounts/token", "get /openid/v1/jwks", "list pods in kube-system")
    status, found = asking.ask("POST", TOKEN, {})
    assert status == 403
    assert found["message"] == (
        'serviceaccounts "api" is forbidden: User "system:admin" cannot create resource '
        '"serviceaccounts/token" in API group "" in the namespace "apps"'
    )
    assert found["details"] == {"name": "api", "kind": "serviceaccounts"}
    status, found = asking.ask("GET", "/openid/v1/jwks")
    assert (status, found["message"]) == (
        403,
        'forbidden: User "system:admin" cannot get path "/openid/v1/jwks"',
    )
    assert asking.ask("GET", "/api/v1/namespaces/kube-system/pods")[0] == 403
    assert asking.ask("GET", "/api/v1/namespaces/apps/pods")[0] == 200
    assert asking.ask("GET", API)[0] == 200


def test_the_documents_are_served_as_they_stand(admin: Asker) -> None:
    for path, content_type in (
        ("/.well-known/openid-configuration", "application/json"),
        ("/openid/v1/jwks", "application/jwk-set+json"),
    ):
        found = admin.answer("GET", path)
        assert (found.status, found.content_type) == (200, content_type)
        assert ("Cache-Control", "public, max-age=3600") in found.headers
    assert admin.answer("GET", "/openid/v1/jwks").body == '{"keys":[]}'


def test_an_account_lives_from_create_to_delete(admin: Asker) -> None:
    status, made = admin.ask("POST", ACCOUNTS, {"metadata": {"name": "b", "annotations": {"x": "y"}}})
    assert (status, made["kind"], made["metadata"]["creationTimestamp"]) == (
        201,
        "ServiceAccount",
        "2026-11-24T00:03:47Z",
    )
    made["metadata"]["annotations"]["x"] = "z"
    status, put = admin.ask("PUT", f"{ACCOUNTS}/b", made)
    assert (status, put["metadata"]["annotations"]) == (200, {"x": "z"})
    assert int(put["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    assert admin.ask("GET", f"{ACCOUNTS}/b") == (200, put)
    assert admin.ask("DELETE", f"{ACCOUNTS}/b") == (200, put)
    assert admin.ask("GET", f"{ACCOUNTS}/b")[0] == 404


def test_a_change_that_changes_nothing_makes_no_revision(admin: Asker) -> None:
    before = admin.ask("GET", API)[1]
    assert admin.ask("PUT", API, before) == (200, before)


@pytest.mark.parametrize(
    ("content_type", "patch"),
    [
        ("application/merge-patch+json", {"metadata": {"annotations": {"a/b": "1"}}}),
        ("application/strategic-merge-patch+json", {"metadata": {"annotations": {"a/b": "1"}}}),
        (
            "application/json-patch+json",
            [{"op": "add", "path": "/metadata/annotations/a~1b", "value": "1"}],
        ),
        (
            "application/apply-patch+yaml",
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "api", "annotations": {"a/b": "1"}},
            },
        ),
    ],
)
def test_every_kind_of_patch_adds_an_annotation_and_keeps_the_others(
    admin: Asker, content_type: str, patch: object
) -> None:
    status, found = admin.ask("PATCH", f"{API}?fieldManager=me", patch, content_type=content_type)
    assert status == 200
    assert found["metadata"]["annotations"] == {"a/b": "1", "eks.amazonaws.com/role-arn": ROLE}
    assert found["metadata"]["uid"] == UID


def test_apply_creates_what_is_not_there(admin: Asker) -> None:
    wanted = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "new"}}
    target = f"{ACCOUNTS}/new?fieldManager=me"
    assert admin.ask("PATCH", target, wanted, content_type="application/apply-patch+yaml")[0] == 201
    assert admin.ask("GET", f"{ACCOUNTS}/new")[0] == 200


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", f"{ACCOUNTS}?dryRun=All", {"metadata": {"name": "dry"}}),
        ("POST", "/api/v1/namespaces?dryRun=All", {"metadata": {"name": "dry"}}),
        (
            "POST",
            "/api/v1/namespaces/apps/pods?dryRun=All",
            {"metadata": {"name": "dry"}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
        ),
        ("DELETE", f"{API}?dryRun=All", None),
    ],
)
def test_a_dry_run_leaves_nothing_behind(admin: Asker, method: str, target: str, body: object) -> None:
    everything = ("/api/v1/serviceaccounts", "/api/v1/namespaces", "/api/v1/pods")
    before = [admin.ask("GET", path) for path in everything]
    assert admin.ask(method, target, body)[0] in (200, 201)
    assert [admin.ask("GET", path) for path in everything] == before


def test_a_pod_gets_its_defaults_and_its_token(admin: Asker) -> None:
    body = {"metadata": {"generateName": "p-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    status, pod = admin.ask("POST", "/api/v1/namespaces/apps/pods", body)
    spec = pod["spec"]
    assert (status, spec["serviceAccountName"], spec["restartPolicy"]) == (201, "default", "Always")
    assert spec["volumes"][0]["projected"]["sources"][0] == {
        "serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}
    }
    assert spec["containers"][0]["volumeMounts"][0]["name"] == spec["volumes"][0]["name"]
    assert pod["metadata"]["name"].startswith("p-")
    assert len(pod["metadata"]["name"]) == len("p-") + 5


def test_a_new_namespace_has_a_default_account_and_takes_all_with_it_when_it_goes(admin: Asker) -> None:
    admin.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "n"}})
    accounts = admin.ask("GET", "/api/v1/namespaces/n/serviceaccounts")[1]["items"]
    assert [item["metadata"]["name"] for item in accounts] == ["default"]
    gone = admin.ask("DELETE", "/api/v1/namespaces/n")[1]
    assert gone["status"]["phase"] == "Terminating"
    assert admin.ask("GET", "/api/v1/namespaces/n/serviceaccounts")[1]["items"] == []


def test_pages_join_to_the_whole_list(admin: Asker) -> None:
    for index in range(5):
        admin.ask("POST", ACCOUNTS, {"metadata": {"name": f"n{index}"}})
    whole = admin.ask("GET", "/api/v1/serviceaccounts")[1]
    found, target = [], "/api/v1/serviceaccounts?limit=3"
    while target:
        page = admin.ask("GET", target)[1]
        found += page["items"]
        token = page["metadata"].get("continue", "")
        assert page["metadata"].get("remainingItemCount", 0) == len(whole["items"]) - len(found)
        target = f"/api/v1/serviceaccounts?limit=3&continue={token}" if token else ""
    assert found == whole["items"]
    assert whole["kind"] == "ServiceAccountList"
    assert "kind" not in whole["items"][0]


def test_a_table_is_given_to_those_who_ask_for_one(admin: Asker) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    table = admin.ask("GET", ACCOUNTS, accept=accept)[1]
    assert table["kind"] == "Table"
    assert [row["cells"] for row in table["rows"]] == [["api", "0s"], ["default", "0s"]]
    assert admin.ask("GET", ACCOUNTS, accept="text/html")[0] == 406


def test_a_secret_keeps_what_it_was_given(admin: Asker) -> None:
    path = "/api/v1/namespaces/apps/secrets"
    status, made = admin.ask("POST", path, {"metadata": {"name": "s"}, "stringData": {"k": "v"}})
    assert (status, made["data"], made["type"], "stringData" in made) == (201, {"k": "dg=="}, "Opaque", False)
    assert admin.ask("DELETE", f"{path}/s")[1]["details"]["kind"] == "secrets"


def test_unknown_fields_are_dropped_with_a_warning(admin: Asker) -> None:
    found = admin.answer("POST", ACCOUNTS, {"metadata": {"name": "x"}, "bogus": 1})
    assert found.headers == (("Warning", '299 - "unknown field \\"bogus\\""'),)
    assert "bogus" not in found.body
