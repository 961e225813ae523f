"""Commands of a POSIX shell, and the files that they read: nothing in them is more than an argument."""

from collections.abc import Iterator
from shlex import join, quote


def aws(service: str, operation: str, *arguments: str) -> str:
    """One command of the AWS CLI."""
    return join(("aws", service, operation, *arguments))


def from_file(option: str, name: str) -> str:
    """An option whose value lies in a file of `$work`."""
    return f' --{option} "file://$work/{name}"'


def file(name: str, text: str) -> Iterator[str]:
    """The very bytes: a heredoc always ends with a line end, so a text without one is printed."""
    if not text.endswith("\n"):
        yield f'printf %s {quote(text)} > "$work/{name}"'
        return
    end = _end(text)
    yield f"cat > \"$work/{name}\" <<'{end}'"
    yield text.removesuffix("\n")
    yield end


def _end(text: str) -> str:
    """A line that the text does not have."""
    lines, end = set(text.splitlines()), "END"
    while end in lines:
        end += "_"
    return end
