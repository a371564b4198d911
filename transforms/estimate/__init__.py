"""Estimate the next Dashboard: run the engine without its results, or on local estimates of them."""
