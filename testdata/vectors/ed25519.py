"""Ed25519 verification after RFC 8032, section 5.1.7, in plain integers.

Slow, and not for secrets: it is a second opinion on test vectors.
"""

import base64
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    """The x of a point, or None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT % P
    if (x * x - square) % P != 0 or (x == 0 and sign):
        return None
    return P - x if x % 2 != sign else x


def point(encoded):
    """The point of 32 bytes, in extended coordinates, or None."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = None if y >= P else recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, p):
    out = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            out = add(out, p)
        p, scalar = add(p, p), scalar >> 1
    return out


def verify(public, message, signature):
    """Whether the 64 bytes are a signature of the message under the key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = multiply(s, BASE)
    right = add(r, multiply(int.from_bytes(digest, "little") % ORDER, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def public_key(text):
    """The 32 bytes of a key in hex, base64 or PEM, or None. Of a private key in
    PEM its public half is computed."""
    try:
        if text.startswith("-----BEGIN "):
            der = base64.b64decode("".join(text.splitlines()[1:-1]), validate=True)
            return private_half(der[-32:]) if "PRIVATE" in text else der[-32:]
        raw = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 32 else None


def private_half(seed):
    clamped = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    clamped = (clamped & ((1 << 254) - 8)) | (1 << 254)
    x, y, z, _ = multiply(clamped, BASE)
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little")
