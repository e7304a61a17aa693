"""A load generator and its report, for a gateway on this machine only."""
