"""One figure per file: `figure(records)` draws it, `describe(records)` says what it shows."""
