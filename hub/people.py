"""People who sign in: argon2 passwords, sessions by random token, and no way to flood or to guess."""

import datetime
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from contracts import Officer, Refused, Unready
from hub.access import NOWHERE, Caller, Role, Scope, person
from hub.index import Store
from hub.index.accounts import Stored
from hub.reports import Account

_WAIT_SECONDS = 3.0
_INDIA = ZoneInfo("Asia/Kolkata")


class People:
    """Accounts and sessions. ``at_once`` passwords are checked at one time, so that a flood leaves a core free."""

    def __init__(
        self,
        store: Store,
        *,
        session_hours: float = 8.0,
        failures: int = 5,
        lock_out_minutes: float = 15.0,
        at_once: int = 2,
        hasher: PasswordHasher | None = None,
        scope_of: Callable[[str | None, datetime.date], Scope] = lambda institution, on: NOWHERE,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._now, self._scope_of = store, now, scope_of
        self._session = datetime.timedelta(hours=session_hours)
        self._failures, self._lock_out = failures, datetime.timedelta(minutes=lock_out_minutes)
        self._turns = threading.BoundedSemaphore(at_once)
        self._hasher = hasher or PasswordHasher()

    def seed(self, accounts: Sequence[Account]) -> None:
        """Create or overwrite accounts."""
        stored = [self._stored(account) for account in accounts]
        with self._store.write() as work:
            for account in stored:
                work.accounts.save(account)

    def _stored(self, account: Account) -> Stored:
        role = Role(account.role)
        if role in (Role.MACHINE, Role.CITIZEN):
            raise Refused("no_such_role", f"Nobody signs in as {role}. Use another role.")
        password = self._hasher.hash(account.password)
        return Stored(account.login, password, account.name, role.value, account.institution)

    def sign_in(self, login: str, password: str) -> str:
        """A session token. ``Refused``: ``wrong_login``, ``locked_out``. ``Unready``: ``sign_in_busy``.

        An unknown login costs the same time as a wrong password, and gets the same answer.
        """
        with self._turn():
            with self._store.read() as work:
                account = work.accounts.find(login)
            fits = self._fits(account.password if account else self._nobody, password)
        if account is not None and account.locked_until is not None and account.locked_until > self._now():
            raise Refused(
                "locked_out", "Too many wrong passwords. Wait a quarter of an hour, or ask the administrator."
            )
        if account is None or not fits:
            self._note_failure(account)
            raise Refused("wrong_login", "Login or password is wrong. Check both.")
        return self._open(account)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_WAIT_SECONDS):
            raise Unready("sign_in_busy", "Many people sign in just now. Try again in a moment.", 5)
        try:
            yield
        finally:
            self._turns.release()

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _note_failure(self, account: Stored | None) -> None:
        if account is not None:
            with self._store.write() as work:
                work.accounts.note_failure(account.login, self._failures, self._now() + self._lock_out)

    def _open(self, account: Stored) -> str:
        token = secrets.token_urlsafe(32)
        with self._store.write() as work:
            work.accounts.forget_failures(account.login)
            work.accounts.open_session(_hash(token), account.login, self._now(), self._now() + self._session)
        return token

    def officer(self, token: str) -> Caller | None:
        """Who holds the session; None if it is over or was never there."""
        with self._store.read() as work:
            account = work.accounts.of_session(_hash(token), self._now())
        if account is None:
            return None
        officer = Officer(id=account.login, role=account.role, institution=account.institution)
        scope = self._scope_of(account.institution, self._now().astimezone(_INDIA).date())
        return person(officer, Role(account.role), scope)

    def sign_out(self, token: str) -> None:
        with self._store.write() as work:
            work.accounts.close_session(_hash(token))

    def clean(self) -> int:
        """Remove sessions that are over; how many."""
        with self._store.write() as work:
            return work.accounts.clean(self._now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
