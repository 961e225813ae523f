"""The failures that others met with Karpenter and ACK: the headline names the cause of each."""

from typing import Any

import pytest

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.knowledge.store import facts
from tests.sandbox.worlds import world_with

MAY, PASS = "karpenter_may_do_all_it_asks", "pass_role_names_the_node_role"
KEYS, ENDPOINT = "volume_keys_admit_karpenter", "cluster_endpoint_is_set"
KARPENTER = {
    "passrole": ("karpenter-passes-another-role", PASS, "iam:PassRole"),
    "passrole-instanceprofile": ("karpenter-passes-the-role-without-its-path", PASS, "role/nodes/"),
    "passrole-cn": ("karpenter-passes-to-one-service-in-china", PASS, "iam:PassRole"),
    "createfleet-lt": ("karpenter-may-not-use-launch-templates", MAY, "ec2:CreateFleet"),
    "runinstances-validation": ("karpenter-may-not-run-instances", MAY, "ec2:RunInstances"),
    "scp-deny": ("karpenter-is-denied-by-an-scp", "nothing_holds_karpenter_back", "service control policy"),
    "createtags-spot": ("karpenter-may-not-tag-spot-requests", MAY, "ec2:CreateTags"),
    "createtags-existing": ("karpenter-may-not-tag-what-runs", MAY, "ec2:CreateTags"),
    "list-instance-profiles": ("karpenter-was-upgraded-to-1-7-alone", MAY, "iam:ListInstanceProfiles"),
    "instance-status": ("karpenter-was-upgraded-to-1-12-alone", MAY, "ec2:DescribeInstanceStatus"),
    "describe-cluster": ("karpenter-has-no-cluster-endpoint", ENDPOINT, "CLUSTER_ENDPOINT is not set"),
    "describe-cluster-nonEKS": (
        "karpenter-has-no-cluster-endpoint",
        ENDPOINT,
        "EKS does not know this",
    ),
    "cluster-cidr": (
        "node-class-is-of-al2023",
        "nothing_here_needs_eks",
        "detect the cluster CIDR",
    ),
    "spot-slr": ("account-never-used-spot", "spot_has_its_linked_role", "AWSServiceRoleForEC2Spot"),
    "pricing": ("karpenter-may-not-read-prices", MAY, "pricing:GetProducts"),
    "spot-price": ("karpenter-may-not-read-spot-prices", MAY, "ec2:DescribeSpotPriceHistory"),
    "describe-images": ("karpenter-acts-as-its-node", "karpenter_uses_its_own_role", "role servers"),
    "ami-alias": ("karpenter-may-not-read-its-parameter", MAY, "ssm:GetParameter"),
    "sqs-queue": ("queue-is-missing", "interruption_queue_is_there", "no such queue"),
    "sqs-queue-retry": ("queue-is-given-by-its-arn", "interruption_queue_is_there", "it takes a name"),
    "kms-ebs": ("karpenter-may-not-use-the-volume-key", KEYS, "kms:"),
    "kms-invalid-state": ("volume-key-is-of-another-account", KEYS, "the key's policy does not allow"),
    "irsa-trust": ("trust-names-another-namespace", "trust_pins_the_subject", "system:serviceaccount"),
    "double-assume": ("karpenter-assumes-itself", "no_denial_is_reported_by_karpenter", "sts:AssumeRole"),
    "policy-size": ("karpenters-policy-was-too-long", MAY, "Cannot exceed quota for PolicySize: 6144"),
    "unregistered-taint": ("user-data-has-no-taint", "nodes_register_with_the_taint", "unregistered"),
    "providerid": ("provider-ids-are-k3s", "provider_ids_are_karpenters", "k3s://"),
}
ACK_MAY, OWN, STUCK = "ack_may_reconcile_its_kinds", "ack_uses_its_own_role", "no_ack_resource_is_stuck"
ASSUME = "ack_may_assume_the_mapped_roles"
LOG, UP = "no_denial_is_reported_by_ack", "ack_controllers_are_up"
ACK = {
    "s3-tag": ("ack-may-not-tag-buckets", ACK_MAY, "s3:TagResource"),
    "sg-revoke": ("ack-may-not-revoke-the-default-rule", ACK_MAY, "ec2:RevokeSecurityGroupEgress"),
    "iam-getrole-carm": (
        "ack-may-not-assume-the-mapped-role",
        "ack_may_assume_the_mapped_roles",
        "sts:AssumeRole",
    ),
    "eks-accessentry": ("ack-may-not-create-access-entries", ACK_MAY, "eks:CreateAccessEntry"),
    "eks-nodegroup": ("node-group-asks-for-the-roles-policies", STUCK, "iam:ListAttachedRolePolicies"),
    "eks-nodegroup-subnets": ("node-group-asks-for-subnets", STUCK, "ec2:DescribeSubnets"),
    "s3-bare": ("ack-may-not-read-buckets", ACK_MAY, "s3:GetBucketPolicy"),
    "carm-assumerole": ("ack-acts-as-its-node", OWN, "role node-role"),
    "lambda-ecr": ("function-asks-for-its-image", LOG, "ecr:BatchGetImage"),
    "lambda-first-run": ("function-asks-for-the-repositorys-policy", STUCK, "repository policy"),
    "kafka-create": ("ack-is-denied-by-its-boundary", "nothing_holds_ack_back", "permissions boundary"),
    "kafka-msk": ("ack-has-static-keys", OWN, "keys are given to it"),
    "creds-exit": ("ack-ends-at-start", UP, "STS does not answer it"),
    "account-nil": ("ack-ends-at-start", UP, "it ends at start"),
    "iam-listpolicytags": ("ack-has-the-recommended-policy-alone", ACK_MAY, "iam:ListPolicyTags"),
    "rds-managed-secret": ("database-asks-for-a-secret", STUCK, "no Secrets Manager or KMS rights"),
    "rds-kms-default": ("database-asks-for-the-default-key", LOG, "checks the default key as well"),
    "rds-slr": ("account-never-had-a-database", STUCK, "first RDS instance in the account"),
    "iam-role-terminal": ("ack-may-not-tag-roles", ACK_MAY, "iam:TagRole"),
    "ack-chart-keys": ("ack-has-no-region", "ack_region_is_set", "no region is set for it"),
    "irs-no-match": ("selector-is-not-read", "every_owner_has_a_mapped_role", "nobody reads it"),
    "emr-inline": ("ack-has-too-small-a-recommended-policy", ACK_MAY, "emr-containers:"),
}
ALL = {
    **{f"karpenter: {id}": it for id, it in KARPENTER.items()},
    **{f"ack: {id}": it for id, it in ACK.items()},
}


@pytest.mark.parametrize(("fault", "check", "said"), ALL.values(), ids=ALL)
def test_the_headline_names_the_cause(fault: str, check: str, said: str) -> None:
    headline = diagnose(world_with(fault), checks.load()).headline
    assert headline is not None
    assert headline.check.id == check
    assert said in headline.finding.message


@pytest.mark.parametrize(("known", "told"), [("karpenter", KARPENTER), ("ack", ACK)])
def test_every_failure_of_the_facts_is_one_of_them(known: str, told: dict[str, Any]) -> None:
    failures = facts(known, "failures" if known == "karpenter" else "common")["failures"]
    assert [it["id"] for it in failures] == list(told)
    assert len(KARPENTER) + len(ACK) == 49
