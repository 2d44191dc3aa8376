"""Markdown shared by the pages of all studies: tables, failures, and the command that made the page."""

from collections import Counter
from datetime import date

from lineclf.reporting._errors import cause

__all__ = ["columns_table", "failures_section", "made_with", "markdown_table", "table_row", "written_by"]


def markdown_table(rows):
    """Return a Markdown table.

    Parameters
    ----------
    rows : iterable of iterable of str
        The head first. A ``|`` in a cell is escaped, so that it does not separate cells.

    Returns
    -------
    str

    Examples
    --------
    >>> from lineclf.reporting import markdown_table
    >>> print(markdown_table([["model", "score"], ["a|b", "1.0"]]))
    | model | score |
    |---|---|
    | a\\|b | 1.0 |
    """
    head, *body = [list(row) for row in rows]
    return "\n".join([table_row(head), "|" + "---|" * len(head), *map(table_row, body)])


def columns_table(columns):
    """Return the lines of a Markdown table from its columns, each a title and its cells."""
    titles, cells = zip(*columns, strict=True)
    return markdown_table([titles, *zip(*cells, strict=True)]).split("\n")


def table_row(cells):
    """Return a line of a Markdown table."""
    escaped = (str(cell).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def failures_section(failures, *, whole=False):
    """Return the lines of the section on trials that were given up; none if there are no such trials.

    Parameters
    ----------
    failures : dict of str to str
        Error of each trial, by the trial's name.
    whole : bool, default=False
        Whether to show each error with its traceback instead of its cause in one line.

    Returns
    -------
    list of str
    """
    if not failures:
        return []
    lines = ["", "## Failed trials", ""]
    for name, error in failures.items():
        if whole:
            lines += [f"- {name}", "", *(f"      {line}" for line in error.strip().splitlines()), ""]
        else:
            lines.append(f"- {name}: `{cause(error)}`")
    return lines


def written_by(command):
    """Return the day and the command that made a page, as the beginning of a sentence."""
    return f"Written {date.today().isoformat()} by `{command}`"


def made_with(results):
    """Return what results were made with: versions of libraries, processors; with counts if they vary.

    Parameters
    ----------
    results : list of TrialResult
        At least one.

    Returns
    -------
    str
        One sentence, or two if the processors are known.
    """
    versions = [", ".join(f"{name} {number}" for name, number in each["versions"].items()) for each in results]
    processors = [each["processor"] for each in results if "processor" in each]
    text = f"Versions: {_counted(versions)}."
    return f"{text} Processor: {_counted(processors)}." if processors else text


def _counted(texts):
    found = Counter(texts)
    return "; ".join(found if len(found) == 1 else (f"{text} ({n} trial{'s' * (n > 1)})" for text, n in found.items()))
