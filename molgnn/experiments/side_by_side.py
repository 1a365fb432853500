"""Train the members of a model, several at the same time: each in a process and on a thread."""

from __future__ import annotations

import pickle
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass
from queue import SimpleQueue

import torch

from molgnn.errors import ConfigError, MolgnnError
from molgnn.experiments.folds import Member
from molgnn.experiments.members import MemberContext, Trained, restore_member, train_member
from molgnn.experiments.run_folder import RunFolder
from molgnn.fitting.callbacks import Interrupted, interruptible
from molgnn.fitting.distributed import Processes, under_torchrun
from molgnn.fitting.progress import EpochBars
from molgnn.nn.threads import using_threads
from molgnn.processes.cores import usable_cores
from molgnn.processes.failures import Failure, in_one_line
from molgnn.processes.worker import WorkerProcess

SECONDS_BETWEEN_LOOKS = 0.5
"""At the histories of the members in training."""

Outcome = Future[bool | Exception]
"""Of a member that another process trains: whether it was cut short, or what was raised."""


def most_jobs(jobs: int | None, processes: Processes) -> int:
    """Return how many members may be trained at the same time.

    Parameters
    ----------
    jobs
        What was asked for; None for as many as there are cores, or one if they would share a GPU.
    processes
        Those that share each batch of a member.

    Raises
    ------
    ConfigError
        If it is less than one, or members and their batches are both to be shared out.
    """
    is_shared = processes.n > 1 or under_torchrun()
    if jobs is None:
        return 1 if is_shared or torch.cuda.is_available() else usable_cores()
    if jobs < 1:
        raise ConfigError(f"expected jobs=… of 1 or more but got {jobs}; fix: leave it out")
    if jobs > 1 and is_shared:
        raise ConfigError(
            f"expected jobs=… or several processes that share each batch (devices=…, torchrun) but "
            f"got both, {jobs} jobs; fix: leave jobs=… out"
        )
    return jobs


def train_members(
    members: Sequence[Member],
    context: MemberContext,
    folder: RunFolder,
    *,
    processes: Processes,
    jobs: int,
    resume: bool,
    progress: bool,
) -> Trained:
    """Train each member from its own seed on its own split.

    Parameters
    ----------
    members
        In order.
    context
        What all are trained with.
    folder
        Where each is kept, and resumed from.
    processes
        Which processes share the batches of each.
    jobs
        How many are trained at the same time. Whatever it is, they come out the same to the bit.
    resume
        Go on with what is in the folder.
    progress
        Show a bar for each that is in training.

    Raises
    ------
    FileProblem, ConfigError
        If no member left an epoch, or one has none that gave numbers.
    MolgnnError
        If a process ended early, as for want of memory.
    """
    is_one, is_in_view = len(members) == 1, progress and processes.is_first
    titles = {m.number: f"training {m.number + 1} of {len(members)}" for m in members}
    training = _Training(context, folder, resume, {0: "training"} if is_one else titles)
    n_at_once = min(jobs, len(members))
    if n_at_once == 1 or any(part.trainer.needs_this_process for part in context.parts):
        interrupted = _train_in_turn(members, training, processes, bar=is_in_view)
    else:
        interrupted = _train_side_by_side(members, training, n_at_once, bars=is_in_view)
    if not processes.is_first:
        return Trained([], [], [], interrupted)
    done = [member for member in members if not interrupted or training.has_left(member)]
    done = done or [members[0]]  # whose folder says why there is nothing
    weights = [context.parts[member.part].weight for member in done]
    models = [restore_member(member, context, folder) for member in done]
    return Trained(done, models, weights, interrupted)


@dataclass(frozen=True)
class _Training:
    """What the training of every member has in common; it pickles."""

    context: MemberContext
    folder: RunFolder
    resume: bool
    titles: dict[int, str]

    def train(self, member: Member, processes: Processes, *, bar: bool) -> bool:
        """Train a member in this process; say whether it was cut short."""
        return train_member(
            member,
            self.context,
            self.folder,
            processes=processes,
            resume=self.resume,
            title=self.titles[member.number] if bar else None,
        )

    def load(self) -> Callable[[Member], bool | Exception]:
        """Return what a worker process does with a member."""
        return self.try_to_train

    def try_to_train(self, member: Member) -> bool | Exception:
        """Train a member as `train` does, but return what it raises, to be raised elsewhere."""
        try:
            return self.train(member, Processes(), bar=False)
        except Exception as error:
            return _portable(error)

    def has_left(self, member: Member) -> bool:
        """Say whether there is something to restore a member from."""
        trainer = self.context.parts[member.part].trainer
        return trainer.is_restorable(self.folder.member(member.number))

    def add_bar(self, bars: EpochBars, member: Member) -> None:
        """Show how far a member is that another process trains."""
        n_epochs = self.context.parts[member.part].trainer.n_epochs(member)
        history = self.folder.member(member.number).history
        bars.add(self.titles[member.number], history, n_epochs)


def _train_in_turn(
    members: Sequence[Member], training: _Training, processes: Processes, *, bar: bool
) -> bool:
    """Train one member after the other in this process; say whether one was cut short.

    Several have one thread, as they have side by side, so that no digit depends on that.
    """
    is_limited = len(members) > 1 and not torch.cuda.is_available()
    with using_threads(1) if is_limited else nullcontext():
        return any(training.train(member, processes, bar=bar) for member in members)


def _train_side_by_side(
    members: Sequence[Member], training: _Training, n_at_once: int, *, bars: bool
) -> bool:
    """Train members in so many processes, which end with this one; say whether one was cut short.

    What stops one of them, or this process, stops all.
    """
    with ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(n_at_once))
        idle: SimpleQueue[WorkerProcess] = SimpleQueue()
        for _ in range(n_at_once):
            worker = WorkerProcess(training.load, imports_main=False)
            idle.put(stack.enter_context(closing(worker)))
        shown = stack.enter_context(EpochBars(is_shown=bars))
        waiting, running = deque(members), dict[Outcome, Member]()
        try:
            with interruptible():
                while waiting or running:
                    while waiting and len(running) < n_at_once:
                        member = waiting.popleft()
                        running[executor.submit(_ask, idle, member)] = member
                        training.add_bar(shown, member)
                    done, _ = wait(running, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
                    ended = {training.titles[running.pop(each).number]: each for each in done}
                    if any(_result(outcome, title) for title, outcome in ended.items()):
                        return True
                    shown.remove(ended)
                    shown.update()
        except Interrupted:
            return True
    return False


def _ask(idle: SimpleQueue[WorkerProcess], member: Member) -> bool | Exception:
    """Have a worker that is idle train a member."""
    worker = idle.get()
    try:
        result: bool | Exception = worker.ask(member, None)
    finally:
        idle.put(worker)
    return result


def _result(outcome: Outcome, title: str) -> bool:
    """Return whether a member was cut short; raise what its training raised."""
    try:
        result = outcome.result()
    except Failure as failure:
        raise MolgnnError(
            f"{title} came to no end ({failure.reason}), perhaps for want of memory; fix: fewer "
            "jobs=…, with resume=… to go on"
        ) from None
    if isinstance(result, Exception):
        raise result
    return result


def _portable(error: Exception) -> Exception:
    """Return an exception that another process can raise, with the traceback that it had here."""
    if not isinstance(error, MolgnnError):
        error.add_note(f"in the process of a member:\n{traceback.format_exc()}")
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{in_one_line(error)}\n{traceback.format_exc()}")
    return error
