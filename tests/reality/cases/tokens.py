"""TokenRequest: defaults, limits, bound objects, refusals."""

from tests.reality.asking import ACCOUNTS, PODS, STS, TOKEN, Case, bound, get, mint, post, review
from tests.reality.wire import Request

CASES = (
    Case("token_defaults", "An hour, for the API audiences.", (mint(), post(TOKEN, {}), mint(audiences=[]))),
    Case(
        "token_for_sts",
        "What an IRSA pod is given.",
        (
            mint(audiences=[STS], expirationSeconds=86400),
            mint(audiences=[STS, "other"]),
            mint(audiences=[""]),
        ),
    ),
    Case(
        "token_lifetimes",
        "600 seconds to 2^32.",
        tuple(
            mint(audiences=[STS], expirationSeconds=seconds)
            for seconds in (600, 599, 0, -1, 2**32, 2**32 + 1, "600", 600.5)
        ),
    ),
    Case(
        "token_missing",
        "No account, no token.",
        (mint(path=f"{ACCOUNTS}/none/token"), mint(path="/api/v1/namespaces/none/serviceaccounts/api/token")),
    ),
    Case(
        "token_refused",
        "Minting is a right of its own.",
        (mint("stranger"), mint("nobody"), mint("garbage"), mint(), mint("<token>")),
    ),
    Case(
        "token_bodies",
        "Bodies that are no TokenRequest.",
        (
            Request("POST", TOKEN),
            post(TOKEN, "{"),
            post(TOKEN, "[]"),
            post(TOKEN, {"kind": "Pod", "apiVersion": "v1"}),
            post(TOKEN, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1"}),
            post(TOKEN, {"metadata": {"name": "other"}}),
            post(TOKEN, {"metadata": {"namespace": "other"}}),
            post(TOKEN, {"metadata": {"uid": "another-uid"}}),
            post(TOKEN, {"spec": {"audiences": STS}}),
            get(TOKEN),
        ),
    ),
    Case("token_dry_run", "A dry run of a TokenRequest.", (post(f"{TOKEN}?dryRun=All", {}),)),
    Case(
        "token_bound_to_pod",
        "A pod-bound token names its pod, and dies with its uid.",
        (
            get(f"{PODS}/api-0"),
            bound("Pod", "api-0", uid="<uid>"),
            review(),
            bound("Pod", "api-0"),
            bound("Pod", "api-0", uid="another-uid"),
            bound("Pod", "plain-0"),
            bound("Pod", "none"),
        ),
    ),
    Case(
        "token_bound_to_others",
        "Secrets bind, nodes need one, nothing else does.",
        (
            bound("Secret", "bound"),
            bound("Secret", "none"),
            bound("Node", "none"),
            bound("ConfigMap", "bound"),
        ),
    ),
    Case(
        "token_stretched",
        "3607 seconds, pod-bound, for the API audiences: a year, with a warning time.",
        (
            mint(expirationSeconds=3607, boundObjectRef={"apiVersion": "v1", "kind": "Pod", "name": "api-0"}),
            mint(expirationSeconds=3607),
            mint(
                expirationSeconds=3607,
                audiences=[STS],
                boundObjectRef={"apiVersion": "v1", "kind": "Pod", "name": "api-0"},
            ),
        ),
    ),
)
