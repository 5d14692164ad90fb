"""The errors that users can cause or meet, as a small tree of classes.

    DemoError
    ├── InputError        what was typed or sent cannot be used
    │   ├── BusyError     it can be used later
    │   └── PolicyError   the content policy does not allow it
    ├── PolicyNoticeError the content policy allows it, with a warning or a notice
    ├── DocumentError     a file cannot be read as text
    ├── CheckpointError   a model folder cannot be loaded
    ├── DeviceError       the processor or its memory cannot do the work
    ├── BackendError      another server, which a task was pointed to, cannot be used
    ├── StoreError        the database cannot be read or written
    └── SettingsError     the program cannot start as it was told to

An error carries a key and values, not a sentence: what is read on the page comes from the catalogue of
texts (``errors.<key>``) in the reader's language.
"""

from __future__ import annotations


class DemoError(Exception):
    """An error with a message for users.

    Args:
        key: name of the message in the catalogues of texts, without the ``errors.`` in front.
        values: of the message's placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key, values)

    def __str__(self) -> str:
        """The key and its values, for logs; users see the catalogue's sentence instead."""
        details = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({details})"


class InputError(DemoError):
    """What was typed or sent cannot be used as it is."""


class BusyError(InputError):
    """Too much is at work; the same request may be answered later."""

    RETRY_AFTER = 30
    """Seconds after which it is worth a try."""


class PolicyError(InputError):
    """The content policy does not allow what was asked for, or what a model began to write."""


class PolicyNoticeError(DemoError):
    """What the content policy says about a request that it allows; shown, not raised."""


class DocumentError(DemoError):
    """A file is damaged, locked, of an unknown kind, too large, or broke what was reading it."""


class CheckpointError(DemoError):
    """A model folder is incomplete, broken or of a kind that is not supported."""


class DeviceError(DemoError):
    """The device lacks the memory, or the ability, for what was asked."""


class BackendError(DemoError):
    """Another server does not answer, refuses, or breaks off."""


class StoreError(DemoError):
    """The database cannot be opened, read or written."""


class SettingsError(DemoError):
    """A flag or an environment variable makes it impossible to start."""
