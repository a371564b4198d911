"""Files of this project as models: TOML, CSV and plain text, with file, line, column and value of whatever is wrong."""
