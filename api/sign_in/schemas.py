"""What signing in takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Email = Annotated[str, Meta(min_length=3, max_length=254, description="E-mail address.")]
Password = Annotated[str, Meta(min_length=1, max_length=200)]
NewPassword = Annotated[
    str, Meta(min_length=12, max_length=200, description="At least 12 characters, of any kind.")
]
Code = Annotated[
    str,
    Meta(min_length=6, max_length=20, description="Six digits of the app, or a recovery code."),
]
Token = Annotated[str, Meta(min_length=20, max_length=100, description="As it was handed out.")]


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Unknown fields are refused."""


class SignIn(_In, frozen=True, kw_only=True):
    """An e-mail address with its password."""

    email: Email
    password: Password
    code: Code | None = None
    """Asked where a second factor is on."""
    organisation_id: UUID | None = None
    """To act for; absent: the one that the person is in, or joined first."""


class SignOut(_In, frozen=True, kw_only=True):
    """End this session, or all of them."""

    everywhere: bool = False


class SignedIn(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody is signed in; the session itself is in the cookie."""

    person_id: UUID
    organisation_id: UUID | None
    expires_at: datetime


class PasswordChange(_In, frozen=True, kw_only=True):
    """A new password in place of the present one."""

    present: Password
    new: NewPassword


class ResetIn(_In, frozen=True, kw_only=True):
    """Whose password is to be set anew."""

    person_id: UUID


class ResetToken(msgspec.Struct, frozen=True, rename="camel"):
    """A token to hand to the person; it is shown this once."""

    person_id: UUID
    token: str
    expires_at: datetime


class ResetUse(_In, frozen=True, kw_only=True):
    """A token that was handed out, with a new password."""

    token: Token
    password: NewPassword


class PasswordProof(_In, frozen=True, kw_only=True):
    """The present password, to show that it is still the person who asks."""

    password: Password


class Enrolment(msgspec.Struct, frozen=True, rename="camel"):
    """What goes into the app; nothing changes until a code of it is confirmed."""

    secret: str
    uri: str
    """`otpauth://`, to show as a QR code."""


class CodeIn(_In, frozen=True, kw_only=True):
    """A code of the app."""

    code: Code


class RecoveryCodes(msgspec.Struct, frozen=True, rename="camel"):
    """Codes that each stand in for the app once; they are shown this once."""

    codes: tuple[str, ...]
