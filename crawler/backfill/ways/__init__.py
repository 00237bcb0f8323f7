"""The ways into history, one module each. None of them touches the database."""
