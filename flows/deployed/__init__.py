"""Under Prefect: the flows, their deployment and schedule, and who is notified."""
