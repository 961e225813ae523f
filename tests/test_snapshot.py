import gzip
import hashlib
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check import model, snapshot
from keystone_check.errors import KeystoneError
from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.secret import Secret
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from tests import bent_snapshots
from tests.worlds import NOW, world

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    NoneType: st.none(),
}
JSON = st.recursive(
    st.one_of(*PLAIN.values()), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=5
)

BEHAVIOUR = {Check, Outcome, Diagnosis}
"""They hold functions: what a check does is in its module, not in a file."""


def values(hint: Any, bound: Mapping[TypeVar, Any] | None = None) -> st.SearchStrategy[Any]:
    """Any value of a type that the model uses."""
    known = bound or {}
    if isinstance(hint, TypeVar):
        return values(known[hint], known)
    origin, args = get_origin(hint) or hint, get_args(hint)
    if origin in PLAIN:
        return PLAIN[origin]
    if origin is object:
        return JSON
    if origin in (Union, UnionType):
        return st.one_of(*(values(arg, known) for arg in args if arg is not StaticCredentials))
    if origin is tuple:
        if args[-1] is Ellipsis:
            return st.lists(values(args[0], known), max_size=3).map(tuple)
        return st.tuples(*(values(arg, known) for arg in args))
    if origin is Mapping:
        return st.dictionaries(values(args[0], known), values(args[1], known), max_size=3)
    if issubclass(origin, Enum):
        return st.sampled_from(origin)
    inner = dict(zip(getattr(origin, "__parameters__", ()), args, strict=True))
    return st.builds(origin, **{name: values(kind, inner) for name, kind in get_type_hints(origin).items()})


def model_classes() -> list[type]:
    modules = (
        import_module(f"{model.__name__}.{found.name}") for found in pkgutil.iter_modules(model.__path__)
    )
    found = {item for module in modules for item in vars(module).values() if isinstance(item, type)}
    mine = (item for item in found if item.__module__.startswith(model.__name__) and is_dataclass(item))
    return sorted(set(mine) - BEHAVIOUR - {StaticCredentials, Subjects}, key=lambda item: item.__name__)


@given(values(World))
def test_a_world_comes_back_as_it_was_saved(some: World) -> None:
    assert snapshot.load(snapshot.save(some)) == some


@pytest.mark.parametrize("kind", model_classes(), ids=lambda kind: kind.__name__)
def test_every_class_of_the_model_has_a_form(kind: type) -> None:
    @given(values(kind))
    def comes_back(some: Any) -> None:
        again = snapshot.value(snapshot.text(some, kind), kind)
        assert snapshot.text(again, kind) == snapshot.text(some, kind)
        assert again == some

    comes_back()


@pytest.mark.parametrize("name", ["is", "\\is", "\\\\is", "island"])
def test_a_tag_may_be_called_as_what_names_a_class(name: str) -> None:
    kind = Mapping[str, str] | Absent
    for held in ({name: "Absent"}, {name: "Absent", "fact": "", "because": ""}):
        assert snapshot.value(snapshot.text(held, kind), kind) == held


def test_saving_the_same_world_twice_gives_the_same_text() -> None:
    assert snapshot.save(world()) == snapshot.save(world())


def test_credentials_have_no_form() -> None:
    access = Access("prod", aws_credentials=StaticCredentials(Secret("AKIA-key"), Secret("hush")))
    with pytest.raises(TypeError, match="Secret") as caught:
        snapshot.text(access, Access)
    assert "hush" not in str(caught.value)
    assert "AKIA-key" not in str(caught.value)


def test_a_value_of_another_type_is_not_written() -> None:
    with pytest.raises(TypeError, match="str where"):
        snapshot.save(world(now="soon"))


def test_a_tuple_in_a_claim_is_not_written_because_a_list_would_come_back() -> None:
    token = Token({}, {"aud": ("a",)}, 5, ())
    with pytest.raises(TypeError, match="tuple"):
        snapshot.save(world(tokens=Subjects((("app/api", token),))))


def test_a_number_that_json_cannot_hold_is_refused_with_a_sentence() -> None:
    token = Token({}, {"exp": float("inf")}, 5, ())
    with pytest.raises(KeystoneError, match="inf has no form in JSON"):
        snapshot.save(world(tokens=Subjects((("app/api", token),))))


def damaged(change: Any) -> str:
    document = json.loads(snapshot.save(world(bucket=Absent("bucket", "none"))))
    change(document)
    return json.dumps(document)


def sealed(change: Any) -> str:
    """Changed by somebody who knows how the digest is made."""
    document = json.loads(damaged(change))
    holds = json.dumps(document["holds"], separators=(",", ":"))
    return json.dumps({**document, "sha256": hashlib.sha256(holds.encode()).hexdigest()})


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "is not JSON"),
        ("[" * 200_000, "is not JSON"),
        ("1" * 10_000, "is not JSON"),
        ("null", "has no keystone_check_snapshot"),
        ("{}", "has no keystone_check_snapshot"),
        ('{"a": 1, "a": 2}', "names a key twice"),
        ('{"a": NaN}', "not a number"),
        ('{"a": 1e999}', "not a number"),
        (damaged(lambda d: d.update(keystone_check_snapshot=3)), "has schema 3; this version reads 1 to 2"),
        (damaged(lambda d: d.update(keystone_check_snapshot=0)), "has schema 0; this version reads 1 to 2"),
        (damaged(lambda d: d.update(keystone_check_snapshot=True)), "has schema true; this version reads"),
        (damaged(lambda d: d["holds"].update(now=1)), "at holds: it was changed after it was written"),
        (damaged(lambda d: d.pop("sha256")), "at snapshot: sha256 is not there"),
        (damaged(lambda d: d.update(more=1)), "at snapshot: more is not known"),
        (damaged(lambda d: d.pop("holds")), "at snapshot: holds is not there"),
        (damaged(lambda d: d.update(holds=[])), r"at holds: \[\] where World belongs"),
        (damaged(lambda d: d["holds"].pop("now")), "at holds: now is not there"),
        (damaged(lambda d: d["holds"].update(now=True)), "at holds.now: true where int belongs"),
        (damaged(lambda d: d["holds"].update(now=1.0)), "at holds.now: 1.0 where int belongs"),
        (damaged(lambda d: d["holds"].update(then=1)), "at holds: then is not known"),
        (damaged(lambda d: d["holds"]["bucket"].update({"is": "Role"})), "at holds.bucket: .* belongs"),
        (damaged(lambda d: d["holds"]["chains"].update(entries=[["a"]])), "1 items where 2 belong"),
        (damaged(lambda d: d["holds"]["chains"].update(entries={})), r"entries: \{\} where"),
    ],
)
def test_a_damaged_snapshot_is_refused_with_the_place(text: str, because: str) -> None:
    with pytest.raises(KeystoneError, match=because) as caught:
        snapshot.load(text)
    assert caught.value.hint


@given(st.data())
def test_a_snapshot_cut_anywhere_is_refused(data: st.DataObject) -> None:
    whole = snapshot.save(world(discovery=Response("https://a", 200, (), "{}", 2))).strip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(KeystoneError):
        snapshot.load(whole[:cut])


@given(JSON, st.sampled_from(sorted(get_type_hints(World))))
def test_any_json_in_the_place_of_a_fact_is_refused_or_is_that_fact(junk: object, fact: str) -> None:
    text = sealed(lambda document: document["holds"].update({fact: junk}))
    if (refusal := refusal_of(text)) is None:
        loaded = getattr(snapshot.load(text), fact)
        assert (list(loaded) if isinstance(loaded, tuple) else loaded) == junk
    else:
        assert f"holds.{fact}" in refusal


def refusal_of(text: str) -> str | None:
    try:
        snapshot.load(text)
    except KeystoneError as error:
        return error.message
    return None


def test_a_newer_snapshot_names_the_way_out() -> None:
    with pytest.raises(KeystoneError) as caught:
        snapshot.load(damaged(lambda d: d.update(keystone_check_snapshot=3)))
    assert caught.value.hint == "read it with the version of keystone-check that wrote it, or a later one"


@pytest.mark.parametrize("seed", range(0, 300, 50))
def test_a_mutated_snapshot_is_refused_or_is_the_same_world(seed: int) -> None:
    assert [bad for number in range(seed, seed + 50) if (bad := bent_snapshots.wrong(number))] == []


def test_tags_and_their_absence_are_told_apart() -> None:
    ground, there = stage("", NOW)
    assert snapshot.load(snapshot.save(there)) == there
    assert ground.account in snapshot.save(there)


@pytest.mark.parametrize("name", ["w.json", "w.json.gz"])
def test_a_file_is_read_as_its_content_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(snapshot.packed(snapshot.save(world()), path))
    assert snapshot.read(path) == world()
    assert path.read_bytes() == snapshot.packed(snapshot.save(world()), path)


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (gzip.compress(b"{}" * 500, mtime=0)[:-3], "it is cut or too large"),
        (gzip.compress(b"{}", mtime=0) + b"more", "it is cut or too large"),
        (b"\x1f\x8bnothing", "it is damaged"),
    ],
)
def test_a_compressed_file_that_is_none_is_named(tmp_path: Path, content: bytes, because: str) -> None:
    (tmp_path / "w.json.gz").write_bytes(content)
    with pytest.raises(KeystoneError, match=rf"w\.json\.gz cannot be read: {because}"):
        snapshot.read(tmp_path / "w.json.gz")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeystoneError, match=r"gone\.json cannot be read: No such file"):
        snapshot.read(tmp_path / "gone.json")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_bytes(b"\xff\xfe")
    with pytest.raises(KeystoneError, match=r"odd\.json cannot be read: it is not UTF-8"):
        snapshot.read(tmp_path / "odd.json")
