"""The pod identity webhook: which pods it is asked about, and what it makes of them.

As amazon-eks-pod-identity-webhook does it (pkg/handler/handler.go): a container that sets AWS_ROLE_ARN or
AWS_WEB_IDENTITY_TOKEN_FILE itself gets neither, yet the volume and, but for one case, the mount; an account
without the annotation, or not in the webhook's cache, leaves the pod as it is; a malformed role ARN is
injected. The token file of a pod that asks for a Windows node has a drive. A webhook of before January 2024
makes plain init containers of native sidecars.
"""

import base64
import binascii
import csv
from collections.abc import Iterator
from typing import Any

from keystone_check import jose
from keystone_check.sandbox.authorities import NAMES, trusts
from keystone_check.sandbox.kube.calling import Call, met
from keystone_check.sandbox.kube.resources import (
    ENDPOINT_SLICES,
    NAMESPACES,
    SERVICE_ACCOUNTS,
    SERVICES,
    WEBHOOKS,
)
from keystone_check.sandbox.kube.state import Grant, Identity, lasting
from keystone_check.sandbox.kube.status import StatusError
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.wire import Object

PREFIX = "eks.amazonaws.com"
VOLUME = "aws-iam-token"


def mutated(store: Store, identity: Identity, pod: Object, now: int) -> Object:
    """The pod as the registered webhooks leave it, or the refusal of one that must not fail."""
    for configuration in store.list(WEBHOOKS):
        for webhook in configuration.value.get("webhooks") or ():
            if not _is_asked(store, webhook, pod):
                continue
            failure = _call(store, webhook, now).failure()
            if failure and webhook.get("failurePolicy") == "Ignore":
                continue
            if failure:
                message = f"Internal error occurred: {failure}"
                raise StatusError(500, "InternalError", message, {"causes": [{"message": failure}]})
            pod = _handled(store, identity, pod)
    return pod


def _is_asked(store: Store, webhook: Object, pod: Object) -> bool:
    namespace = store.get(NAMESPACES, "", pod["metadata"]["namespace"]).value
    rules = webhook.get("rules") or ()
    return (
        any("pods" in rule["resources"] and {"CREATE", "*"} & set(rule["operations"]) for rule in rules)
        and _selects(webhook.get("namespaceSelector") or {}, namespace["metadata"].get("labels", {}))
        and _selects(webhook.get("objectSelector") or {}, pod["metadata"].get("labels", {}))
    )


def _selects(selector: Object, labels: dict[str, str]) -> bool:
    expressions = selector.get("matchExpressions") or ()
    return all(
        labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()
    ) and all(met(it["key"], it["operator"], it.get("values") or (), labels) for it in expressions)


def _call(store: Store, webhook: Object, now: int) -> Call:
    client = webhook["clientConfig"]
    service = client.get("service") or {}
    namespace, name = service.get("namespace", ""), service.get("name", "")
    slices = (it.value for it in store.list(ENDPOINT_SLICES, namespace))
    endpoints = [
        endpoint
        for part in slices
        if part["metadata"].get("labels", {}).get("kubernetes.io/service-name") == name
        for endpoint in part.get("endpoints") or ()
    ]
    return Call(
        webhook=webhook["name"],
        namespace=namespace,
        service=name,
        port=service.get("port", 443),
        path=service.get("path", "") or client.get("url", ""),
        timeout=webhook.get("timeoutSeconds") or 10,
        service_there=bool(name) and store.has(SERVICES, namespace, name),
        ready=sum((it.get("conditions") or {}).get("ready") is not False for it in endpoints),
        trusted=_trusts(client.get("caBundle") or "", now),
        names=NAMES,
    )


def _trusts(bundle: str, now: int) -> bool:
    try:
        return trusts(jose.certificates(base64.b64decode(bundle, validate=True)), now)
    except (binascii.Error, ValueError):
        return False


def _handled(store: Store, identity: Identity, pod: Object) -> Object:
    namespace, name = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
    account = store.get(SERVICE_ACCOUNTS, namespace, name).value
    grant = identity.grant(f"{namespace}/{name}", account["metadata"].get("annotations", {}))
    if grant is None:
        return pod
    return with_token(_without_sidecars(pod) if identity.is_old else pod, grant)


def _without_sidecars(pod: Object) -> Object:
    """The pod as an API of before Kubernetes 1.28 reads it; the webhook sends whole lists back."""
    initial = [
        {key: value for key, value in it.items() if key != "restartPolicy"}
        for it in pod["spec"].get("initContainers") or ()
    ]
    return {**pod, "spec": {**pod["spec"], "initContainers": initial}}


def with_token(pod: Object, grant: Grant) -> Object:
    """The pod with variables, mounts and the volume."""
    annotations = pod["metadata"].get("annotations", {})
    skipped = set(next(csv.reader([annotations.get(f"{PREFIX}/skip-containers", "")]), []))
    spec = dict(pod["spec"])
    file = _token_file(grant, spec.get("nodeSelector") or {})
    for key in ("initContainers", "containers"):
        if spec.get(key):
            spec[key] = [_equipped(it, grant, file) if it["name"] not in skipped else it for it in spec[key]]
    volumes = list(spec.get("volumes") or ())
    if all(volume["name"] != VOLUME for volume in volumes):
        volumes.insert(0, _volume(grant, annotations.get(f"{PREFIX}/token-expiration", "")))
    return {**pod, "spec": {**spec, "volumes": volumes}}


def _token_file(grant: Grant, nodes: Object) -> str:
    path = f"{grant.folder}/token"
    windows = "windows" in (nodes.get("kubernetes.io/os"), nodes.get("beta.kubernetes.io/os"))
    return "C:" + path.replace("/", "\\") if windows else path


def _equipped(container: Object, grant: Grant, file: str) -> Object:
    env = list(container.get("env") or ())
    names = {variable["name"] for variable in env}
    role = bool(names & {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"})
    region = bool(names & {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if role and region and "AWS_STS_REGIONAL_ENDPOINTS" in names:
        return container
    mounts = list(container.get("volumeMounts") or ())
    if all(mount["name"] != VOLUME for mount in mounts):
        mounts.append({"name": VOLUME, "readOnly": True, "mountPath": grant.folder})
    lacking = _lacking(grant, file, role=role, region=region, names=names)
    added = [{"name": name, "value": value} for name, value in lacking]
    return {**container, "env": [*env, *added], "volumeMounts": mounts}


def _lacking(
    grant: Grant, file: str, *, role: bool, region: bool, names: set[str]
) -> Iterator[tuple[str, str]]:
    if grant.regional and "AWS_STS_REGIONAL_ENDPOINTS" not in names:
        yield "AWS_STS_REGIONAL_ENDPOINTS", "regional"
    if grant.region and not region:
        yield "AWS_DEFAULT_REGION", grant.region
        yield "AWS_REGION", grant.region
    if not role:
        yield "AWS_ROLE_ARN", grant.role_arn
        yield "AWS_WEB_IDENTITY_TOKEN_FILE", file


def _volume(grant: Grant, of_the_pod: str) -> dict[str, Any]:
    token = {"expirationSeconds": lasting(of_the_pod, grant.expiration), "path": "token"}
    if grant.audience:
        token = {"audience": grant.audience, **token}
    projected = {"sources": [{"serviceAccountToken": token}], "defaultMode": 0o644}
    return {"name": VOLUME, "projected": projected}
