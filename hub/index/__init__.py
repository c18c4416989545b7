"""The index: who said what about which child, what is owed to whom, and who read what; the hub's only SQL.

``Store`` is the way in: ``with store.write() as work:`` is one transaction, and ``work.records``, ``work.matches``,
``work.outbox`` and so on are the subjects of it. SQLite (WAL) and PostgreSQL behave the same behind it.
"""

from hub.index.store import Store, Work

__all__ = ["Store", "Work"]
