"""Tokens by PyJWT, the library that all three frameworks verify them with.

Reads {"keys": {...}, "defaults": {...}, "orders": [...]} and writes a list of tokens. An order adds to the defaults:
`alg`, `key`, `header`, `claims` (null removes one), `seconds` (claims as seconds from now), and `signed: false` or
`tampered: true` for one whose signature is missing or of other claims. `raw` is a token to the letter.
"""

import base64
import hashlib
import hmac
import json
import sys
import time

import jwt


def encode(part):
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token(order, defaults, keys):
    if "raw" in order or not defaults:
        return order.get("raw", "")
    claims = {**defaults.get("claims", {}), **order.get("claims", {})}
    for name, seconds in {**defaults.get("seconds", {}), **order.get("seconds", {})}.items():
        if name not in order.get("claims", {}):
            claims[name] = int(time.time()) + seconds
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {**defaults.get("header", {}), **order.get("header", {})}
    header = {name: value for name, value in header.items() if value is not None}
    alg = order.get("alg", defaults.get("alg"))
    key = keys[order.get("key", defaults.get("key"))]
    if alg == "none" or order.get("signed") is False:
        return f"{encode({'alg': alg, 'typ': 'JWT', **header})}.{encode(claims)}."
    if alg.startswith("HS") and "PUBLIC KEY" in key:
        # PyJWT does not sign what an attacker would: the public key as a shared secret.
        signed = f"{encode({'alg': alg, 'typ': 'JWT', **header})}.{encode(claims)}"
        return f"{signed}.{encode(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"
    made = jwt.encode(claims, key, algorithm=alg, headers=header)
    if order.get("tampered"):
        parts = made.split(".")
        parts[1] = encode({**claims, "sub": "mallory", "user_id": "mallory"})
        made = ".".join(parts)
    return made


orders = json.load(sys.stdin)
json.dump([token(order, orders["defaults"], orders["keys"]) for order in orders["orders"]], sys.stdout)
