#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* SHA-256 of two pieces, one after the other, by libcrypto's own code for this processor. The functions are named
   deprecated because they pass by the providers, and so by a FIPS one: whoever calls this asks first whether FIPS is on.
   They are kept for a warm check's digest, which EVP of 3.0 makes 1,000 instructions and an allocation dearer. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void postern_sha256(
    const void *first, size_t first_count, const void *second, size_t second_count, unsigned char *digest) {
    SHA256_CTX state;
    SHA256_Init(&state);
    if (first_count) SHA256_Update(&state, first, first_count);
    if (second_count) SHA256_Update(&state, second, second_count);
    SHA256_Final(digest, &state);
    OPENSSL_cleanse(&state, sizeof state);
}
#pragma clang diagnostic pop
