"""Output to print, sign or take along: PDF pages, a packet for a county, a letter to finish."""
