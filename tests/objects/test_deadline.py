"""Deadlines by a clock that the test turns, and work in a process of its own that is ended."""

from __future__ import annotations

import os
import signal
import time

import pytest

from theory.errors import BadData
from verify.objects.deadline import CLOSING, UNLIMITED, Deadline, OutOfTime, deadline_of, in_time, seconds_of, steps_until


class Clock:
    """A clock that stands still until it is told how late it is."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_is_over_after_its_seconds(clock: Clock) -> None:
    deadline = Deadline(3.0, clock)
    assert (deadline.left, deadline.spent, deadline.is_over) == (3.0, 0.0, False)
    clock.now += 2.0
    assert (deadline.left, deadline.spent, deadline.is_over) == (1.0, 2.0, False)
    clock.now += 2.0
    assert (deadline.left, deadline.spent, deadline.is_over) == (0.0, 4.0, True)


def test_a_part_is_over_with_the_whole(clock: Clock) -> None:
    whole = Deadline(8.0, clock)
    part, short = whole.part(0.5), whole.part(1.0, most=2.0)
    assert (part.left, short.left) == (4.0, 2.0)
    clock.now += 3.0
    assert (part.left, short.is_over, whole.left) == (1.0, True, 5.0)
    assert whole.part(0.5).left == 2.5                     # of what is left
    assert whole.part(0.1, least=1.0).left == 1.0
    whole.end()
    assert part.is_over


def test_an_interruption_ends_the_whole_and_all_parts(clock: Clock) -> None:
    whole = Deadline(8.0, clock)
    first, second = whole.part(0.5), whole.part(0.5)
    with first.interruptible():
        raise KeyboardInterrupt
    assert first.is_over and whole.is_ended and second.is_ended
    assert whole.closing().left == pytest.approx(CLOSING)                 # for what is known to be certified


def test_the_end_of_the_time_ends_a_block_and_not_the_whole(clock: Clock) -> None:
    whole = Deadline(8.0, clock)
    seen = []
    with whole.interruptible():
        for item in whole.watched(range(5)):
            seen.append(item)
            clock.now += 3.0
    assert seen == [0, 1, 2] and whole.is_over and not whole.is_ended
    with pytest.raises(OutOfTime):
        whole.check()


def test_other_errors_pass(clock: Clock) -> None:
    with pytest.raises(ValueError, match="mine"), Deadline(1.0, clock).interruptible():
        raise ValueError("mine")


def test_steps_are_cut_between_two_of_them(clock: Clock) -> None:
    deadline, taken = Deadline(2.5, clock), 0
    for _ in steps_until(deadline, 10):
        taken += 1
        clock.now += 1.0
    assert taken == 3 and len(list(steps_until(UNLIMITED, 10))) == 10


def test_budgets_take_seconds_or_a_deadline_that_runs(clock: Clock) -> None:
    running = Deadline(5.0, clock)
    assert deadline_of(running) is running and seconds_of(running) == 5.0 == seconds_of(5.0)
    assert deadline_of(5.0).seconds == 5.0


@pytest.mark.parametrize("seconds", [-1.0, float("nan")])
def test_a_time_is_a_number_that_is_not_negative(seconds: float) -> None:
    with pytest.raises(BadData, match="seconds"):
        Deadline(seconds)


def test_work_in_time_returns_what_it_returns() -> None:
    assert in_time(lambda: (os.getpid(), "x" * 1_000_000), Deadline(600.0))[1] == "x" * 1_000_000
    assert in_time(os.getpid, Deadline(600.0)) != os.getpid()
    assert in_time(os.getpid, UNLIMITED) == os.getpid()


def test_work_that_takes_too_long_is_ended() -> None:
    deadline = Deadline(0.05)
    assert in_time(lambda: time.sleep(3600), deadline) is None and deadline.is_over
    assert in_time(lambda: pytest.fail("it is not begun"), deadline) is None


def _failing() -> None:
    raise BadData("mine")


def test_an_error_of_the_work_is_raised_here() -> None:
    with pytest.raises(BadData, match="mine"):
        in_time(_failing, Deadline(600.0))


def test_work_whose_process_dies_returns_nothing() -> None:
    assert in_time(lambda: os._exit(3), Deadline(600.0)) is None


def test_an_interruption_leaves_the_work_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deadline, "closing", lambda self: Deadline(600.0))
    deadline, parent = Deadline(600.0), os.getpid()

    def work() -> int:
        os.kill(parent, signal.SIGINT)
        time.sleep(0.2)                                    # so that the parent hears it before the work is done
        return 7

    assert in_time(work, deadline) == 7 and deadline.is_ended


def test_an_interruption_of_a_part_does_not_end_what_has_no_deadline() -> None:
    part = UNLIMITED.part(1.0)
    with part.interruptible():
        raise KeyboardInterrupt
    assert part.is_over and not UNLIMITED.is_over


def test_a_result_that_cannot_be_handed_over_is_no_lack_of_time() -> None:
    with pytest.raises(Exception, match="pickle"):
        in_time(lambda: lambda: 0, Deadline(60.0))
