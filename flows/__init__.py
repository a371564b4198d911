"""The steps of a run, and the command and the nightly flow that perform them."""
