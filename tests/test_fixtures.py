import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "fixtures.md"
SANDBOX = "--keystone-cluster=sandbox"
MINE = ("-p", "no:hypothesispytest", "-m", "not keystone")


def on_the_sandbox(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(SANDBOX, *MINE, *args)


def outcomes(result: pytest.RunResult) -> dict[str, int]:
    """Of the user's tests: the checks' own items are deselected."""
    return {status: count for status, count in result.parseoutcomes().items() if status != "deselected"}


def examples() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


CHOOSING = [text for text in examples() if "def keystone_cluster" in text]


def test_every_example_of_the_page_works_as_it_stands(pytester: pytest.Pytester) -> None:
    using = [text for text in examples() if text not in CHOOSING]
    pytester.makepyfile(**{f"test_example_{number}": text for number, text in enumerate(using)})
    result = on_the_sandbox(pytester, "-W", "error")
    assert len(using) >= 6
    assert outcomes(result) == {"passed": number_of_tests(*using)}


@pytest.mark.parametrize("text", CHOOSING)
def test_every_example_that_chooses_the_cluster_works_as_it_stands(
    pytester: pytest.Pytester, text: str
) -> None:
    pytester.makepyfile(text)
    result = pytester.runpytest_subprocess(*MINE, "-W", "error")
    assert outcomes(result) == {"passed": number_of_tests(text)}


def number_of_tests(*texts: str) -> int:
    return len(re.findall("^def test_", "\n".join(texts), re.MULTILINE))


def test_two_suites_of_one_run_cannot_silently_share_a_cluster(pytester: pytest.Pytester) -> None:
    for name in ("one", "two"):
        pytester.mkpydir(name).joinpath("test_it.py").write_text(
            "import pytest\n"
            "from keystone_check.model.access import Access\n"
            "@pytest.fixture(scope='session')\n"
            f"def keystone_cluster(): return Access(name='{name}')\n"
            f"def test_it(keystone_access): assert keystone_access.name == '{name}'\n"
        )
    result = pytester.runpytest_subprocess(*MINE)
    assert outcomes(result) == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*keystone_cluster is two here*set up for one*", "*next: *"])


def test_every_fixture_is_on_the_page_and_says_what_it_is(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--fixtures", "-p", "no:hypothesispytest")
    listed = re.findall(r"^(keystone_\w+) .*-- .*\n    (\w.*)", result.stdout.str(), re.MULTILINE)
    documented = re.findall(r"`(\w+)`", "".join(re.findall("^## .*", PAGE.read_text("utf-8"), re.MULTILINE)))
    assert {name for name, _ in listed} == set(documented)
    assert len(listed) == 9


def test_tokens_show_nowhere_when_a_test_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_mine(keystone_mint, keystone_access, keystone_keys):
            token = keystone_mint("app/api")
            read = keystone_keys.verify(token)
            credentials = keystone_access.aws_credentials
            print(token, repr(token), f"{token}", [token], credentials)
            assert token is None, token
        """
    )
    result = on_the_sandbox(pytester, "-vv", "--showlocals", "--junitxml=report.xml", "-n", "1")
    assert outcomes(result) == {"failed": 1}
    everything = result.stdout.str() + result.stderr.str() + (pytester.path / "report.xml").read_text()
    assert re.search(r"token +(= )?Secret\(…\)", everything)
    assert_no_secret(everything)


def test_what_goes_wrong_within_a_fixture_is_told_without_its_frames(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_nobody(keystone_mint):
            keystone_mint("app/nobody")

        def test_too_short(keystone_mint):
            keystone_mint("app/api", seconds=5)

        def test_no_name(keystone_mint):
            keystone_mint("api")

        def test_text(keystone_mint, keystone_keys):
            text = keystone_keys.verify(keystone_mint("app/api").reveal() [:-2])

        def test_no_token(keystone_keys):
            from keystone_check.model.secret import Secret

            keystone_keys.verify(Secret("gibberish"))
        """
    )
    result = on_the_sandbox(pytester, "-vv", "--showlocals", "--junitxml=report.xml", "--full-trace")
    assert outcomes(result) == {"failed": 5}
    told = result.stdout.str()
    for sentence in (
        'create serviceaccounts/token app/nobody: 404: serviceaccounts "nobody" not found',
        "may not specify a duration less than 10 minutes",
        "'api' names no service account",
        "write it as namespace/name",
        "the token does not verify with https://",
        "no published key signed it",
        "this is no token",
    ):
        assert sentence in told
    for room in ("kube.py", "urllib3", "jose.py"):
        assert room not in told
    assert_no_secret(told + (pytester.path / "report.xml").read_text())


def assert_no_secret(text: str) -> None:
    assert "eyJ" not in text, "a token"
    assert "Bearer" not in text
    assert "PRIVATE KEY" not in text


def test_a_temporary_account_is_gone_after_the_test_that_failed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from keystone_check.probes.kube import Kube

        made = []

        def test_first(keystone_mint):
            made.append(keystone_mint.account("app"))
            keystone_mint(made[0])
            assert False

        def test_second(keystone_access):
            kube = Kube(keystone_access)
            names = [account["metadata"]["name"] for account in kube.service_accounts("app")]
            kube.close()
            assert sorted(names) == ["api", "default"]
        """
    )
    result = on_the_sandbox(pytester)
    assert outcomes(result) == {"passed": 1, "failed": 1}


def test_a_token_that_no_published_key_signed_does_not_verify(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_mine(keystone_mint, keystone_keys):
            keystone_keys.verify(keystone_mint("app/api"))
        """
    )
    result = pytester.runpytest_subprocess("--keystone-cluster=sandbox:signing-key-was-rotated", *MINE)
    assert outcomes(result) == {"failed": 1}
    result.stdout.fnmatch_lines(["*the token does not verify with https://*: no published key signed it*"])


def test_a_snapshot_serves_what_was_seen_and_mints_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_save="""
        import pathlib
        from keystone_check import snapshot

        def test_save(keystone_diagnosis):
            pathlib.Path("world.json").write_text(snapshot.save(keystone_diagnosis.world))
        """
    )
    assert outcomes(on_the_sandbox(pytester)) == {"passed": 1}
    pytester.makepyfile(
        test_read="""
        def test_seen(keystone_thumbprints, keystone_keys):
            assert len(keystone_thumbprints.issuer) == 40
            assert keystone_keys.keys

        def test_mint(keystone_mint):
            keystone_mint("app/api")
        """
    )
    result = pytester.runpytest_subprocess("--keystone-cluster=snapshot:world.json", *MINE, "test_read.py")
    assert outcomes(result) == {"passed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*keystone_access needs a cluster, and snapshot:world.json is a file"])
