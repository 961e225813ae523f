"""A cluster by its name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from keystone_check.clusters import Names, Overrides, names, not_installed, open_cluster, sandbox_names
from keystone_check.errors import UsageError
from keystone_check.model.access import Access
from tests.test_configuration import written
from tests.test_kubeconfig import kubeconfig

TWO = "[clusters.prod]\ncontext = 'p'\nnamespace = 'app'\nbudget = 30\n[clusters.lab]\n"


def opened(
    folder: Path, name: str = "", said: Overrides | None = None, environ: Mapping[str, str] | None = None
) -> Access:
    with open_cluster(name, said, folder, {"HOME": str(folder), **(environ or {})}) as access:
        return access


def test_a_configured_cluster_is_reached_as_its_table_says(tmp_path: Path) -> None:
    written(tmp_path, TWO)
    assert opened(tmp_path, "prod") == Access("prod", context="p", namespace="app", budget_seconds=30.0)


def test_what_is_said_comes_before_what_is_configured(tmp_path: Path) -> None:
    written(tmp_path, TWO)
    said = Overrides(
        context="c",
        kubeconfig="k",
        namespace="",
        selector="s",
        profile="q",
        region="r",
        budget=1,
        request_timeout=2,
    )
    assert opened(tmp_path, "prod", said) == Access(
        "prod",
        kubeconfig="k",
        context="c",
        namespace="",
        selector="s",
        profile="q",
        region="r",
        budget_seconds=1,
        request_seconds=2,
    )


def test_a_configured_name_comes_before_a_context(tmp_path: Path) -> None:
    written(tmp_path, TWO)
    config = kubeconfig(tmp_path / "config", "prod")
    assert opened(tmp_path, "prod", None, {"KUBECONFIG": config}).context == "p"


def test_a_context_is_a_cluster(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "prod", "lab")
    assert opened(tmp_path, "lab", None, {"KUBECONFIG": config}) == Access("lab", context="lab")


def test_without_a_name_the_only_configured_cluster_is_meant(tmp_path: Path) -> None:
    written(tmp_path, "[clusters.prod]\nregion = 'r'")
    assert opened(tmp_path) == Access("prod", region="r")


def test_without_a_name_two_configured_clusters_are_one_too_many(tmp_path: Path) -> None:
    written(tmp_path, TWO)
    with pytest.raises(UsageError, match="describes 2 clusters") as raised:
        opened(tmp_path)
    assert raised.value.hint == "name one: --cluster prod or lab"


def test_without_a_name_or_configuration_the_current_context_is_meant(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "prod", "lab", current="lab")
    assert opened(tmp_path, "", None, {"KUBECONFIG": config}) == Access("lab", context="lab")


def test_a_context_alone_names_the_cluster(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "prod", "lab", current="lab")
    said = Overrides(context="prod", kubeconfig=config)
    assert opened(tmp_path, "", said) == Access("prod", kubeconfig=config, context="prod")


def test_inside_a_cluster_that_one_is_meant(tmp_path: Path) -> None:
    assert opened(tmp_path, "", None, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}) == Access("in-cluster")


@pytest.mark.parametrize(
    ("name", "said", "message", "hint"),
    [
        ("prd", Overrides(), "no cluster or context 'prd'", "did you mean prod?"),
        ("lap", Overrides(), "no cluster or context 'lap'", "did you mean lab?"),
        ("sandbx", Overrides(), "no cluster or context 'sandbx'", "did you mean sandbox"),
        ("", Overrides(context="lap"), "no context 'lap'", "did you mean lab?"),
        ("lab", Overrides(context="lab"), "lab is no configured cluster", "the context alone"),
        ("sandbox", Overrides(context="lab"), "--context does not go with the embedded cluster", "leave"),
        ("sandbox", Overrides(region="r"), "--region does not go with the embedded cluster", "leave"),
        ("x", Overrides(kubeconfig="/nowhere/config"), "/nowhere/config does not exist", "--kubeconfig"),
    ],
)
def test_a_name_that_means_nothing_is_a_usage_error_with_the_next_step(
    tmp_path: Path, name: str, said: Overrides, message: str, hint: str
) -> None:
    written(tmp_path, "[clusters.prod]")
    config = kubeconfig(tmp_path / "config", "lab")
    with pytest.raises(UsageError) as raised:
        opened(tmp_path, name, said, {"KUBECONFIG": config})
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_with_nothing_to_go_by_the_embedded_cluster_is_offered(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no cluster was named and there is no kubeconfig") as raised:
        opened(tmp_path)
    assert "--cluster sandbox" in raised.value.hint


def test_a_kubeconfig_without_a_current_context_is_said(tmp_path: Path) -> None:
    config = kubeconfig(tmp_path / "config", "prod")
    with pytest.raises(UsageError, match="sets no current context"):
        opened(tmp_path, "", None, {"KUBECONFIG": config})


def test_all_that_can_be_named_is_listed(tmp_path: Path) -> None:
    written(tmp_path, "[clusters.prod]")
    config = kubeconfig(tmp_path / "config", "lab", "prod")
    found = names(tmp_path, {"KUBECONFIG": config})
    assert found == Names(("prod",), ("lab", "prod"), sandbox_names())
    assert found.all()[:3] == ("prod", "lab", "sandbox")


def test_an_unreadable_kubeconfig_names_nothing(tmp_path: Path) -> None:
    assert names(tmp_path, {"KUBECONFIG": str(tmp_path)}).contexts == ()


def test_the_embedded_cluster_is_there_while_it_is_open_and_leaves_nothing_behind() -> None:
    with open_cluster("sandbox", Overrides(namespace="app", budget=7)) as access:
        assert (access.name, access.namespace, access.budget_seconds) == ("sandbox", "app", 7)
        assert Path(access.kubeconfig).is_file()
    assert not Path(access.kubeconfig).parent.exists()


def test_a_fault_that_does_not_exist_is_a_usage_error_with_a_near_one() -> None:
    with (
        pytest.raises(UsageError, match="has no fault, incident or variant 'bucket-is-blokked'") as raised,
        open_cluster("sandbox:bucket-is-blokked"),
    ):
        pass
    assert "sandbox:bucket-is-blocked" in raised.value.hint


def test_what_the_extra_brings_is_named_with_the_command_that_installs_it() -> None:
    error = not_installed(ModuleNotFoundError("No module named 'moto'", name="moto.core"))
    assert isinstance(error, UsageError)
    assert error.hint == "pip install 'keystone-check[sandbox]'"


def test_a_missing_module_of_our_own_is_a_bug_and_not_the_users_to_install() -> None:
    error = ModuleNotFoundError("gone", name="keystone_check.sandbox.gone")
    assert not_installed(error) is error
