"""Keys, tokens and proofs made by a JOSE library that has nothing to do with Postern.

Reads a JSON list of orders from standard input and prints a JSON list of answers, one object of texts for each:
    {"do": "key"}                                             a P-256 key: private, public (PEM), jwks, thumbprint
    {"do": "sign", "key": PEM, "header": {…}, "claims": {…}}  token
    {"do": "proof", "key": PEM, "method": …, "url": …, "token": …, "claims": {…}}  a DPoP proof: token
    {"do": "verify", "jwks": "…", "token": "…"}               header and claims, or error
"""

import base64
import hashlib
import json
import sys
import time
import uuid

from joserfc import jwk, jwt
from joserfc.errors import JoseError

PROOF_TYPE = "dpop+jwt"


def key(order):
    made = jwk.ECKey.generate_key("P-256")
    published = {**made.as_dict(private=False), "kid": made.thumbprint(), "alg": "ES256", "use": "sig"}
    return {
        "private": made.as_pem(private=True).decode(),
        "public": made.as_pem(private=False).decode(),
        "jwks": json.dumps({"keys": [published]}),
        "thumbprint": made.thumbprint(),
    }


def sign(order):
    header = {"alg": "ES256", **order.get("header", {})}
    return {"token": jwt.encode(header, order["claims"], jwk.ECKey.import_key(order["key"]))}


def proof(order):
    signer = jwk.ECKey.import_key(order["key"])
    digest = hashlib.sha256(order["token"].encode()).digest()
    claims = {
        "jti": str(uuid.uuid4()),
        "htm": order["method"],
        "htu": order["url"],
        "iat": int(time.time()),
        "ath": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        **order.get("claims", {}),
    }
    header = {"alg": "ES256", "typ": PROOF_TYPE, "jwk": signer.as_dict(private=False)}
    return {"token": jwt.encode(header, claims, signer)}


def verify(order):
    keys = jwk.KeySet.import_key_set(json.loads(order["jwks"]))
    try:
        token = jwt.decode(order["token"], keys, algorithms=["ES256"])
    except (JoseError, ValueError) as fault:
        return {"error": type(fault).__name__}
    return {"header": json.dumps(token.header), "claims": json.dumps(token.claims)}


orders = json.load(sys.stdin)
print(json.dumps([{"key": key, "sign": sign, "proof": proof, "verify": verify}[order["do"]](order) for order in orders]))
