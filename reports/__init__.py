"""What readers see, made from the published release only."""
