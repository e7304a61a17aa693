"""What speaks to a gateway from outside. Shares a wire with it, never code."""
