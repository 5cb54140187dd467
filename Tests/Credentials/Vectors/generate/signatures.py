"""Families `signatures` and `binding`: everything right but the proof."""
import hashlib

import jose
from vectors import CLAIMS, KEYS, PROVIDER, SECRET, Family, claimed, claims, header, token

P256 = jose.ORDER_P256


def signatures():
    family = Family("Signatures that are almost right (RFC 8725, 3.3 and 3.4; CVE-2022-21449; RFC 8017, 8.2; RFC 8032, 5.1.7).")
    lengths(family)
    moved(family)
    rsa(family)
    pss(family)
    ecdsa(family)
    edwards(family)
    hmac(family)
    return family


def bad(family, name, why, token):
    family.refused(name, why, token, "bad_signature")


def signed_with(signature, kid):
    return token(head=header(kid), signature=signature, kid=kid)


def right(kid):
    return jose.unb64(token(head=header(kid), kid=kid).split(".")[2])


def lengths(family):
    for kid, (_, algorithm) in PROVIDER.items():
        good, why = right(kid), "A signature has one length."
        bad(family, f"{algorithm}, no signature", why, signed_with(b"", kid))
        bad(family, f"{algorithm}, last byte cut", why, signed_with(good[:-1], kid))
        bad(family, f"{algorithm}, first byte cut", why, signed_with(good[1:], kid))
        bad(family, f"{algorithm}, a zero behind", why, signed_with(good + b"\0", kid))
        bad(family, f"{algorithm}, a zero before", why, signed_with(b"\0" + good, kid))
        bad(family, f"{algorithm}, all zero", "Zero must not pass for proof.", signed_with(bytes(len(good)), kid))
        bad(family, f"{algorithm}, all ones", "Nor all ones.", signed_with(b"\xff" * len(good), kid))
        bad(family, f"{algorithm}, lowest bit of the last byte", "One bit is enough.", signed_with(good[:-1] + bytes([good[-1] ^ 1]), kid))
        bad(family, f"{algorithm}, twice in a row", why, signed_with(good + good, kid))


def moved(family):
    other = jose.unb64(claimed(sub="root").split(".")[2])
    bad(family, "the signature of another token", "Same key, other claims.", signed_with(other, "rsa-1"))
    head, _, signature = token().split(".")
    bad(family, "other claims under the signature", "Claims changed after signing.",
        f"{head}.{jose.b64(jose.text(claims(sub='root')))}.{signature}")
    bad(family, "another header over the signature", "The header is signed too.",
        f"{jose.b64(jose.text(header(extra=1)))}.{jose.b64(jose.text(CLAIMS))}.{signature}")
    for kid, mine in {"rsa-1": "rsa_other", "ec-1": "p256_other", "ed-1": "ed25519_other"}.items():
        bad(family, f"{PROVIDER[kid][1]}, another's key under {kid}", "The kid is the provider's, the key is not.",
            jose.compact(header(kid), CLAIMS, KEYS[mine]))
    family.refused("a key of the set, under another's kid", "rsa-2 signed, rsa-1 named.",
                   jose.compact(header("rsa-1"), CLAIMS, KEYS["rsa_other"]), "bad_signature", keys="two-rsa")
    family.refused("PEM key, another's signature", "Without a set the one key decides.",
                   jose.compact(header(kid=None), CLAIMS, KEYS["rsa_other"]), "bad_signature", keys="rsa-pem",
                   policy={"algorithms": ["RS256"]})
    for keys, kid in {"rsa-pem": "rsa-1", "ec-pem": "ec-1", "ed-pem": "ed-1"}.items():
        family.accepted(f"control, {keys}", "One key from a file, no kid asked.", token(head=header(kid) | {"kid": "any"}, kid=kid), keys=keys)


def padded(prefix, digest, size=256):
    """EMSA-PKCS1-v1_5 with a DigestInfo of our choice."""
    tail = prefix + digest
    return b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail


SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
SHA512 = bytes.fromhex("3051300d060960864801650304020305000440")


def private(block, key):
    numbers = key.private_numbers()
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


def cube_root(value):
    low, high = 0, 1 << (value.bit_length() // 3 + 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < value else (low, middle)
    return low


def rsa(family):
    key, data = KEYS["rsa"], token().rsplit(".", 1)[0].encode()
    digest, modulus = hashlib.sha256(data).digest(), KEYS["rsa"].public_key().public_numbers().n
    strict = "The padding is compared whole (RFC 8017, 8.2.2)."
    for name, block in {
        "SHA-1 in the padding": padded(SHA1, hashlib.sha1(data).digest()), "SHA-512 in the padding": padded(SHA512, hashlib.sha512(data).digest()),
        "no DigestInfo": padded(b"", digest), "DigestInfo without NULL": padded(bytes.fromhex("302f300b0609608648016503040201" "0420"), digest),
        "type 2 padding": b"\0\2" + padded(SHA256, digest)[2:], "short padding and garbage behind": b"\0\1" + b"\xff" * 8 + b"\0" + SHA256 + digest + b"\1" * 194,
        "a zero in the padding": padded(SHA256, digest).replace(b"\xff" * 4, b"\xff\0\xff\xff", 1),
    }.items():
        bad(family, f"RS256, {name}", strict, signed_with(private(block, key), "rsa-1"))
    good = int.from_bytes(right("rsa-1"), "big")
    for name, value in {"one": 1, "the modulus": modulus, "the modulus less one": modulus - 1, "negated": modulus - good}.items():
        bad(family, f"RS256, the signature is {name}", "A number below the modulus, and the right one.", signed_with(value.to_bytes(256, "big"), "rsa-1"))
    if good + modulus < 1 << 2048:
        bad(family, "RS256, the modulus added", "The same residue is another signature.", signed_with((good + modulus).to_bytes(256, "big"), "rsa-1"))
    bad(family, "RS256, the other padding", "PSS where PKCS #1 v1.5 is named.", signed_with(jose.sign("PS256", key, data), "rsa-1"))
    bad(family, "RS256, SHA-512 all through", "RS512 where RS256 is named.", signed_with(jose.sign("RS512", key, data), "rsa-1"))
    cubed = jose.compact(header("rsa-1", kid="e3"), CLAIMS, KEYS["rsa_e3"], algorithm="RS256")
    family.accepted("control, exponent 3", "A key with e = 3, honestly used.", cubed, keys="rsa-e3")
    signing = cubed.rsplit(".", 1)[0].encode()
    start = b"\0\1" + b"\xff" * 8 + b"\0" + SHA256 + hashlib.sha256(signing).digest()
    forged = cube_root(int.from_bytes(start + bytes(256 - len(start)), "big"))
    assert (forged**3).to_bytes(256, "big").startswith(start)
    family.refused("RS256, cube root forgery", "Bleichenbacher 2006: made without the private key, passes whoever ignores what follows the digest.",
                   jose.compact(header("rsa-1", kid="e3"), CLAIMS, None, signature=forged.to_bytes(256, "big")), "bad_signature", keys="rsa-e3")


def pss(family):
    key, data = KEYS["rsa_pss"], token(head=header("pss-1"), kid="pss-1").rsplit(".", 1)[0].encode()
    for name, salt in {"no salt": b"", "a salt of 20 bytes": b"s" * 20, "a salt of 64 bytes": b"s" * 64, "the longest salt": b"s" * 222}.items():
        bad(family, f"PS256, {name}", "RFC 7518, 3.5: the salt is as long as the digest.", signed_with(jose.pss(key, data, hashlib.sha256, salt), "pss-1"))
    bad(family, "PS256, the other padding", "PKCS #1 v1.5 where PSS is named.", signed_with(jose.sign("RS256", key, data), "pss-1"))
    bad(family, "PS256, SHA-384 all through", "PS384 where PS256 is named.", signed_with(jose.sign("PS384", key, data), "pss-1"))


def der(r, s):
    def integer(value):
        raw = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\2" + bytes([len(raw)]) + raw
    body = integer(r) + integer(s)
    return b"\x30" + bytes([len(body)]) + body


def ecdsa(family):
    good = right("ec-1")
    r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    bad(family, "ES256, DER", "RFC 7518, 3.4: r and s side by side, not ASN.1.", signed_with(der(r, s), "ec-1"))
    why = "r and s are between 1 and the order of the curve less one (CVE-2022-21449)."
    for name, (first, second) in {"r zero": (0, s), "s zero": (r, 0), "r the order": (P256, s), "s the order": (r, P256),
                                  "both the order": (P256, P256), "both one": (1, 1), "s and r exchanged": (s, r),
                                  "r one above": (r + 1, s)}.items():
        bad(family, f"ES256, {name}", why, signed_with(jose.pair(first, second, 32), "ec-1"))
    bad(family, "ES256, a signature of P-384", "Of another curve's length.", signed_with(right("ec384-1"), "ec-1"))
    family.refused("ES256 named, key of P-384", "ES256 is P-256 and no other curve (RFC 7518, 3.4).",
                   jose.compact(header("ec384-1", alg="ES256"), CLAIMS, KEYS["p384"], algorithm="ES256"), "key_algorithm_mismatch")
    bad(family, "ES256, SHA-384 inside", "The digest belongs to the name.",
        signed_with(jose.pair(*jose.raw_ecdsa(KEYS["p256"], token(head=header("ec-1"), kid="ec-1").rsplit(".", 1)[0].encode(), jose.HASHES["384"]), 32), "ec-1"))
    bad(family, "ES512, padded to 128 bytes", "P-521 is 66 bytes each, not 64 and not 132 bits more.", signed_with(right("ec521-1")[2:66] + right("ec521-1")[68:], "ec521-1"))
    family.accepted("ES256, the other s", "(r, n - s) is as good a signature; JWS names no low-s rule. The token's bytes differ, so its cache entry does.",
                    signed_with(jose.pair(r, P256 - s, 32), "ec-1"))


def edwards(family):
    good = right("ed-1")
    s = int.from_bytes(good[32:], "little")
    bad(family, "EdDSA, S plus the order", "RFC 8032, 5.1.7: S is below the order.", signed_with(good[:32] + (s + jose.ORDER_ED25519).to_bytes(32, "little"), "ed-1"))
    bad(family, "EdDSA, R the neutral point", "A small-order R with S zero proves nothing.", signed_with(b"\1" + bytes(63), "ed-1"))
    bad(family, "EdDSA, R and S exchanged", "One bit is enough, and this is more.", signed_with(good[32:] + good[:32], "ed-1"))
    bad(family, "EdDSA, signed the digest", "Ed25519 signs the message, not its hash.",
        signed_with(KEYS["ed25519"].sign(hashlib.sha512(token(head=header("ed-1"), kid="ed-1").rsplit(".", 1)[0].encode()).digest()), "ed-1"))
    bad(family, "EdDSA, Ed448's signature", "Another curve, 114 bytes.", jose.compact(header("ed-1"), CLAIMS, KEYS["ed448"]))


def hmac(family):
    terms = {"keys": "secret", "policy": {"algorithms": ["HS256"]}}
    head = header(alg="HS256", kid=None)
    good = jose.unb64(jose.compact(head, CLAIMS, SECRET).split(".")[2])
    for name, signature in {"no signature": b"", "half of it": good[:16], "one byte": good[:1], "a zero behind": good + b"\0", "all zero": bytes(32),
                            "HS384's": jose.sign("HS384", SECRET, jose.compact(head, CLAIMS, SECRET).rsplit(".", 1)[0].encode())}.items():
        family.refused(f"HS256, {name}", "The whole digest is compared.", jose.compact(head, CLAIMS, SECRET, signature=signature), "bad_signature", **terms)
    for name, secret in {"the empty secret": b"", "a prefix of the secret": SECRET[:32], "the secret and a line feed": SECRET + b"\n",
                         "the secret in base64url": jose.b64(SECRET).encode()}.items():
        family.refused(f"HS256 with {name}", "Another secret.", jose.compact(head, CLAIMS, secret), "bad_signature", **terms)
    family.refused("HS384 where HS256 is listed", "The secret could, the list does not.", jose.compact(head | {"alg": "HS384"}, CLAIMS, SECRET),
                   "algorithm_not_allowed", **terms)


def binding():
    family = Family("cnf: a token bound to a certificate or a key is no bearer token (RFC 7800, RFC 8705 section 3, RFC 9449 section 6).")
    thumb = jose.b64(hashlib.sha256(b"a certificate").digest())
    family.accepted("bound to a certificate", "The digest comes out for whoever holds the certificate against it.", claimed(cnf={"x5t#S256": thumb}),
                    principal={"certificate": thumb})
    family.accepted("bound to a key", "The thumbprint comes out for whoever holds the proof against it.", claimed(cnf={"jkt": thumb}), principal={"jkt": thumb})
    family.accepted("bound to both", "Then both are asked.", claimed(cnf={"x5t#S256": thumb, "jkt": thumb}), principal={"certificate": thumb, "jkt": thumb})
    why = "A confirmation that cannot be read must not turn the token into a bearer token."
    for name, value in {"a string": thumb, "a list": [{"jkt": thumb}], "a number": 1, "null": None}.items():
        family.refused(f"cnf is {name}", why, claimed(cnf=value), "claim_wrong_type", "cnf")
    for member in ["jkt", "x5t#S256"]:
        for name, value in {"a number": 1, "empty": "", "too short": thumb[:-1], "too long": thumb + "A", "padded": thumb + "=",
                            "of the standard alphabet": "+" * 42 + "8", "with loose bits": thumb[:-1] + chr(ord(thumb[-1]) + 1), "null": None}.items():
            family.refused(f"{member} is {name}", why, claimed(cnf={member: value}), "claim_wrong_type", f"cnf.{member}")
    family.refused("cnf of no kind we know", why, claimed(cnf={"jwk": {"kty": "oct"}}), "claim_wrong_type", "cnf")
    family.refused("cnf empty", why, claimed(cnf={}), "claim_wrong_type", "cnf")
    return family
