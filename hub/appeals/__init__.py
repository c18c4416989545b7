"""Missing children that the public is shown, as others' machines read them: CAP 1.2 alerts and PFIF records.

``issuing`` writes one message for each thing to be told (a child is shown, what is shown changed, it is shown no
longer), ``desk`` gives messages and feeds out, ``cap`` and ``pfif`` write them.
"""

from hub.appeals.desk import Appeals, Wanted

__all__ = ["Appeals", "Wanted"]
