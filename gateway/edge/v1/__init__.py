"""REST v1.1, in both of its path families: the same house, seen through each user's default conversation."""
