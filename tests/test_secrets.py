"""Tokens, keys and credentials appear in nothing that is written, whatever is asked for."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers

from keystone_check import jose, snapshot
from keystone_check.iam.oidc import KeySet, read_key_set
from keystone_check.model.web import Response
from keystone_check.probes.gather import gather
from keystone_check.probes.redaction import LEFT_OUT
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.faults.editing import stored, with_object
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import KEY_SET_KEY, healthy
from tests.bad_input.looking import command, configured, look

SESSION_TOKEN = "session-token-that-stays-in-the-environment"
ANY_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}")
ANY_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, eq=False)
class Kept:
    """A sandbox, and every secret of it."""

    serving: Serving
    ground: Ground

    def secrets(self) -> Iterator[tuple[str, bytes]]:
        """What must be found nowhere, by the name that a failing test may show."""
        keys = self.serving.access.aws_credentials
        assert keys is not None
        kubeconfig = json.loads(Path(self.serving.access.kubeconfig).read_text())
        yield "access key id", keys.access_key_id.reveal().encode()
        yield "secret access key", keys.secret_access_key.reveal().encode()
        yield "session token", SESSION_TOKEN.encode()
        yield "bearer token", kubeconfig["users"][0]["user"]["token"].encode()
        # Every token that the cluster ever mints begins like this, whatever it is cut to.
        kid = jose.public_jwk(self.ground.signing_key.public_key())["kid"]
        header = json.dumps({"alg": "RS256", "kid": kid}, separators=(",", ":")).encode()
        yield "the start of every token", base64.urlsafe_b64encode(header).rstrip(b"=")[:40]
        numbers = self.ground.signing_key.private_numbers()
        assert isinstance(numbers, RSAPrivateNumbers)
        yield "private exponent", str(numbers.d).encode()
        yield "private exponent as a JWK has it", _base64url(numbers.d)

    def found_in(self, written: bytes) -> set[str]:
        """The names of the secrets in it."""
        names = {name for name, secret in self.secrets() if secret in written}
        patterns = {"any token": ANY_TOKEN, "any private key": ANY_KEY}
        return names | {name for name, pattern in patterns.items() if pattern.search(written)}

    def environment(self) -> Mapping[str, str]:
        """The credentials as a user has them who assumed a role."""
        keys = self.serving.access.aws_credentials
        assert keys is not None
        return {
            "AWS_ACCESS_KEY_ID": keys.access_key_id.reveal(),
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key.reveal(),
            "AWS_SESSION_TOKEN": SESSION_TOKEN,
        }


def _base64url(number: int) -> bytes:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=")


@pytest.fixture
def kept() -> Iterator[Kept]:
    """A sandbox in which something is broken along the whole chain."""
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    for fault in ("audience-is-not-registered", "trust-names-another-audience", "signing-key-was-rotated"):
        world = FAULTS[fault].apply(world)
    with serve(world, ground) as serving:
        yield Kept(serving, ground)


def test_what_is_looked_for_is_really_there(kept: Kept) -> None:
    kubeconfig = Path(kept.serving.access.kubeconfig).read_bytes()
    credentials = Path(kept.serving.environment["AWS_SHARED_CREDENTIALS_FILE"]).read_bytes()
    assert kept.found_in(kubeconfig) >= {"bearer token"}
    assert kept.found_in(credentials) == {"access key id", "secret access key"}
    pem = kept.ground.signing_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert kept.found_in(pem) == {"any private key"}


@pytest.mark.parametrize(
    "argv",
    [
        ("--format", "text"),
        ("--format", "short"),
        ("--format", "json"),
        ("--fix", "--dry-run"),
        ("--fix", "--yes"),
        ("--fix", "--yes", "--format", "json"),
        ("--endpoints",),
        ("--permissions",),
    ],
    ids=" ".join,
)
def test_the_command_shows_none(kept: Kept, tmp_path: Path, argv: tuple[str, ...]) -> None:
    named = configured(kept.serving, tmp_path)
    environ = {**kept.environment(), "KEYSTONE_TRACEBACK": "1"}
    ran = command(tmp_path, *named, *argv, environ=environ)
    assert ran.code in (0, 1)
    assert ran.out
    assert kept.found_in((ran.out + ran.err).encode()) == set()


MINE = """
def test_a_token(keystone_mint, keystone_access, keystone_keys, keystone_predict, keystone_diagnosis):
    token = keystone_mint("app/api")
    temporary = keystone_mint()
    role = keystone_diagnosis.world.accounts["app/api"].role_arn
    answer = keystone_predict(token, role)
    assert (token, answer) is None

def test_a_signature(keystone_mint, keystone_keys):
    token = keystone_mint("app/api")
    keystone_keys.verify(token)

def test_a_wrong_account(keystone_mint):
    keystone_mint("app/nobody")

def test_a_wrong_lifetime(keystone_mint):
    keystone_mint("app/api", seconds=1)

def test_a_wrong_role(keystone_mint, keystone_predict):
    keystone_predict(keystone_mint("app/api"), "arn:aws:iam::111122223333:role/other").granted
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_pytest_writes_none_however_much_it_is_asked_to_write(
    kept: Kept, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    named = configured(kept.serving, tmp_path)[1]
    (tmp_path / "test_mine.py").write_text(MINE)
    everything = (
        "-vv", "-rA", "--showlocals", "--full-trace", "--junitxml=report.xml", "--debug=trace.log",
        "-o", "junit_logging=all", "-o", "log_cli=true", "--log-level=DEBUG", "--log-file=log.txt",
        "--setup-show", "--durations=0",
    )  # fmt: skip
    ran = command(
        tmp_path,
        f"--keystone-cluster={named}",
        *everything,
        *workers,
        environ=kept.environment(),
        module="pytest",
    )
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert "audience_is_registered" in ran.out
    assert "test_mine.py::test_a_token" in ran.out
    assert kept.found_in((ran.out + ran.err).encode()) == set()
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"report.xml", "trace.log", "log.txt"} <= {path.name for path in written}
    assert {str(path): found for path, text in written.items() if (found := kept.found_in(text))} == {}


PRIVATE = {"d": "ZDEyMzQ1Njc4OTAxMjM0NTY3ODkw", "p": "cDEyMzQ1Njc4OTAxMjM0NTY3ODkw"}


def with_private_members(text: str) -> str:
    """The key set as somebody published it who took the wrong file."""
    document = json.loads(text)
    document["keys"][0].update(PRIVATE)
    return json.dumps(document)


@pytest.fixture
def careless() -> Iterator[Serving]:
    """A sandbox whose published key set has private members, in the bucket and thus for every stranger."""
    ground = Ground.make()
    world = healthy(ground, wall_clock())
    with serve(
        with_object(world, KEY_SET_KEY, with_private_members(stored(world, KEY_SET_KEY))), ground
    ) as each:
        yield each


def test_a_private_key_that_somebody_published_is_passed_on_nowhere(careless: Serving) -> None:
    world = gather(careless.access)
    assert isinstance(world.key_set, Response)
    assert isinstance(world.key_set.body, str)
    (key,) = json.loads(world.key_set.body)["keys"]
    assert {name: key[name] for name in PRIVATE} == dict.fromkeys(PRIVATE, LEFT_OUT)
    written = [snapshot.save(world), repr(world)]
    written += [look(careless.access, "--format", form).out for form in ("text", "short", "json")]
    written += [
        look(careless.access, "--fix", *how).out for how in (("--dry-run",), ("--yes", "--format=json"))
    ]
    assert [text for text in written for value in PRIVATE.values() if value in text] == []


def test_that_a_private_key_is_published_stays_a_fact(careless: Serving) -> None:
    world = gather(careless.access)
    assert isinstance(world.key_set, Response)
    assert isinstance(world.key_set.body, str)
    read = read_key_set(world.key_set.body)
    assert isinstance(read, KeySet)
    assert "it publishes the private members d, p" in read.keys[0].problems


def test_a_snapshot_holds_none(kept: Kept) -> None:
    saved = snapshot.save(gather(kept.serving.access))
    assert "karpenter" in saved
    assert kept.found_in(saved.encode()) == set()
