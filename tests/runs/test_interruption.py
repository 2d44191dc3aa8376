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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_raised_at_once_or_after_what_must_be_whole(handled, number):
    done = []
    with _interruptible() as interruption:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt), interruption.put_off():
            done.append("never begun")
    with _interruptible() as interruption, pytest.raises(KeyboardInterrupt):
        with interruption.put_off():
            signal.raise_signal(number)
            done.append("whole")
        done.append("never begun")
    assert done == ["whole"]
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_second_signal_does_not_wait(handled):
    with _interruptible() as interruption, pytest.raises(KeyboardInterrupt), interruption.put_off():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
