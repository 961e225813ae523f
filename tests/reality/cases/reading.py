"""Objects and lists, selected, paged and refused."""

from tests.reality.asking import ACCOUNTS, PODS, SPACE, Case, get, patch, post
from tests.reality.wire import Request

KINDS = ("pods", "serviceaccounts", "secrets", "configmaps", "services")
GROUP_KINDS = (
    "/apis/apps/v1/namespaces/empty/deployments",
    "/apis/apps/v1/namespaces/empty/daemonsets",
    "/apis/apps/v1/namespaces/empty/statefulsets",
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/api/v1/nodes",
)

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
"""What kubectl accepts when it prints."""
CASES = (
    Case(
        "tables",
        "What kubectl prints is made by the server.",
        (
            get(ACCOUNTS, accept=TABLE),
            get(f"{PODS}/api-0", accept=TABLE),
            get("/api/v1/namespaces/empty/pods", accept=TABLE),
            get("/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name%3Dkeystone", accept=TABLE),
            get(f"{ACCOUNTS}/none", accept=TABLE),
        ),
    ),
    Case(
        "accounts_read",
        "One, some, all; and none.",
        (
            get(f"{ACCOUNTS}/api"),
            get(f"{ACCOUNTS}/none"),
            get(ACCOUNTS),
            get("/api/v1/serviceaccounts?fieldSelector=metadata.namespace%3Dkeystone"),
            get("/api/v1/namespaces/none/serviceaccounts"),
        ),
    ),
    Case(
        "accounts_selected",
        "By label and by field.",
        (
            get(f"{ACCOUNTS}?labelSelector=app%3Dapi"),
            get(f"{ACCOUNTS}?labelSelector=%3D%3D"),
            get(f"{ACCOUNTS}?fieldSelector=metadata.name%3Dapi"),
            get(f"{ACCOUNTS}?fieldSelector=spec.none%3Dapi"),
        ),
    ),
    Case(
        "accounts_paged",
        "A page at a time.",
        (
            get(f"{ACCOUNTS}?limit=1"),
            get(f"{ACCOUNTS}?limit=1&continue=<continue>"),
            get(f"{ACCOUNTS}?limit=1&continue=nothing"),
        ),
    ),
    Case(
        "accounts_refused",
        "Refusals name the right that is missing.",
        (
            get(f"{ACCOUNTS}/api", "stranger"),
            get(ACCOUNTS, "stranger"),
            get("/api/v1/serviceaccounts", "stranger"),
            get(ACCOUNTS, "nobody"),
            get(ACCOUNTS, "garbage"),
        ),
    ),
    Case(
        "pods_read",
        "A pod with its defaults.",
        (
            get(f"{PODS}/api-0"),
            get(f"{PODS}/none"),
            get(f"{PODS}?fieldSelector=spec.serviceAccountName%3Dapi"),
        ),
    ),
    Case(
        "namespaces_read",
        "Namespaces by name and by label.",
        (
            get(SPACE),
            get("/api/v1/namespaces/none"),
            get(SPACE, "stranger"),
            get("/api/v1/namespaces", "stranger"),
            get("/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name%3Dkeystone"),
        ),
    ),
    Case(
        "list_kinds",
        "Empty lists of every kind that is read.",
        tuple(get(f"/api/v1/namespaces/empty/{kind}") for kind in KINDS) + tuple(map(get, GROUP_KINDS)),
    ),
    Case(
        "methods",
        "What collections and objects do not take.",
        (
            Request("PUT", ACCOUNTS, {}),
            patch(ACCOUNTS, "merge-patch", {}),
            post(f"{ACCOUNTS}/api", {}),
            get(ACCOUNTS, accept="text/plain"),
        ),
    ),
)
