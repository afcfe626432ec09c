"""Proofs of drafts for pages and the API: each worked out once, in a process of its own, a few at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, timedelta
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from services.rulebook.apart import apart
from services.rulebook.impact import StepChange
from services.rulebook.load import fingerprint_of
from services.rulebook.losses import find_losses
from services.rulebook.mutation import MutationReport, find_unnoticed
from services.rulebook.preview import Preview, Recorded, preview
from services.rulebook.proof import Proof, prove_apart

Files = Mapping[str, str]
Made = TypeVar("Made")
KEPT = 32
SEATS = 2
"""So many threads of a process may wait here; the others, and the processor, are left to those who are advised."""
WITHIN = timedelta(seconds=60)
COME_BACK = timedelta(seconds=3)


class ProofsBusyError(Exception):
    """Enough others are waiting for proofs already; trying again in a moment helps."""


class Proofs:
    """The same files on the same day are proved once; whoever asks meanwhile waits for the same answer.

    Threads wait here without holding the interpreter: other requests go on. All methods but `seat` raise
    ProofsBusyError when no thread is left to wait.
    """

    def __init__(self, today: Callable[[], date], seats: int = SEATS) -> None:
        self._today = today
        self._seats = BoundedSemaphore(seats)
        self._made: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def proof(self, files: Files) -> Proof:
        """Everything that is wrong with the rules; never raises for what they hold."""
        today = self._today()
        return self._once(("proof", fingerprint_of(files), today), lambda: prove_apart(dict(files), today, WITHIN))

    def unnoticed(self, files: Files) -> MutationReport:
        """Which small changes no case would notice. Raises RulebookError, or ApartError if it takes too long."""
        today = self._today()
        key = "unnoticed", fingerprint_of(files), today
        report: MutationReport = self._once(key, lambda: apart(find_unnoticed, dict(files), today, within=WITHIN))
        return report

    def losses(self, old: Files, new: Files) -> tuple[StepChange, ...]:
        """The steps that somebody would lose or be told to take later. Raises as `unnoticed` does."""
        today = self._today()
        key = "losses", fingerprint_of(old), fingerprint_of(new), today
        return self._once(key, lambda: apart(find_losses, dict(old), dict(new), today, within=WITHIN))

    def preview(self, old: Files, new: Files, recorded: Sequence[Recorded]) -> Preview:
        """For whom the advice changes; worked out anew each time, as cases change. Raises as `unnoticed` does."""
        found: Preview = self.work_out(preview, dict(old), dict(new), self._today(), list(recorded))
        return found

    def work_out(self, function: Callable[..., Any], *args: Any) -> Any:
        """What a function of a module answers, in a process of its own. Raises as `unnoticed` does."""
        with self.seat():
            return apart(function, *args, within=WITHIN)

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place for a thread to wait in."""
        if not self._seats.acquire(blocking=False):
            raise ProofsBusyError
        try:
            yield
        finally:
            self._seats.release()

    def _once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            known = self._made.get(key)
            if known is not None and known.done():
                self._made.move_to_end(key)
                return known.result()  # type: ignore[no-any-return]
        with self.seat():
            return self._wait_for(key, make)

    def _wait_for(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            known = self._made.get(key)
            future: Future[Made] = known or Future()
            self._made[key] = future
            self._made.move_to_end(key)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        if known is None:
            self._fill(key, future, make)
        return future.result()

    def _fill(self, key: Hashable, future: Future[Made], make: Callable[[], Made]) -> None:
        """What failed is not kept: it may have been the machine's fault."""
        try:
            future.set_result(make())
        except BaseException as error:
            with self._lock:
                self._made.pop(key, None)
            future.set_exception(error)
            if not isinstance(error, Exception):
                raise
