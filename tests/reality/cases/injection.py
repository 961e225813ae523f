"""Pods as the pod identity webhook leaves them: told while it is registered as its own manifest has it.

Every account has a name of its own: what the webhook has seen of a name it keeps.
"""

from tests.reality.asking import ACCOUNTS, PODS, Case, account, get, pod, post
from tests.reality.wire import Json, Request

PREFIX = "eks.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role/api"
PRESETS = {
    "role": ("AWS_ROLE_ARN",),
    "token file": ("AWS_WEB_IDENTITY_TOKEN_FILE",),
    "region": ("AWS_REGION",),
    "all": ("AWS_ROLE_ARN", "AWS_REGION", "AWS_STS_REGIONAL_ENDPOINTS"),
    "static keys": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
}
DRY = f"{PODS}?dryRun=All"


def container(name: str, *env: str, **more: Json) -> Json:
    """A container that sets these variables itself."""
    preset = {"env": [{"name": variable, "value": "preset"} for variable in env]} if env else {}
    return {"name": name, "image": "registry.example/app:1"} | preset | more


def dry(service_account: str = "api", annotations: Json = None, **spec: Json) -> Request:
    """A dry-run create of a pod."""
    wanted = pod("probe", service_account, **spec)
    prefixed = {f"{PREFIX}/{key}": value for key, value in (annotations or {}).items()}
    metadata = wanted["metadata"] | ({"annotations": prefixed} if prefixed else {})
    return post(DRY, wanted | {"metadata": metadata})


def of_account(name: str, role: str = ROLE, **annotations: str) -> tuple[Request, ...]:
    """An account with these annotations, a pod of it, and the account's end."""
    told = account(name, role=role)
    prefixed = {f"{PREFIX}/{key.replace('_', '-')}": value for key, value in annotations.items()}
    told["metadata"]["annotations"] = told["metadata"].get("annotations", {}) | prefixed
    return post(ACCOUNTS, told), dry(name), Request("DELETE", f"{ACCOUNTS}/{name}")


VOLUME = {"name": "aws-iam-token", "emptyDir": {}}
MOUNT = {"name": "aws-iam-token", "mountPath": "/elsewhere"}
OPTED_OUT = pod("probe", "api") | {
    "metadata": {"name": "probe", "labels": {f"{PREFIX}/skip-pod-identity-webhook": "false"}}
}
INJECTIONS = (
    Case(
        "injection",
        "Variables, volume and mount for an annotated account, nothing for another; nothing is kept.",
        (dry(), get(f"{PODS}/probe"), dry("plain"), dry(automountServiceAccountToken=False)),
    ),
    Case(
        "injection_audience",
        "The account's audience is the volume's; an empty one is, too.",
        (*of_account("audience", audience="custom.example"), *of_account("audience-empty", audience="")),
    ),
    Case(
        "injection_expiration",
        "600 seconds at least, and no more than is asked; what is no number is a day. The pod's own wins.",
        (
            *of_account("expiration", token_expiration="7200"),
            *of_account("expiration-short", token_expiration="60"),
            *of_account("expiration-none", token_expiration="soon"),
            *of_account("expiration-long", token_expiration="172800"),
            dry(annotations={"token-expiration": "3600"}),
            dry(annotations={"token-expiration": "60"}),
            dry(annotations={"token-expiration": "soon"}),
            dry(annotations={"token-expiration": "-1"}),
        ),
    ),
    Case(
        "injection_regional_endpoints",
        "`true` in any of Go's spellings asks for the regional endpoints; anything else is left out.",
        tuple(
            request
            for index, value in enumerate(("true", "false", "True", "1", "yes"))
            for request in of_account(f"regional-{index}", sts_regional_endpoints=value)
        ),
    ),
    Case(
        "injection_preset",
        "One of the two variables, set by the pod, keeps both away; the volume comes all the same.",
        tuple(dry(containers=[container("main", *names)]) for names in PRESETS.values()),
    ),
    Case(
        "injection_containers",
        "Every container and init container is equipped, but those that are skipped by name.",
        (
            dry(containers=[container("main"), container("side")], initContainers=[container("first")]),
            dry(annotations={"skip-containers": "main"}),
            dry(
                annotations={"skip-containers": "side,first"},
                containers=[container("main"), container("side")],
                initContainers=[container("first")],
            ),
            dry(
                annotations={"skip-containers": "main, side"},
                containers=[container("main"), container("side")],
            ),
            dry(annotations={"skip-containers": 'main"'}),
            dry(initContainers=[container("native", restartPolicy="Always")]),
        ),
    ),
    Case(
        "injection_roles",
        "What is written as the role is injected, whatever it is; an empty one is none.",
        (
            *of_account("role-malformed", role="role:api"),
            *of_account("role-bare", role="api"),
            *of_account("role-space", role=f"{ROLE} "),
            post(ACCOUNTS, {"metadata": {"name": "role-empty", "annotations": {f"{PREFIX}/role-arn": ""}}}),
            dry("role-empty"),
            Request("DELETE", f"{ACCOUNTS}/role-empty"),
        ),
    ),
    Case(
        "injection_already_there",
        "A volume or mount of the same name is taken for the webhook's own.",
        (
            dry(volumes=[VOLUME], containers=[container("main")]),
            dry(volumes=[VOLUME], containers=[container("main", volumeMounts=[MOUNT])]),
            dry(volumes=[{"name": "data", "emptyDir": {}}]),
        ),
    ),
    Case("injection_opted_out", "A label of any value keeps the webhook out.", (post(DRY, OPTED_OUT),)),
    Case(
        "injection_windows",
        "A node selector for Windows turns the token file's path, not the mount's.",
        (dry(nodeSelector={"kubernetes.io/os": "windows"}),),
    ),
)
