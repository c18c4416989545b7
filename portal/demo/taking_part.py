"""Who takes part in the demonstration: four participants, their systems, the people who may sign in."""

from dataclasses import dataclass

from contracts import Endpoint, Participant, ParticipantKind, Permission
from hub.reports import Account


@dataclass(frozen=True)
class Taking:
    """One participant with the kind of node that plays its system. ``secret`` opens the node, not the hub."""

    id: str
    name: str
    kind: ParticipantKind
    states: tuple[int, ...]
    secret: str
    pull_every_seconds: int = 300

    @property
    def secret_variable(self) -> str:
        """The environment variable that holds the node's secret."""
        return f"TRACKCHILD_DEMO_{self.kind.upper()}_SECRET"

    def participant(self, address: str) -> Participant:
        """Its entry in the registry, with the node's address."""
        return Participant(
            id=self.id,
            name=self.name,
            kind=self.kind,
            states=list(self.states),
            permissions=list(Permission),
            endpoint=Endpoint(
                adapter=self.kind,
                url=address,
                secret=f"env:{self.secret_variable}",
                pull_every_seconds=self.pull_every_seconds,
            ),
        )


TAKING_PART = (
    Taking("zipnet", "ZIPNET (look-alike)", ParticipantKind.ZIPNET, (3, 5, 6, 7, 8, 9), "demo-zipnet"),
    Taking("police-br", "Bihar Police (look-alike)", ParticipantKind.STATE_POLICE, (10,), "hub:demo-police"),
    Taking("pri-br", "Panchayats of Bihar (look-alike)", ParticipantKind.PRI, (10,), "demo-panchayat"),
    Taking("cci-dl", "Homes of Delhi (look-alike)", ParticipantKind.CCI, (7,), "demo-homes"),
)

PASSWORD = "find-the-children"  # noqa: S105 - printed by the demo for everybody
#: At the centre (but for the home's case worker), so that they see the children of every state that takes part.
ACCOUNTS = tuple(
    Account(login=login, password=PASSWORD, name=name, role=role, institution=institution)
    for login, name, role, institution in (
        ("officer.demo", "Police officer (demo)", "officer", "in:ncrb"),
        ("cwc.demo", "Member of a committee (demo)", "committee", "in:cpsu"),
        ("home.demo", "Case worker of a home (demo)", "cci", "in:cci:dl-ch-01"),
        ("admin.demo", "Administrator (demo)", "administrator", None),
        ("auditor.demo", "Auditor (demo)", "auditor", None),
    )
)
