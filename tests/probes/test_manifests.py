"""Manifests and Helm values of Karpenter and ACK say what is declared."""

from pathlib import Path

import pytest

from keystone_check.model.declared import Declared, DeclaredOperator, DeclaredPool
from keystone_check.probes.manifests import declared
from keystone_check.probes.refusals import ReadError

ROLE = "arn:aws:iam::111122223333:role"
ANNOTATED = f"annotations: {{eks.amazonaws.com/role-arn: {ROLE}/NAME}}"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: karpenter, namespace: kube-system}
spec:
  template:
    spec:
      serviceAccountName: karpenter
      containers:
      - {name: controller, image: "public.ecr.aws/karpenter/controller:1.14.0"}
"""
ACCOUNT = f"""
apiVersion: v1
kind: ServiceAccount
metadata:
  name: karpenter
  namespace: kube-system
  {ANNOTATED.replace("NAME", "karpenter")}
"""
POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: default}
spec:
  template:
    spec:
      requirements:
      - {key: node.kubernetes.io/instance-type, operator: In, values: [m6i.large]}
      - {key: karpenter.sh/capacity-type, operator: In, values: [spot]}
      - {key: kubernetes.io/arch, operator: Exists}
"""
CLASS = "kind: EC2NodeClass\nmetadata: {name: default}\nspec: {role: KarpenterNodeRole-lab}\n"
VALUES = f"""
settings: {{clusterName: lab, interruptionQueue: lab}}
serviceAccount:
  {ANNOTATED.replace("NAME", "karpenter")}
"""
ACK_VALUES = f"""
aws: {{region: eu-central-1}}
serviceAccount:
  name: ack-s3-controller
  {ANNOTATED.replace("NAME", "ack")}
"""
CHART = f"""
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {{name: ack-s3, namespace: kube-system}}
spec:
  chart: oci://public.ecr.aws/aws-controllers-k8s/s3-chart
  targetNamespace: aws
  valuesContent: |-
    serviceAccount:
      {ANNOTATED.replace("NAME", "ack")}
"""
KARPENTER = DeclaredOperator("kube-system/karpenter", f"{ROLE}/karpenter")
BOUND = {"kube-system/karpenter": f"{ROLE}/karpenter"}
RIGHT = {
    "a deployment and its account": (
        f"{DEPLOYMENT}---{ACCOUNT}",
        Declared(operators={"karpenter": KARPENTER}, accounts=BOUND),
    ),
    "an account alone": (ACCOUNT, Declared(operators={"karpenter": KARPENTER}, accounts=BOUND)),
    "an application's account": (
        f"kind: ServiceAccount\nmetadata: {{name: api, namespace: app, {ANNOTATED.replace('NAME', 'api')}}}",
        Declared(accounts={"app/api": f"{ROLE}/api"}),
    ),
    "a deployment alone": (
        DEPLOYMENT,
        Declared(operators={"karpenter": DeclaredOperator("kube-system/karpenter")}),
    ),
    "a node pool": (POOL, Declared(pools={"default": DeclaredPool(("m6i.large",), ("spot",))})),
    "a node class": (CLASS, Declared(node_roles={"default": "KarpenterNodeRole-lab"})),
    "Karpenter's values": (
        VALUES,
        Declared(operators={"karpenter": DeclaredOperator("karpenter/karpenter", f"{ROLE}/karpenter")}),
    ),
    "ACK's values": (
        ACK_VALUES,
        Declared(operators={"ack-s3": DeclaredOperator("ack-system/ack-s3-controller", f"{ROLE}/ack")}),
    ),
    "a HelmChart of K3s": (
        CHART,
        Declared(operators={"ack-s3": DeclaredOperator("aws/ack-s3-controller", f"{ROLE}/ack")}),
    ),
    "what is not of the chain is passed over": (
        f"kind: ConfigMap\ndata: {{}}\n---\n---\n{CLASS}",
        Declared(node_roles={"default": "KarpenterNodeRole-lab"}),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_manifest_declares(name: str, tmp_path: Path) -> None:
    text, said = RIGHT[name]
    (tmp_path / "it.yaml").write_text(text)
    assert declared([str(tmp_path / "it.yaml")]) == said


def test_files_are_taken_together(tmp_path: Path) -> None:
    for name, text in (("a.yaml", DEPLOYMENT), ("b.yaml", ACCOUNT), ("c.yaml", POOL)):
        (tmp_path / name).write_text(text)
    said = declared([str(tmp_path / f"{name}.yaml") for name in "abc"])
    assert said.operators == {"karpenter": KARPENTER}
    assert list(said.pools) == ["default"]


WRONG = {
    "no YAML": ("a: b: secret", "is no YAML (line 1)"),
    "a list": ("- a", "holds a document that is no mapping"),
    "nothing": ("", "nothing in"),
    "nothing of the chain": ("kind: ConfigMap", "nothing in"),
    "no metadata": ("kind: Deployment\nmetadata: 5\nspec: []", "nothing in"),
    "containers of another type": (
        "kind: Deployment\nspec: {template: {spec: {containers: 5}}}",
        "nothing in",
    ),
    "requirements of another type": (
        "kind: NodePool\nmetadata: {name: a}\nspec: {template: {spec: {requirements: 5}}}",
        "the requirements of NodePool a are no list of keys with lists of values",
    ),
    "values of another type": (
        "kind: NodePool\nmetadata: {name: a}\nspec: {template: {spec: {requirements: "
        "[{key: node.kubernetes.io/instance-type, operator: In, values: 5}]}}}",
        "the requirements of NodePool a are no list of keys with lists of values",
    ),
    "a value instead of values": (
        "kind: NodePool\nmetadata: {name: a}\nspec: {template: {spec: {requirements: "
        "[{key: karpenter.sh/capacity-type, operator: In, values: spot}]}}}",
        "the requirements of NodePool a are no list of keys with lists of values",
    ),
    "values that are no YAML": (
        "kind: HelmChart\nspec: {valuesContent: 'a: b: c'}",
        "valuesContent is no YAML",
    ),
    "an object that runs code": ("!!python/object/apply:os.system [id]", "is no YAML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_manifest_is_one_sentence(name: str, tmp_path: Path) -> None:
    text, said = WRONG[name]
    (tmp_path / "it.yaml").write_text(text)
    with pytest.raises(ReadError) as refusal:
        declared([str(tmp_path / "it.yaml")])
    assert said in refusal.value.message
    assert "secret" not in refusal.value.message


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read: No such file or directory"):
        declared([str(tmp_path / "nowhere.yaml")])
