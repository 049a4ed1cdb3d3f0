"""SHA-256 of what is short: an address, a manifest.

`hashlib` loads OpenSSL, which takes longer than all that a start reads. Python has the same function without it, in a
module of its own that the standard library's `random` takes for the same reason; its name is another one since 3.12.
Whole documents are left to `hashlib`, which is several times as quick once it is there.
"""

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # CPython's own, without stubs
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]  # likewise, until 3.11
    except ImportError:  # a Python that was built without them
        from hashlib import sha256


def short_sha256(body: bytes) -> str:
    """The digest, as hashlib writes it.

    >>> short_sha256(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return str(sha256(body).hexdigest())
