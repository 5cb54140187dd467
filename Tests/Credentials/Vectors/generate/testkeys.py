"""The keys of the vectors: TEST ONLY, published with this repository, so they protect nothing anywhere.

`python3 testkeys.py` makes `test-only-keys.json` anew; every generated file then changes with it. Normally the file is
only read, so that the vectors come out the same on every run.
"""
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key)

FILE = pathlib.Path(__file__).with_name("test-only-keys.json")


def load():
    """Name → private key object."""
    return {name: load_pem_private_key(pem.encode(), None) for name, pem in json.loads(FILE.read_text())["keys"].items()}


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_der(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def main():
    keys = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "rsa_pss": rsa.generate_private_key(65537, 2048),
        "rsa_other": rsa.generate_private_key(65537, 2048),
        "rsa_e3": rsa.generate_private_key(3, 2048),
        "rsa_1024": rsa.generate_private_key(65537, 1024),
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p256_other": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "p521": ec.generate_private_key(ec.SECP521R1()),
        "secp256k1": ec.generate_private_key(ec.SECP256K1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ed25519_other": ed25519.Ed25519PrivateKey.generate(),
        "ed448": ed448.Ed448PrivateKey.generate(),
    }
    pems = {name: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            for name, key in keys.items()}
    note = "TEST ONLY. These private keys are public: they sign the vectors beside this folder and nothing else."
    FILE.write_text(json.dumps({"note": note, "keys": pems}, indent=1) + "\n")


if __name__ == "__main__":
    main()
