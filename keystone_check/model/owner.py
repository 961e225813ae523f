"""What else manages an object, as its tags, labels and annotations tell.

The one list of what is recognised. A tag is a custom of people and proves nothing; whatever it names will
likely write back what stands in its own source, and that is reason enough to ask first.

- CloudFormation puts `aws:cloudformation:…` on what it makes; nobody else can
  (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html).
- Terraform puts no tag of its own. People use the provider's `default_tags`, most often `ManagedBy` with the
  tool's name; the modules of terraform-aws-modules show `Terraform = "true"`; Yor adds `yor_trace`
  (github.com/bridgecrewio/yor); `tf-…` is a custom of many.
- Kubernetes: `app.kubernetes.io/managed-by` names "the tool being used to manage the operation" of the whole
  (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels); Helm writes its own name there.
- Argo CD: the annotation `argocd.argoproj.io/tracking-id`, or the label `argocd.argoproj.io/instance`
  (argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking). `app.kubernetes.io/instance` alone says
  nothing: charts of Helm set it too.
- Flux: `kustomize.toolkit.fluxcd.io/name` and `helm.toolkit.fluxcd.io/name`
  (fluxcd.io/flux/components/kustomize/kustomizations, …/helm/helmreleases).
- Server-side apply: `managedFields` names who owns a field (kubernetes.io/docs/reference/using-api/
  server-side-apply).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

OURS = "keystone-check"
STACK = "aws:cloudformation:stack-name"
MANAGED_BY = "app.kubernetes.io/managed-by"
INSTANCE = "app.kubernetes.io/instance"
ARGO = ("argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance")
FLUX = ("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name")
MARKS = frozenset({MANAGED_BY, INSTANCE, *ARGO, *FLUX})
"""Labels and annotations that are read."""

TOOLS: Mapping[str, tuple[str, str]] = {
    "terraform": ("Terraform", "terraform"),
    "opentofu": ("OpenTofu", "terraform"),
    "tofu": ("OpenTofu", "terraform"),
    "terragrunt": ("Terragrunt", "terraform"),
    "atlantis": ("Terraform", "terraform"),
    "tf": ("Terraform", "terraform"),
    "cloudformation": ("CloudFormation", "cloudformation"),
    "cdk": ("the AWS CDK", "cloudformation"),
    "awscdk": ("the AWS CDK", "cloudformation"),
    "sam": ("AWS SAM", "cloudformation"),
    "pulumi": ("Pulumi", "shell"),
    "crossplane": ("Crossplane", "shell"),
    "ansible": ("Ansible", "shell"),
    "ack": ("ACK", "shell"),
}
"""By the value of a managed-by tag in small letters and digits alone: the name, and the form to emit."""
_MANAGED_BY = re.compile(r"(managed|created|provisioned|deployed)by|managedwith|provisioner|iac|iactool")
_TERRAFORM = re.compile(r"tf[-_:].+|terraform([-_:/].+)?|tofu|opentofu|yor_trace", re.IGNORECASE)
_NO = frozenset({"", "false", "no", "0", "none"})


@dataclass(frozen=True, slots=True)
class Owner:
    """Who manages an object, and what tells so."""

    name: str
    """`Terraform`, `the CloudFormation stack keystone`, `Argo CD (app/api)`."""
    told_by: str
    """`tag ManagedBy=terraform`."""
    form: str
    """The form of `--emit` that goes into its source."""

    @property
    def source(self) -> str:
        """Where that is."""
        if self.form == "kubectl":
            return "the values of its chart" if self.name.startswith("Helm") else "the manifests it applies"
        return {"terraform": "its configuration", "cloudformation": "its template"}.get(
            self.form, "its program"
        )


def telling(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that tell what manages a thing; the others are none of our business."""
    return {key: tags[key] for key in sorted(tags) if _tool(key, tags[key])}


def of_tags(tags: Mapping[str, str]) -> Owner | None:
    """What manages an AWS resource with these tags. What CloudFormation says goes before what people say."""
    for key in sorted(tags, key=lambda key: (key != STACK, key)):
        if found := _tool(key, tags[key]):
            name, form = found
            return Owner(name, f"tag {key}={tags[key]}", form)
    return None


def _tool(key: str, value: str) -> tuple[str, str] | None:
    if key.lower() == STACK:
        return f"the CloudFormation stack {value}", "cloudformation"
    if _MANAGED_BY.fullmatch(_letters(key)):
        return TOOLS.get(_letters(value))
    if _TERRAFORM.fullmatch(key) and value.strip().lower() not in _NO:
        return TOOLS["terraform"]
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def of_marks(marks: Mapping[str, str]) -> Owner | None:
    """What manages a Kubernetes object with these labels and annotations: GitOps before the tool it uses."""
    for key, name in (*((key, "Argo CD") for key in ARGO), *((key, "Flux") for key in FLUX)):
        if marks.get(key):
            return Owner(f"{name} ({marks[key].partition(':')[0]})", f"{key}: {marks[key]}", "kubectl")
    by = marks.get(MANAGED_BY, "")
    if not by or by == OURS:
        return None
    argo = by.lower().replace("-", "") in ("argocd", "argo")
    release = f" ({marks[INSTANCE]})" if marks.get(INSTANCE) else ""
    return Owner(f"{'Argo CD' if argo else by}{release}", f"{MANAGED_BY}: {by}", "kubectl")


def of_applier(manager: str, field: str) -> Owner | None:
    """Who owns a field by server-side apply; an empty name: nobody does."""
    if not manager or manager == OURS:
        return None
    return Owner(f"{manager}, by server-side apply", f"managedFields: {manager} owns {field}", "kubectl")
