"""Passwords of the page: kept as scrypt hashes, never as they are."""

import hashlib
import hmac
import secrets

COST, BLOCK, LANES = 2**15, 8, 1
"""What OWASP's cheat sheet of password storage names for scrypt beside 32 MB of memory: about 0.1 s a try."""
MEMORY = 128 * COST * BLOCK * 2


def make_password() -> str:
    """Make up a password of 96 random bits."""
    return secrets.token_urlsafe(12)


def hash_password(password: str) -> str:
    """Return what may be kept of a password: method, cost, salt and hash."""
    salt = secrets.token_bytes(16)
    return f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${_scrypt(password, salt, COST, BLOCK, LANES).hex()}"


def is_password(password: str, kept: str) -> bool:
    """Say whether a password is the one whose hash was kept; in the same time, whatever it is."""
    _, cost, block, lanes, salt, digest = kept.split("$")
    tried = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(tried, bytes.fromhex(digest))


def derive_key(kept: str) -> str:
    """Return a key that only who knows the kept hash can make."""
    return hmac.new(kept.encode(), b"sessions of the page", "sha256").hexdigest()


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY)
