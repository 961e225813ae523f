"""Service accounts created, changed and deleted; pods as a dry run."""

from tests.reality.asking import ACCOUNTS, PODS, ROLE, Case, account, get, patch, pod, post
from tests.reality.wire import Request

NEW = f"{ACCOUNTS}/new"
ROLE_OF_NEW = "arn:aws:iam::111122223333:role/new"
CASES = (
    Case(
        "account_life",
        "Created, created again, deleted, deleted again.",
        (
            post(ACCOUNTS, account("new")),
            post(ACCOUNTS, account("new")),
            Request("DELETE", NEW),
            Request("DELETE", NEW),
        ),
    ),
    Case(
        "account_patched",
        "Annotations by merge, strategic merge and JSON patch.",
        (
            post(ACCOUNTS, account("new")),
            patch(NEW, "merge-patch", {"metadata": {"annotations": {ROLE: ROLE_OF_NEW}}}),
            patch(NEW, "strategic-merge-patch", {"metadata": {"annotations": {"other": "1"}}}),
            patch(NEW, "merge-patch", {"metadata": {"annotations": {ROLE: None}}}),
            patch(NEW, "json-patch", [{"op": "test", "path": "/metadata/annotations/other", "value": "2"}]),
            patch(NEW, "json-patch", [{"op": "remove", "path": "/metadata/annotations/other"}]),
            patch(NEW, "merge-patch", {"metadata": {"resourceVersion": "1", "labels": {"a": "b"}}}),
            patch(NEW, "none", {}),
            patch(f"{ACCOUNTS}/none", "merge-patch", {"metadata": {}}),
            Request(
                "PATCH", NEW, {"metadata": {}}, "stranger", {"content-type": "application/merge-patch+json"}
            ),
            Request("DELETE", NEW),
        ),
    ),
    Case(
        "account_replaced",
        "A stale version is a conflict, a wrong uid too.",
        (
            post(ACCOUNTS, account("new")),
            Request("PUT", NEW, account("new", role=ROLE_OF_NEW)),
            Request("PUT", NEW, account("new", resourceVersion="1")),
            Request("PUT", NEW, account("other")),
            Request("PUT", f"{ACCOUNTS}/none", account("none", uid="another-uid")),
            Request("DELETE", NEW, {"preconditions": {"uid": "another-uid"}}),
            Request("DELETE", NEW),
        ),
    ),
    Case(
        "account_refused",
        "Bodies that are no service account, places that are not there.",
        (
            post(ACCOUNTS, account("Not_A_Name")),
            post(ACCOUNTS, {"metadata": {}}),
            post(ACCOUNTS, account("new", "other")),
            post("/api/v1/namespaces/none/serviceaccounts", account("new", "none")),
            post(ACCOUNTS, "{"),
            post(ACCOUNTS, {"kind": "Pod", "apiVersion": "v1"}),
            post(ACCOUNTS, account("new"), "stranger"),
            Request("DELETE", f"{ACCOUNTS}/api", caller="stranger"),
        ),
    ),
    Case(
        "account_dry_run",
        "A dry run answers as if, and stores nothing.",
        (
            post(f"{ACCOUNTS}?dryRun=All", account("new")),
            get(NEW),
            post(f"{ACCOUNTS}?dryRun=Some", account("new")),
            Request("DELETE", f"{ACCOUNTS}/api?dryRun=All"),
            get(f"{ACCOUNTS}/api"),
        ),
    ),
    Case(
        "account_fields",
        "Unknown fields are dropped, warned about or refused.",
        tuple(
            post(f"{ACCOUNTS}?dryRun=All&fieldValidation={mode}", account("new") | {"nothing": 1})
            for mode in ("Ignore", "Warn", "Strict")
        ),
    ),
    Case(
        "pod_dry_run",
        "A pod as it would be: defaults and token volume, and nothing stored.",
        (
            post(f"{PODS}?dryRun=All", pod("probe", "api")),
            get(f"{PODS}/probe"),
            post(f"{PODS}?dryRun=All", pod("probe", "api", automountServiceAccountToken=False)),
        ),
    ),
    Case(
        "pod_dry_run_refused",
        "What keeps a pod from being created.",
        (
            post(f"{PODS}?dryRun=All", pod("probe", "none")),
            post(f"{PODS}?dryRun=All", pod("probe", "api", containers=[])),
            post("/api/v1/namespaces/none/pods?dryRun=All", pod("probe", "api")),
            post(f"{PODS}?dryRun=All", pod("api-0", "api")),
            post(f"{PODS}?dryRun=All", pod("probe", "api"), "stranger"),
        ),
    ),
)
