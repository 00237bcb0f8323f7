"""
What can go wrong between a decided alert and its message.

* AlertError
  x ConfigurationProblem      fix the file or the environment
  + DeliveryError
    x NotSent                 certainly not delivered: try again later
    x Uncertain               may have been delivered: look before trying again
    x CannotLook              the destination cannot be asked what it holds
    x PermanentAlert          this message can never go as it stands
    x PermanentChannel        nothing can go to this channel until a person mends it
    x PermanentToken          nothing can go with these credentials until a person mends them
    x ParentGone              the message to update or to reply to is not there (any more)
"""

from __future__ import annotations

from enum import StrEnum


class AlertError(Exception):
    """Any of the errors above."""


class ConfigurationProblem(AlertError):
    """A destination cannot be built; the text says which variable or key to set."""


class DeliveryError(AlertError):
    """A message did not (knowably) arrive. `code` is the destination's own word for it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class Scope(StrEnum):
    """What a refusal to take more messages is about."""

    MESSAGE = "message"
    CHANNEL = "channel"


class NotSent(DeliveryError):
    """The destination certainly does not have the message."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        retry_after: float | None = None,
        scope: Scope = Scope.MESSAGE,
    ) -> None:
        super().__init__(code, detail)
        #: Seconds the destination asked us to wait, already clamped.
        self.retry_after = retry_after
        self.scope = scope


class Uncertain(DeliveryError):
    """The request left us and no clear answer came back."""


class CannotLook(DeliveryError):
    """No way to learn whether an uncertain message arrived (no permission, or no such feature)."""


class PermanentAlert(DeliveryError):
    """The destination will never take this message; a shorter, plainer one may pass."""


class PermanentChannel(DeliveryError):
    """The channel is missing, archived or closed to us."""


class PermanentToken(DeliveryError):
    """The credentials are wrong, revoked, or lack a permission."""


class ParentGone(DeliveryError):
    """The parent message was deleted or can no longer be edited."""
