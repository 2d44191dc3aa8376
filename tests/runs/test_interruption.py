"""Ctrl-C and SIGTERM: at once, but not in the middle of what must be whole."""

import signal

import pytest

from lineclf.runs._run import _interruptible


@pytest.fixture
def handled():
    """Signals that Python itself would make an exception of, as in a terminal."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, signal.default_int_handler)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def work(during, done):
    """Send a signal in the middle of work that must be whole, then begin something else."""
    with _interruptible() as interruption:
        with interruption.put_off():
            signal.raise_signal(during)
            done.append("whole")
        done.append("something else")


def begin_after(number, done):
    """Send a signal, whose exception is lost, and begin work that must be whole."""
    with _interruptible() as interruption:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        with interruption.put_off():
            done.append("begun")


def insist():
    """Send two signals in the middle of work that must be whole."""
    with _interruptible() as interruption, interruption.put_off():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second one must not wait")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_raised_at_once_or_after_what_must_be_whole(handled, number):
    done = []
    with pytest.raises(KeyboardInterrupt):
        work(number, done)
    assert done == ["whole"]
    with pytest.raises(KeyboardInterrupt):
        begin_after(number, done)
    assert done == ["whole"]
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_second_signal_does_not_wait(handled):
    with pytest.raises(KeyboardInterrupt):
        insist()
