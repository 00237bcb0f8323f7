"""What can go wrong between us and the database; the message says what, where and what to do.

* StorageError
  x StorageBusy            try again later: another process holds the database
  x StorageUnreachable     try again later, or start the server
  x StorageFull            make room
  x StorageReadOnly        mend the permissions
  x StorageCorrupt         restore a backup
  x SchemaOutdated         run: windcatch db upgrade
  x SchemaNewer            install the newer Windcatch
  x StorageRefused         mend the address, the credentials or the argument
  x StorageStopped         nothing: it was broken off because somebody asked for it
"""

from __future__ import annotations


class StorageError(Exception):
    """Something only a person, or time, can mend; never a bug of ours."""


class StorageBusy(StorageError):
    """Another process holds the database for longer than we wait."""


class StorageUnreachable(StorageError):
    """The database server does not answer."""


class StorageFull(StorageError):
    """No room left for the database."""


class StorageReadOnly(StorageError):
    """The database, or its folder, may not be written."""


class StorageCorrupt(StorageError):
    """The database is damaged, or is no database."""


class SchemaOutdated(StorageError):
    """The database was made by an older Windcatch."""


class SchemaNewer(StorageError):
    """The database was made by a newer Windcatch."""


class StorageRefused(StorageError):
    """The address, the credentials or the request cannot be right."""


class StorageStopped(StorageError):
    """Long work was broken off because whoever began it wants to end."""
