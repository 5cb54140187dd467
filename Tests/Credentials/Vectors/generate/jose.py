"""Signing as an attacker needs it: every byte of a token can be set, right or wrong, and every run gives the same bytes."""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "secp256k1"}
ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ORDER_ED25519 = 2**252 + 27742317777372353535851937790883648493


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value, length=None):
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def text(document):
    """As compact as a provider writes it."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def jwk(key, **members):
    """The public JWK of a private key; `members` are added to it."""
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        numbers = public.public_numbers()
        document = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    elif isinstance(key, EllipticCurvePrivateKey):
        numbers, size = public.public_numbers(), (key.curve.key_size + 7) // 8
        document = {"kty": "EC", "crv": CURVES[key.curve.name], "x": number(numbers.x, size), "y": number(numbers.y, size)}
    else:
        raw = public.public_bytes_raw()
        document = {"kty": "OKP", "crv": "Ed25519" if len(raw) == 32 else "Ed448", "x": b64(raw)}
    return document | members


def private_jwk(key, **members):
    document = jwk(key)
    if isinstance(key, RSAPrivateKey):
        document["d"] = number(key.private_numbers().d)
    elif isinstance(key, EllipticCurvePrivateKey):
        document["d"] = number(key.private_numbers().private_value, (key.curve.key_size + 7) // 8)
    else:
        document["d"] = b64(key.private_bytes_raw())
    return document | members


def thumbprint(document):
    """RFC 7638: the required members, sorted, without a space."""
    required = {"RSA": ["e", "kty", "n"], "EC": ["crv", "kty", "x", "y"], "OKP": ["crv", "kty", "x"], "oct": ["k", "kty"]}
    return b64(hashlib.sha256(text({name: document[name] for name in required[document["kty"]]})).digest())


def pss(key, data, digest, salt):
    """EMSA-PSS with a salt of our choice (RFC 8017, 9.1.1), so that PS256 signs the same bytes every time."""
    modulus = key.public_key().public_numbers().n
    bits = modulus.bit_length() - 1
    length, size = (bits + 7) // 8, digest().digest_size
    hashed = digest(b"\0" * 8 + digest(data).digest() + salt).digest()
    block = b"\0" * (length - len(salt) - size - 2) + b"\1" + salt
    stream = b"".join(digest(hashed + i.to_bytes(4, "big")).digest() for i in range(length // size + 1))
    masked = bytearray(a ^ b for a, b in zip(block, stream))
    masked[0] &= 0xFF >> (8 * length - bits)
    encoded = int.from_bytes(bytes(masked) + hashed + b"\xbc", "big")
    return pow(encoded, key.private_numbers().d, modulus).to_bytes((modulus.bit_length() + 7) // 8, "big")


def raw_ecdsa(key, data, digest):
    """r and s, with the nonce of RFC 6979."""
    return utils.decode_dss_signature(key.sign(data, ec.ECDSA(digest(), deterministic_signing=True)))


def pair(r, s, size):
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def sign(algorithm, key, data):
    """The right signature of `data`; a secret is bytes."""
    family, size = algorithm[:2], algorithm[2:]
    if algorithm == "none":
        return b""
    if algorithm == "EdDSA":
        return key.sign(data)
    if family == "HS":
        return hmac.new(key, data, getattr(hashlib, "sha" + size)).digest()
    if family == "RS":
        return key.sign(data, padding.PKCS1v15(), HASHES[size]())
    if family == "PS":
        digest = getattr(hashlib, "sha" + size)
        return pss(key, data, digest, digest(b"salt of the vectors").digest())
    r, s = raw_ecdsa(key, data, HASHES[size[:3]])
    return pair(r, s, (key.curve.key_size + 7) // 8)


def compact(header, payload, key, algorithm=None, signature=None):
    """A compact JWS. `header` and `payload` are documents, or bytes taken as they are; `signature` replaces the right one."""
    head = header if isinstance(header, bytes) else text(header)
    body = payload if isinstance(payload, bytes) else text(payload)
    signed = b64(head) + "." + b64(body)
    if signature is None:
        algorithm = algorithm or header["alg"]
        signature = sign(algorithm, key, signed.encode())
    return signed + "." + b64(signature)
