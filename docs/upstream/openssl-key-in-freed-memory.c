/* SPDX-License-Identifier: Apache-2.0
 * Parses a private key, and looks into every block of memory that is freed on the way. With glibc.
 * usage: openssl-key-in-freed-memory KEY.der     PKCS#8 on P-256 */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <malloc.h>
#include <stdio.h>
#include <string.h>

void __libc_free(void* block);

enum { number_at = 36, number_size = 32 };

static unsigned char key[4096];
static int watching, found;

void free(void* block) {
    if (block != NULL && watching) {
        const unsigned char* bytes = block;
        const size_t size = malloc_usable_size(block);
        size_t i;
        for (i = 0; i + number_size <= size; ++i) {
            if (memcmp(bytes + i, key + number_at, number_size) == 0) ++found;
        }
    }
    __libc_free(block);
}

int main(int argc, char** argv) {
    FILE* in = argc == 2 ? fopen(argv[1], "rb") : NULL;
    const unsigned char* at = key;
    size_t size;
    PKCS8_PRIV_KEY_INFO* info;
    EVP_PKEY* parsed;
    if (in == NULL) return 2;
    size = fread(key, 1, sizeof(key), in);
    watching = 1;
    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)size);
    parsed = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    EVP_PKEY_free(parsed);
    watching = 0;
    printf("%s: %d freed blocks have the private key in them\n", OpenSSL_version(OPENSSL_VERSION), found);
    return parsed == NULL ? 2 : found != 0;
}
