/* What both programs of this folder do: read a key, and know the digest its signatures are over.
 *
 * RSA keys sign RS256, keys on P-256 sign ES256, Ed25519 keys sign EdDSA. Nothing here checks that: the bench makes
 * the keys. Any fault ends the program, with libcrypto's own words.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 16384

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

/* A private key with `secret`, else a public one. */
static EVP_PKEY *read_key(const char *path, int secret) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    EVP_PKEY *key = secret ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : PEM_read_PUBKEY(file, NULL, NULL, NULL);
    fclose(file);
    if (!key) fail("no such key in the file");
    return key;
}

/* NULL for Ed25519, which hashes by itself. */
static const char *digest_of(EVP_PKEY *key) {
    return EVP_PKEY_is_a(key, "ED25519") ? NULL : "SHA256";
}
