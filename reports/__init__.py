"""Everything that readers see, made from the published release only."""
