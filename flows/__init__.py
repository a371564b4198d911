"""How a run is driven: the command, the nightly flow, and the order of steps."""
