"""A gateway that runs, seen as its clients see it: over REST alone."""
