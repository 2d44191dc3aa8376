"""What the terminal cannot show is escaped, on whatever stands for it."""

import io
import sys

import pytest

from lineclf._console import replace_unprintable


@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize(
    ("encoding", "shown"), [("cp1252", b"\xfc \\u2588"), ("ascii", b"\\xfc \\u2588"), ("utf-8", "ü █".encode())]
)
def test_what_the_encoding_lacks_is_escaped(name, encoding, shown, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding))
    replace_unprintable()
    print("ü █", end="", file=getattr(sys, name), flush=True)
    assert raw.getvalue() == shown


def closed():
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    return stream


def detached():
    stream = io.TextIOWrapper(io.BytesIO())
    stream.detach()
    return stream


@pytest.mark.parametrize("make", [lambda: None, io.StringIO, closed, detached])
def test_what_is_no_terminal_stays_as_it_is(make, monkeypatch):
    stream = make()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    replace_unprintable()
    assert sys.stdout is sys.stderr is stream
