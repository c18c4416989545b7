"""People who sign in: argon2 passwords, sessions by random token, and no way to flood or to guess."""

import datetime
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import NoReturn
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from contracts import Officer, Refused, Unready
from hub.access import NOWHERE, Caller, Role, Scope, person
from hub.index import Store
from hub.index.accounts import Stored
from hub.reports import Account
from hub.second_factor import SecondFactor

_WAIT_SECONDS = 3.0
_WRONG = "Login, password or code is wrong, or the account is locked for a while. Check, wait, or ask for help."
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
        second: SecondFactor | None = None,
        must_have_second: bool = False,
        scope_of: Callable[[str | None, datetime.date], Scope] = lambda institution, on: NOWHERE,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._store, self._now, self._scope_of = store, now, scope_of
        self._second, self._must_have_second = second or SecondFactor(b"for trials only"), must_have_second
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

    def sign_in(self, login: str, password: str, code: str = "") -> str:
        """A session token. ``Refused``: ``wrong_login``, ``second_factor_needed``. ``Unready``: ``sign_in_busy``.

        An unknown login costs the same time as a wrong password; it, a wrong code and an account that is locked get
        the same answer, so that nobody learns which logins there are.
        """
        with self._turn():
            with self._store.read() as work:
                account = work.accounts.find(login)
            fits = self._fits(account.password if account else self._nobody, password)
        if account is None or not fits or self._is_locked(account) or not self._second_fits(account, code):
            self._note_failure(account)
            raise Refused("wrong_login", _WRONG)
        if self._must_have_second and account.second_factor is None:
            raise Refused("second_factor_needed", "Your account has no one-time codes yet. Ask the administrator.")
        return self._open(account)

    def _is_locked(self, account: Stored) -> bool:
        return account.locked_until is not None and account.locked_until > self._now()

    def _second_fits(self, account: Stored, code: str) -> bool:
        """Each code serves once. An account without a second factor needs none."""
        if account.second_factor is None:
            return True
        step = self._second.step_of(account.second_factor, code, self._now())
        if step is None:
            return False
        with self._store.write() as work:
            return work.accounts.use_step(account.login, step)

    def enrol(self, login: str) -> str:
        """Give the account one-time codes: the address for an app, shown once. ``Refused`` (``no_account``)."""
        enrolled = self._second.enrol(login)
        with self._store.write() as work:
            known = work.accounts.set_second_factor(login, enrolled.sealed)
        return enrolled.address if known else _no_account()

    def revoke(self, login: str) -> int:
        """End every session of the person at once; how many. ``Refused`` (``no_account``)."""
        with self._store.write() as work:
            known = work.accounts.find(login) is not None
            many = work.accounts.close_sessions_of(login)
        return many if known else _no_account()

    def remove(self, login: str) -> None:
        """Take the account away and end its sessions at once. ``Refused`` (``no_account``)."""
        with self._store.write() as work:
            known = work.accounts.remove(login)
        if not known:
            _no_account()

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
        if account is not None and not self._is_locked(account):
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


def _no_account() -> NoReturn:
    raise Refused("no_account", "There is no such account. Check the login.")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
