"""URLs as they may be shown."""

import re

# User and password as SQLAlchemy splits them: a password may hold a slash. To the last @, lest one in it end it early.
_USER = re.compile(r"(?<=://)(?:[^:/\s]*:\S*|[^/\s]*)@")
# The same of a URL that lacks its scheme, which is what an error would show.
_BARE_USER = re.compile(r"(?<![\w/.:%+~-])[\w.%+~-]+:(?!/)\S*@(?=\S)")
_PLAIN = re.compile(r"(\bpass(?:word|wd)?[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&}]+", re.IGNORECASE)
_SECRET = re.compile(r"(?<=[?&])([^=&\s]*(?:passw|secret|token|key)[^=&\s]*)=[^&\s'\"]*", re.IGNORECASE)


def mask_url(text):
    """Hide the credentials in a text: user and password of every URL, and what ``password=`` or ``password:`` gives.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> from lineclf._urls import mask_url
    >>> mask_url("postgresql+psycopg://me:secret@host/db?sslmode=require&sslpassword=secret")
    'postgresql+psycopg://***@host/db?sslmode=require&sslpassword=***'
    """
    return _PLAIN.sub(r"\1***", _SECRET.sub(r"\1=***", _BARE_USER.sub("***@", _USER.sub("***@", text))))
