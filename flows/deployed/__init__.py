"""The Prefect flows, their deployment and schedule, and notifications."""
