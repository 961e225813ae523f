"""An unmodified AWS CLI and boto3 use the sandbox as they use AWS."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.facts import Subjects
from keystone_check.probes.kube import Kube
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare

AWS = shutil.which("aws", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    ground = Ground.make()
    with serve(healthy(ground, wall_clock()), ground) as serving:
        yield serving


@pytest.fixture(scope="module")
def refusing() -> Iterator[Serving]:
    ground = Ground.make()
    world = FAULTS["trust-names-another-namespace"].apply(healthy(ground, wall_clock()))
    with serve(world, ground) as serving:
        yield serving


def aws(serving: Serving, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert AWS, "the AWS CLI is among the test dependencies"
    environment = {**bare(), **serving.environment}
    command = [AWS, *arguments, "--output", "json", "--cli-read-timeout", "20"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def role_arn(serving: Serving) -> str:
    assert isinstance(serving.world.accounts, Subjects)
    return dict(serving.world.accounts.seen())["app/api"].annotations[ROLE_ARN]


def token_file(serving: Serving, folder: Path) -> Path:
    path = folder / "token"
    path.write_text(Kube(serving.access).mint("app", "api", "sts.amazonaws.com").reveal())
    return path


def test_the_aws_cli_is_told_who_it_is(sandbox: Serving) -> None:
    answer = aws(sandbox, "sts", "get-caller-identity")
    assert json.loads(answer.stdout)["Arn"].endswith(":user/engineer"), answer.stderr


def test_the_aws_cli_lists_providers_and_reads_a_trust_policy(sandbox: Serving) -> None:
    providers = json.loads(aws(sandbox, "iam", "list-open-id-connect-providers").stdout)
    assert len(providers["OpenIDConnectProviderList"]) == 1
    role = json.loads(aws(sandbox, "iam", "get-role", "--role-name", "api").stdout)
    (statement,) = role["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"


def test_the_aws_cli_exchanges_a_real_token_for_credentials_that_work(
    sandbox: Serving, tmp_path: Path
) -> None:
    environment = {
        **bare(),
        **sandbox.environment,
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ROLE_ARN": role_arn(sandbox),
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token_file(sandbox, tmp_path)),
    }
    assert AWS
    answer = subprocess.run(
        [AWS, "sts", "get-caller-identity"], env=environment, capture_output=True, text=True, check=False
    )
    assert ":assumed-role/api/" in json.loads(answer.stdout)["Arn"], answer.stderr


def test_the_aws_cli_is_refused_in_sts_own_words(refusing: Serving, tmp_path: Path) -> None:
    arguments = ("--role-arn", role_arn(refusing), "--role-session-name", "test")
    token = ("--web-identity-token", f"file://{token_file(refusing, tmp_path)}")
    answer = aws(refusing, "sts", "assume-role-with-web-identity", *arguments, *token)
    assert answer.returncode != 0
    assert "(AccessDenied)" in answer.stderr
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in answer.stderr


def test_an_unsigned_read_of_the_aws_cli_gets_the_documents_and_nothing_else(
    sandbox: Serving, tmp_path: Path
) -> None:
    bucket = sandbox.world.bucket
    name = getattr(bucket, "name", "")
    copy = ("s3api", "get-object", "--no-sign-request", "--bucket", name)
    read = aws(sandbox, *copy, "--key", "openid/v1/jwks", str(tmp_path / "keys"))
    assert read.returncode == 0, read.stderr
    assert "keys" in json.loads((tmp_path / "keys").read_text())
    other = aws(sandbox, *copy, "--key", "other", str(tmp_path / "other"))
    assert "AccessDenied" in other.stderr


def test_boto3_raises_its_own_exception_for_a_refusal(sandbox: Serving) -> None:
    sts = boto3.client(
        "sts",
        endpoint_url=sandbox.access.aws_endpoint,
        region_name=sandbox.access.region,
        config=Config(signature_version="unsigned"),
    )
    with pytest.raises(sts.exceptions.InvalidIdentityTokenException, match="not a valid JWT"):
        sts.assume_role_with_web_identity(
            RoleArn=role_arn(sandbox), RoleSessionName="test", WebIdentityToken="opaque"
        )


def test_an_unknown_access_key_is_refused(sandbox: Serving) -> None:
    iam = boto3.client(
        "iam",
        endpoint_url=sandbox.access.aws_endpoint,
        region_name=sandbox.access.region,
        aws_access_key_id="AKIANOBODY",
        aws_secret_access_key="none",
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        iam.list_open_id_connect_providers()
