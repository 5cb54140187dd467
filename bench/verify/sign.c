/* Signs each line of its input and writes the signature in hex: ECDSA's as DER, as libcrypto makes it.
 *
 * usage: sign PRIVATE_KEY.pem < LINES
 *
 * In C because Python has no signatures of its own, and starting `openssl` a thousand times takes ten seconds.
 */
#include "key.h"

int main(int count, char **arguments) {
    if (count != 2) fail("usage: sign PRIVATE_KEY.pem < LINES");
    EVP_PKEY *key = read_key(arguments[1], 1);
    const char *digest = digest_of(key);
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stdin)) {
        size_t length = strcspn(line, "\n"), size = 1024;
        unsigned char signature[1024];
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        if (!context || EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL) != 1 ||
            EVP_DigestSign(context, signature, &size, (unsigned char *)line, length) != 1)
            fail("cannot sign");
        EVP_MD_CTX_free(context);
        for (size_t index = 0; index < size; index++) printf("%02x", signature[index]);
        putchar('\n');
    }
    EVP_PKEY_free(key);
    return 0;
}
