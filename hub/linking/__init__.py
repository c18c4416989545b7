"""Linking two files of people, and learning from the index: the matching core with something to read and to write.

``running.linked(Asked(...))`` reads two files, finds each left person's best right ones on one machine or on Spark, and
writes them. ``on_index.train`` and ``on_index.shadowed`` make a new model from the hub's own index and show what it
would change. Nothing is imported here, so that the command's ``--help`` answers at once.
"""
