"""The pytest plugin: options, fixtures, and the door to the rest.

It is loaded with every pytest of the environment, so it imports pytest and nothing else; the judges come
with `--keystone-cluster`, and what talks to a cluster with the first fixture that does.
"""

import pytest

TYPE_CHECKING = False  # typing's own would be an import; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from keystone_check.conformance import Opener
    from keystone_check.fixtures.minting import Mint
    from keystone_check.fixtures.opening import Opened
    from keystone_check.fixtures.operating import Operating
    from keystone_check.fixtures.predicting import Predict
    from keystone_check.fixtures.published import PublishedKeys, Thumbprints
    from keystone_check.model.access import Access
    from keystone_check.model.outcome import Diagnosis
    from keystone_check.targets import Bench

FAIL_ON = ("critical", "high", "medium", "low", "fixable")
_OVERRIDES = ("context", "kubeconfig", "namespace", "live", "cloudtrail", "second_opinion", "nix", "host")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("keystone", "trust between a Kubernetes cluster and AWS (keystone-check)")
    group.addoption(
        "--keystone-cluster",
        metavar="NAME",
        action="append",
        default=[],
        help="judge every link of this cluster's trust chain: a configured cluster, a kube context, sandbox, "
        "sandbox:NAME or snapshot:FILE; may be given more than once",
    )
    group.addoption(
        "--keystone-shard",
        metavar="N/OF",
        default="",
        help="of these clusters the share of one job of a CI matrix: 2/5 is the second of five",
    )
    group.addoption(
        "--keystone-allow-blocked",
        action="store_true",
        help="skip checks that could not see what they judge, instead of failing them",
    )
    group.addoption(
        "--keystone-fail-on",
        metavar="WHAT",
        choices=FAIL_ON,
        help="fail for what is critical, high, medium or low (default) and worse, or for what is fixable; "
        "the rest is reported as xfailed",
    )
    group.addoption(
        "--keystone-checks",
        metavar="DIR",
        action="append",
        default=[],
        help="your own checks in this folder too",
    )
    group.addoption(
        "--keystone-accept",
        metavar="FILE",
        action="append",
        default=[],
        help="accepted findings of this file too, beside those of the configuration",
    )
    group.addoption(
        "--keystone-target",
        metavar="PRODUCT=VERSION",
        action="append",
        default=[],
        help="judge as if this were installed, such as karpenter=1.14, ack-s3=1.10 or kubernetes=1.36; "
        "may be given more than once; now: what is, whatever the configuration says",
    )
    group.addoption("--keystone-context", metavar="C", default="", help="the kube context")
    group.addoption("--keystone-kubeconfig", metavar="F", default="", help="the kubeconfig file")
    group.addoption("--keystone-namespace", metavar="N", help="service accounts of this namespace only")
    group.addoption(
        "--keystone-live", action="store_true", help="really ask STS, once for each bound account"
    )
    group.addoption(
        "--keystone-cloudtrail", action="store_true", help="read the exchanges that CloudTrail recorded"
    )
    group.addoption(
        "--keystone-second-opinion",
        action="store_true",
        help="ask IAM's policy simulator about all that Karpenter and ACK need, and compare",
    )
    group.addoption(
        "--keystone-nix", metavar="FLAKE#HOST", default="", help="compare with what this profile declares"
    )
    group.addoption(
        "--keystone-host",
        metavar="ROOT",
        nargs="?",
        const="/",
        default="",
        help="compare with the files that start K3s on this very server",
    )
    group.addoption(
        "--keystone-manifest",
        metavar="FILE",
        action="append",
        default=[],
        help="compare with this manifest, or these Helm values, of Karpenter or ACK",
    )
    parser.addini("keystone_cluster", "clusters to judge, one a line", "linelist", default=[])
    parser.addini("keystone_allow_blocked", "as --keystone-allow-blocked", "bool", default=False)
    parser.addini("keystone_fail_on", "as --keystone-fail-on", default="low")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "keystone: checks of the trust chain between cluster and AWS")
    if names := _named(config):
        names = _share(config, names)
        _end_in_order(config)
        from keystone_check.conformance import Conformance
        from keystone_check.gate import Gate

        allowed = config.getoption("keystone_allow_blocked") or config.getini("keystone_allow_blocked")
        bench = _bench(config)
        opener = _opener(config, bench)
        gate = Gate(_fail_on(config))
        run = Conformance(config, names, opener, allow_blocked=allowed, gate=gate, bench=bench)
        config.pluginmanager.register(run, "keystone-conformance")


def _end_in_order(config: pytest.Config) -> None:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does, so that fixtures put away what they made."""
    from keystone_check.scratch import ending_as_interrupted

    config.add_cleanup(ending_as_interrupted())


def _fail_on(config: pytest.Config) -> str:
    said: str = config.getoption("keystone_fail_on") or config.getini("keystone_fail_on")
    if said not in FAIL_ON:
        raise pytest.UsageError(f"keystone_fail_on is {said!r}: it must be one of {', '.join(FAIL_ON)}")
    return said


def _bench(config: pytest.Config) -> "Bench":
    from keystone_check.errors import UsageError
    from keystone_check.targets import bench

    folder = config.invocation_params.dir
    try:
        return bench(
            folder,
            config.getoption("keystone_checks"),
            config.getoption("keystone_accept"),
            config.getoption("keystone_target"),
        )
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def _opener(config: pytest.Config, bench: "Bench") -> "Opener":
    from functools import partial

    from keystone_check.clusters import Overrides
    from keystone_check.probes.shared import Shared
    from keystone_check.targets import open_target

    said = {name: config.getoption(f"keystone_{name}") for name in _OVERRIDES}
    said["manifests"] = tuple(config.getoption("keystone_manifest"))
    return partial(open_target, overrides=Overrides(**said), bench=bench, shared=Shared())


def _names(config: pytest.Config) -> list[str]:
    """The clusters that this run judges."""
    return _share(config, _named(config))


def _share(config: pytest.Config, names: list[str]) -> list[str]:
    """Those of the shard that was asked for."""
    part = config.getoption("keystone_shard")
    if not part:
        return names
    from keystone_check.errors import UsageError
    from keystone_check.shard import shard, share

    try:
        return list(share(names, shard(part)))
    except UsageError as error:
        raise pytest.UsageError(f"--keystone-shard: {error}") from error


def _named(config: pytest.Config) -> list[str]:
    """The clusters given on the command line; those of the ini file where there are none."""
    names: list[str] = config.getoption("keystone_cluster") or config.getini("keystone_cluster")
    return names


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> "Generator[None, None, None]":
    """Fixtures of the session are kept when a deeper conftest.py overrides one that they came from."""
    yield
    given = getattr(item, "funcargs", {})
    if "_keystone_opened" in given:
        from keystone_check.fixtures.opening import refuse_another

        refuse_another(given["_keystone_opened"], given["keystone_cluster"])


@pytest.fixture(scope="session")
def keystone_cluster(request: pytest.FixtureRequest) -> str:
    """The name of the cluster that the other `keystone_` fixtures use: the one that the run was given.

    With several, each test that uses one of the fixtures runs once for each. Override it in your
    conftest.py to choose the cluster there: return a name, or an `Access` for one that a fixture of
    yours has started.
    """
    names = _names(request.config)
    if not names and _named(request.config):
        pytest.skip(f"no cluster is of shard {request.config.getoption('keystone_shard')}")
    if not names:
        pytest.fail(
            "no cluster was named\n  next: pytest --keystone-cluster=NAME, "
            "or override the fixture keystone_cluster",
            pytrace=False,
        )
    return names[0]


@pytest.fixture(scope="session")
def _keystone_opened(request: pytest.FixtureRequest, keystone_cluster: "str | Access") -> "Iterator[Opened]":
    from contextlib import ExitStack

    from keystone_check.fixtures.opening import opened

    _end_in_order(request.config)
    with ExitStack() as stack:
        yield opened(request.config, keystone_cluster, stack)


@pytest.fixture(scope="session")
def keystone_diagnosis(_keystone_opened: "Opened") -> "Diagnosis":
    """Every check's outcome, in the chain's order, with the facts that they rest on.

    `keystone_diagnosis.headline` is the first broken outcome or None; `.having(status)` gives those of
    one status, `.world` the facts.
    """
    return _keystone_opened.target.diagnosis


@pytest.fixture(scope="session")
def keystone_access(_keystone_opened: "Opened") -> "Access":
    """How the cluster and its AWS account are reached: kubeconfig, context, region, endpoints."""
    return _keystone_opened.access


@pytest.fixture
def keystone_mint(keystone_access: "Access") -> "Iterator[Mint]":
    """Mint real ServiceAccount tokens through TokenRequest: `keystone_mint("namespace/name", …)`.

    Without an account a temporary one is made, and removed again when the test ends. Optional:
    `audience`, `seconds` and `bound`, a boundObjectRef. The token is a Secret: no output shows it, and
    only `.reveal()` gives it.
    """
    from keystone_check.fixtures.minting import minting

    with minting(keystone_access) as mint:
        yield mint


@pytest.fixture(scope="session")
def keystone_keys(_keystone_opened: "Opened") -> "PublishedKeys":
    """The published key set, as an anonymous client got it.

    `.verify(token)` passes when one of its keys signed the token, and fails the test otherwise.
    """
    from keystone_check.fixtures.published import published_keys

    return published_keys(_keystone_opened.target.world)


@pytest.fixture(scope="session")
def keystone_thumbprints(_keystone_opened: "Opened") -> "Thumbprints":
    """The thumbprints, as IAM forms them, of the issuer's host (`.issuer`) and of the key host (`.keys`)."""
    from keystone_check.fixtures.published import Thumbprints

    return Thumbprints(_keystone_opened.target.world)


@pytest.fixture(scope="session")
def keystone_predict(_keystone_opened: "Opened") -> "Predict":
    """What STS would answer to AssumeRoleWithWebIdentity: `keystone_predict(token, role_arn)`.

    Gives `Granted`, or `Refused` with STS's code, its message and every reason there is.
    """
    from keystone_check.fixtures.predicting import Predict

    return Predict(_keystone_opened.target)


@pytest.fixture(scope="session")
def keystone_karpenter(_keystone_opened: "Opened") -> "Operating":
    """What Karpenter's role lacks (`.missing`), has too much of (`.excess`), and `.explain(action)`."""
    from keystone_check.fixtures.operating import Operating

    return Operating(_keystone_opened.target.world, "karpenter")


@pytest.fixture(scope="session")
def keystone_ack(_keystone_opened: "Opened") -> "Operating":
    """The same of the roles of ACK's controllers."""
    from keystone_check.fixtures.operating import Operating

    return Operating(_keystone_opened.target.world, "ack")
