"""The organisations of the exchange: registered, altered, set inactive; their endpoints and what each may do."""

import datetime
from collections.abc import Iterable

from sqlalchemy import select

from contracts import Endpoint, Participant, ParticipantKind, Permission, Problem, Refused
from registry.institutions import Institutions
from registry.states import states
from registry.store import Store, insert_new, upsert
from registry.tables import participants as table


class Participants:
    """Who takes part. A participant has no permission that it was not given."""

    def __init__(self, store: Store, institutions: Institutions) -> None:
        self._store, self._institutions = store, institutions

    def register(self, participant: Participant) -> None:
        """Add one; raises ``Refused`` (``participant_known``, ``bad_participant``)."""
        self._check(participant)
        with self._store.writing() as connection:
            known = connection.execute(select(table.c.id).where(table.c.id == participant.id)).first()
            if known is not None:
                raise Refused("participant_known", "A participant of this id is registered; alter it instead.")
            insert_new(connection, table, [_row(participant)])

    def alter(self, participant: Participant) -> None:
        """Overwrite all that is known of it; raises ``Refused`` (``unknown_participant``, ``bad_participant``)."""
        self._check(participant)
        self.require(participant.id)
        with self._store.writing() as connection:
            upsert(connection, table, [_row(participant)])

    def put(self, participant: Participant) -> None:
        """Register or alter, whichever is needed (for configuration that is applied again and again)."""
        self._check(participant)
        with self._store.writing() as connection:
            upsert(connection, table, [_row(participant)])

    def deactivate(self, participant_id: str) -> Participant:
        """It takes no part any more: its keys stop, nothing is pulled from it or sent to it; nothing is lost."""
        changed = self.require(participant_id).model_copy(update={"active": False})
        self.alter(changed)
        return changed

    def activate(self, participant_id: str) -> Participant:
        """It takes part again, with the keys that are still valid."""
        changed = self.require(participant_id).model_copy(update={"active": True})
        self.alter(changed)
        return changed

    def permit(self, participant_id: str, permissions: Iterable[Permission]) -> Participant:
        """It may do exactly this from now on."""
        changed = self.require(participant_id).model_copy(update={"permissions": sorted(set(permissions))})
        self.alter(changed)
        return changed

    def get(self, participant_id: str) -> Participant | None:
        """One participant, active or not; None if there is none."""
        with self._store.reading() as connection:
            body = connection.execute(select(table.c.body).where(table.c.id == participant_id)).scalar()
        return None if body is None else Participant.model_validate_json(body)

    def of_certificate(self, text: str) -> Participant | None:
        """The active participant for which this certificate (base64 DER) is registered; None if there is none."""
        query = select(table.c.body).where(table.c.body.contains(text, autoescape=True)).where(table.c.active)
        with self._store.reading() as connection:
            bodies = list(connection.execute(query).scalars()) if text else []
        found = [one for one in map(Participant.model_validate_json, bodies) if text in one.certificates]
        return found[0] if len(found) == 1 else None

    def require(self, participant_id: str) -> Participant:
        """The same; raises ``Refused`` with code ``unknown_participant``."""
        found = self.get(participant_id)
        if found is None:
            raise Refused("unknown_participant", "No participant of this id is registered; register it first.")
        return found

    def all(self, kind: ParticipantKind | None = None, active: bool | None = None) -> list[Participant]:
        """All, or those of a kind, active or not, by id."""
        query = select(table.c.body).order_by(table.c.id)
        query = query if kind is None else query.where(table.c.kind == kind)
        query = query if active is None else query.where(table.c.active == active)
        with self._store.reading() as connection:
            return [Participant.model_validate_json(body) for body in connection.execute(query).scalars()]

    def endpoints(self) -> dict[str, Endpoint]:
        """Id -> endpoint, of the active participants that have one."""
        return {one.id: one.endpoint for one in self.all(active=True) if one.endpoint is not None}

    def _check(self, participant: Participant) -> None:
        wrong = []
        if participant.institution is not None and not self._institutions.versions(participant.institution):
            words = "Add the institution first, or correct its id."
            wrong.append(Problem(field="institution", rule="institution_unknown", message=words))
        known = {state.lgd for state in states()}
        for n, code in enumerate(participant.states):
            if code not in known:
                words = "No State or UT has this LGD code."
                wrong.append(Problem(field=f"states.{n}", rule="state_unknown", message=words))
        if wrong:
            raise Refused("bad_participant", "Correct the fields named in the problems.", wrong)


def _row(participant: Participant) -> dict[str, object]:
    return {
        "id": participant.id,
        "kind": participant.kind,
        "active": participant.active,
        "body": participant.model_dump_json(exclude_none=True),
        "changed_at": datetime.datetime.now(datetime.UTC),
    }
