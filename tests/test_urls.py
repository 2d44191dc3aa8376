"""No credential of a URL is ever shown, and nothing else is lost."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from lineclf._urls import mask_url

WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
# Whatever a person may put into a password unescaped; SECRET marks it.
PASSWORDS = st.tuples(st.text(string.ascii_letters + "!#$%^*:/?&=+@~", max_size=6), st.text("a/@:?", max_size=3)).map(
    lambda parts: "SECRET".join(parts)
)


@given(WORDS, PASSWORDS, WORDS, WORDS)
def test_no_password_is_shown(user, password, host, path):
    shown = mask_url(f"cannot open 'postgresql+psycopg://{user}:{password}@{host}/{path}' today")
    assert "SECRET" not in shown
    assert shown == f"cannot open 'postgresql+psycopg://***@{host}/{path}' today"


@given(WORDS, st.text(string.ascii_letters + "!$^*:/+~", min_size=1), WORDS)
def test_what_sqlalchemy_takes_for_a_password_is_masked(user, password, host):
    url = f"postgresql+psycopg://{user}:{password}@{host}/db"
    assert make_url(url).password == password  # an oracle: this is where it looks for one
    assert mask_url(url) == f"postgresql+psycopg://***@{host}/db"


@given(WORDS, PASSWORDS.filter(lambda password: not password.startswith("/")), WORDS)
def test_a_forgotten_scheme_does_not_show_the_password(user, password, host):
    assert mask_url(f"storage='{user}:{password}@{host}/x' is wrong") == f"storage='***@{host}/x' is wrong"


@pytest.mark.parametrize("name", ["password", "sslpassword", "PASSWD", "api_key", "token", "client_secret"])
def test_parameters_that_hold_a_secret_are_masked(name):
    assert mask_url(f"http://host/db?a=1&{name}=SECRET&b=2") == f"http://host/db?a=1&{name}=***&b=2"
    assert mask_url(f"url='http://host/?{name}=SECRET' is wrong") == f"url='http://host/?{name}=***' is wrong"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("host=db password=SECRET dbname=x", "host=db password=*** dbname=x"),
        ('{"password": "SECRET", "port": 1}', '{"password": "***", "port": 1}'),
        ("passwd: SECRET", "passwd: ***"),
    ],
)
def test_a_password_outside_of_a_url_is_masked(text, shown):
    assert mask_url(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:///mlruns/mlflow.db",
        "sqlite:////home/me@work/mlflow.db",
        "http://127.0.0.1:5000/#/experiments/1/runs?workflowType=machine_learning",
        "postgresql+psycopg://host:5432/db",
        "mail me@host, or see https://host/a@b",
        "kernel_size=5 · seed 0",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(text):
    assert mask_url(text) == text


def test_every_url_of_a_text_is_masked():
    assert mask_url("http://a:SECRET@x/ and ftp://b:SECRET@y/") == "http://***@x/ and ftp://***@y/"
    assert mask_url("http://TOKEN@host/") == "http://***@host/"
