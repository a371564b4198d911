"""``dta site``: pages of the current release, a table browser and SQL, for this computer only."""
