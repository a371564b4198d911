"""Read files of this project into models: TOML, CSV and plain text. Errors name file, line, column and value."""
