"""Schema, posting core, migrate, keyring and audit against a throw-away PostgreSQL."""
