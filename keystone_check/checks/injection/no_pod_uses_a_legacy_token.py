"""No pod sends STS the token that is meant for the API server.

## Why it matters
`AWS_WEB_IDENTITY_TOKEN_FILE` that points at `/var/run/secrets/kubernetes.io/serviceaccount/token` names the
pod's token for the API server: its audience is the API server's, and STS answers `Incorrect token audience`
(InvalidIdentityToken). A token from a Secret has no audience at all, nor an end: `Missing a required claim:
aud`.

## How to fix
Project a token of its own with the audience `sts.amazonaws.com`, or take the variables out of the template
and let the webhook do so.

## References
- https://github.com/external-secrets/kubernetes-external-secrets/issues/290
- https://github.com/aws/aws-sdk-ruby/issues/2698
- https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
"""

from collections.abc import Iterator

from keystone_check.checks.injecting import DEFAULT_TOKEN_FOLDER, edit, held, normal, workloads
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Evidence, Finding, Severity, broken, holds
from keystone_check.model.injection import DEFAULT_TOKEN, TOKEN_FILE, Container, RunningPod, Shape

severity = Severity.CRITICAL


def judge(pods: Subjects[RunningPod]) -> Iterator[Finding]:
    """One finding a workload that has the variable."""
    for workload in workloads(pods):
        containers = [(pod.shape, it) for pod in workload.pods for it in pod.shape.containers]
        naming = [(shape, it) for shape, it in containers if it.value(TOKEN_FILE)]
        legacy = next((said for shape, it in naming if (said := _legacy(shape, it))), "")
        if legacy:
            yield broken(
                workload.subject,
                legacy,
                Evidence("running pods", "a projected token with an audience of its own", legacy),
                edit(workload, "the path stands in the template", f"env: without {TOKEN_FILE}"),
            )
        elif naming:
            yield holds(workload.subject)


def _legacy(shape: Shape, container: Container) -> str:
    path, volume = container.value(TOKEN_FILE), held(shape, container)
    if volume is not None and volume.kind == "secret":
        return f"{TOKEN_FILE} is {path}, in a Secret: such a token has no audience"
    own = volume is not None and volume.name == DEFAULT_TOKEN
    if own or normal(path).startswith(f"{DEFAULT_TOKEN_FOLDER}/"):
        return f"{TOKEN_FILE} is {path}, the token for the API server and not for STS"
    return ""
