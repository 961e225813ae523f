"""The page of a check, in a terminal."""

from dataclasses import replace

import pytest

from keystone_check.cli.pages import explain
from keystone_check.reports.screen import Screen
from tests.reports import build

PAGE = """\
## Why it matters
A sentence that was broken
over two lines, `with code`.

    exact  text   stays

```
so  does {
  this
}
```

## References
- https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
- another
  one"""


def page(width: int) -> str:
    return explain(replace(build.check(), page=PAGE), Screen(width))


def test_a_page_starts_with_its_title_and_who_it_is() -> None:
    assert page(80).splitlines()[:3] == [
        "The sentence of audience_is_registered",
        "audience_is_registered, link provider, critical",
        "",
    ]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_prose_flows_and_exact_text_does_not(width: int) -> None:
    shown = page(width)
    assert "\nWhy it matters\nA sentence that was broken over two lines, `with code`.\n" in shown
    assert "\n    exact  text   stays\n" in shown
    assert "\n    so  does {\n      this\n    }\n" in shown


def test_a_long_address_stands_whole_beside_its_mark() -> None:
    assert "API_AddClientIDToOpenIDConnectProvider.html\n- another one\n" in page(60)
