"""Looks at something now and then, in a thread of its own, while it is entered."""

import threading
from abc import ABC, abstractmethod
from typing import Self


class Looking(ABC):
    def __init__(self, every: float) -> None:
        """``every``: seconds between two looks."""
        self._every, self._ending = every, threading.Event()
        self._thread = threading.Thread(target=self._run, name="looking", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(self._every):
            self.look()

    @abstractmethod
    def look(self) -> None:
        """Look once."""
