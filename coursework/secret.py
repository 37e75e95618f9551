"""The instructor's secret: whoever knows it can compute the hidden inputs."""

import os
import secrets
from pathlib import Path

SHORTEST = 16


class SecretError(Exception):
    """Why a file cannot serve as the secret."""


def make_secret(path):
    """Write a new secret that only its owner may read; never replace an old one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SecretError(f"{path} exists: grades depend on a secret, so it is kept") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def read_secret(path):
    """Return the secret in a file."""
    try:
        content = Path(path).read_bytes().strip()
    except OSError as error:
        raise SecretError(
            f"{path}: {error.strerror}. Make a secret once with: python -m coursework secret {path}"
        ) from None
    if len(content) < SHORTEST:
        raise SecretError(
            f"{path} must hold at least {SHORTEST} characters that nobody can guess;"
            f" it holds {len(content)}"
        )
    return content
