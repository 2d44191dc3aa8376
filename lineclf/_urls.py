"""URLs as they may be shown."""

import re


def mask_url(text):
    """Hide the credentials of every URL in a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> from lineclf._urls import mask_url
    >>> mask_url("postgresql+psycopg://me:secret@host/db")
    'postgresql+psycopg://***@host/db'
    """
    return re.sub(r"(?<=://)[^/\s@]*@", "***@", text)
