"""The archive fixtures, for this folder."""

from storage_backends import archive, archive_url, postgres_url, sqlite_archive, sqlite_template

__all__ = ["archive", "archive_url", "postgres_url", "sqlite_archive", "sqlite_template"]
