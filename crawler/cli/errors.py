"""What ends a command early, and the exit code that says so.

* 0    fine
* 1    done, with failures; or stopped by something that may pass
* 2    fix your configuration or arguments
* 130  interrupted
"""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """Exit codes, relied on from outside."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130


class UsageProblem(Exception):
    """The arguments or the input cannot be used; the message says what to do. Exit code 2."""


class Failure(Exception):
    """The command could not do its work; the message says why. Exit code 1."""


def explain(error: BaseException) -> tuple[list[str], Exit] | None:
    """Return what to tell a person about *error*, and the exit code; None when it is a bug of ours.

    Modules are asked for only when loaded: a command that failed without the database must not
    load it to find that out.
    """
    import sys

    match error:
        case UsageProblem():
            return [str(error)], Exit.USAGE
        case Failure():
            return [str(error)], Exit.FAILED
        case KeyboardInterrupt():
            return ["interrupted"], Exit.INTERRUPTED
    if (problems := sys.modules.get("crawler.config_problems")) and isinstance(
        error, problems.ConfigError
    ):
        return list(error.problems), Exit.USAGE
    if (alerts := sys.modules.get("alerts.errors")) and isinstance(
        error, alerts.ConfigurationProblem
    ):
        return [str(error)], Exit.USAGE
    if (inputs := sys.modules.get("crawler.inputs")) and isinstance(error, inputs.InputProblem):
        return [str(error)], Exit.USAGE
    if (secrets := sys.modules.get("crawler.secrets")) and isinstance(error, secrets.SecretMissing):
        return [str(error)], Exit.USAGE
    if (storage := sys.modules.get("storage.errors")) and isinstance(error, storage.StorageError):
        mend = (
            storage.StorageRefused,
            storage.StorageReadOnly,
            storage.SchemaOutdated,
            storage.SchemaNewer,
        )
        return [str(error)], Exit.USAGE if isinstance(error, mend) else Exit.FAILED
    if isinstance(error, OSError) and error.filename is not None:
        return [f"{error.filename}: {error.strerror or error}"], Exit.FAILED
    return None
