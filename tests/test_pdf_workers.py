"""Processes that draw: what they answer, what becomes of those that fail, and how all of them end."""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import called_afar as afar
import pytest

from exportmanager.core.errors import Cancelled, ProblemForTeacher
from exportmanager.formats.pdf.calls import Answer, Failure, Gone, Message, Ready, Told
from exportmanager.formats.pdf.processes import Process, Recipe, end_resting
from exportmanager.formats.pdf.workers import Crew, Limits, Task

TESTS = Path(__file__).parent
PROMPTLY = 10_000
"""Milliseconds that a process has to end, on a busy machine."""


@pytest.fixture(autouse=True)
def _processes_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Two processes."""
    with Crew(lambda: None, size=2, limits=Limits(seconds=1.0)) as crew:
        yield crew


def task(function: Callable[..., Any], *arguments: Any, key: Any = None) -> Task:
    return Task(key, function, arguments)


def results(crew: Crew, *tasks: Task) -> list[Any]:
    """What the tasks gave, or failed with, in their order."""
    found = {id(heard.task): heard.what for heard in crew.run(tasks) if not isinstance(heard.what, Told)}
    answers = [found[id(task)] for task in tasks]
    return [answer.value if isinstance(answer, Answer) else answer.kind for answer in answers]


def ends(process: int) -> bool:
    """Whether a process ends soon: nothing else can be waited for of one that is not our child."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(PROMPTLY))
    finally:
        os.close(handle)


has_handles = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets anybody wait for any process")


def test_answers_come_with_all_that_was_told_before(crew: Crew) -> None:
    heard = list(crew.run([task(afar.add, 1, 2, 3, key="sum")]))
    assert [(h.task.key, h.what) for h in heard] == [
        ("sum", Told(1)), ("sum", Told(2)), ("sum", Told(3)), ("sum", Answer(6)),
    ]  # fmt: skip


def test_more_tasks_than_processes_are_all_done(crew: Crew) -> None:
    assert results(crew, *(task(afar.add, number, key=number) for number in range(40))) == list(range(40))


def test_a_task_can_be_added_while_others_run(crew: Crew) -> None:
    done = []
    for heard in crew.run([task(afar.add, key=1)]):
        if isinstance(heard.what, Answer):
            done.append(heard.task.key)
            if heard.task.key < 4:
                crew.add(task(afar.add, key=heard.task.key + 1))
    assert done == [1, 2, 3, 4]


def test_what_a_library_prints_does_not_stand_among_the_answers(crew: Crew) -> None:
    assert results(crew, task(afar.print_much), task(afar.add, 1)) == ["said", 1]


def test_of_an_exception_only_type_and_places_come_back(crew: Crew) -> None:
    (heard,) = crew.run([task(afar.fail, "a name that nobody should read")])
    assert isinstance(heard.what, Failure)
    assert heard.what.kind == "ValueError"
    assert "worker" in heard.what.places
    assert "nobody" not in heard.what.places
    assert not heard.what.is_exhaustion


def test_a_process_that_dies_fails_its_task_and_no_other(crew: Crew) -> None:
    tasks = [task(afar.add, 1), task(afar.die), task(afar.add, 2), task(afar.die), task(afar.add, 3)]
    assert results(crew, *tasks) == [1, "", 2, "", 3]


def test_what_never_ends_is_ended_by_its_own_process(crew: Crew) -> None:
    assert results(crew, task(afar.never_end), task(afar.add, 5)) == ["", 5]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit a process's memory")
def test_too_much_memory_is_a_failure_and_not_the_end_of_the_process() -> None:
    with Crew(lambda: None, size=1, limits=Limits(memory=1 << 30)) as crew:
        before, memory, after = results(crew, task(afar.process), task(afar.take_memory), task(afar.process))
    assert memory == "MemoryError"
    assert before == after


@has_handles
def test_stop_ends_processes_whatever_they_are_doing() -> None:
    processes: list[int] = []

    def waiting() -> None:
        if processes:
            raise Cancelled

    def work() -> None:
        with Crew(waiting, size=1) as crew:
            for heard in crew.run([task(afar.never_end)]):
                assert isinstance(heard.what, Told)
                processes.append(heard.what.value)

    with pytest.raises(Cancelled):
        work()
    assert [ends(process) for process in processes] == [True]


_PROGRAM = """
import sys
import called_afar as afar
from exportmanager.formats.pdf.processes import end_resting
from exportmanager.formats.pdf.workers import Crew, Limits, Task
with Crew(lambda: None, size=1, limits=Limits(seconds=1.0)) as crew:
    for heard in crew.run([Task(None, getattr(afar, sys.argv[1]), ())]):
        print(heard.what.value, flush=True)
        sys.stdin.read()
"""


@has_handles
@pytest.mark.parametrize("function", ["process", "never_end"])
def test_processes_end_by_themselves_when_the_program_is_killed(function: str) -> None:
    command = [sys.executable, "-c", _PROGRAM, function]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout
        process = int(program.stdout.readline())
        program.kill()
    assert ends(process)


def test_one_process_gets_all_that_is_left(crew: Crew) -> None:
    results(crew, *(task(afar.add, number) for number in range(4)))
    crew.shrink()
    assert len(set(results(crew, *(task(afar.process) for _ in range(4))))) == 1


def test_processes_without_work_rest_for_the_next_who_needs_them() -> None:
    seen = []
    for _ in range(2):
        with Crew(lambda: None, size=1) as crew:
            seen += results(crew, task(afar.process))
    assert seen[0] == seen[1]
    with Crew(lambda: None, size=1, limits=Limits(seconds=30)) as crew:
        assert results(crew, task(afar.process)) != seen[:1]
    end_resting()
    with Crew(lambda: None, size=1) as crew:
        assert results(crew, task(afar.process)) != seen[:1]


@has_handles
def test_one_that_died_while_it_rested_is_not_taken() -> None:
    with Crew(lambda: None, size=1) as crew:
        (process,) = results(crew, task(afar.process))
    os.kill(process, signal.SIGKILL)
    assert ends(process)
    with Crew(lambda: None, size=1) as crew:
        assert results(crew, task(afar.add, 1)) == [1]


def test_what_they_hold_is_let_go_before_they_rest() -> None:
    for _ in range(2):
        with Crew(lambda: None, size=1, tidy=afar.tidy) as crew:
            assert results(crew, task(afar.hold)) == [1]


def test_a_program_that_cannot_start_them_says_so() -> None:
    crew = Crew(lambda: None, size=1, modules=["exportmanager.not_there"])
    with crew, pytest.raises(ProblemForTeacher, match="did not start"):
        results(crew, task(afar.add))


def test_a_process_that_ended_while_it_rested_says_so_to_whoever_needs_it_next() -> None:
    first: queue.SimpleQueue[tuple[Process, Message]] = queue.SimpleQueue()
    process = Process(Recipe(60.0, 0, ()), first)
    try:
        assert isinstance(first.get(timeout=30)[1], Ready)
        process._process.kill()
        process._thread.join()
        second: queue.SimpleQueue[tuple[Process, Message]] = queue.SimpleQueue()
        process.speak_to(second)
        assert isinstance(second.get(timeout=5)[1], Gone)
    finally:
        process.end()
