/* SPDX-License-Identifier: Apache-2.0
 * Loads a private key, checks that it is the certificate's, and looks for the key on the stack.
 * usage: wolfssl-key-on-stack CERTIFICATE.pem KEY.der     PKCS#8 without a public key: P-256 or Ed25519 */
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { stack_size = 1 << 20, number_size = 32, piece = 8 };

static const char* certificate;
static unsigned char key[4096];
static size_t key_size;

static void* load(void* nothing) {
    WOLFSSL_CTX* ctx = wolfSSL_CTX_new(wolfTLSv1_3_server_method());
    (void)nothing;
    if (ctx == NULL || wolfSSL_CTX_use_certificate_file(ctx, certificate, WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_buffer(ctx, key, (long)key_size, WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_check_private_key(ctx) != WOLFSSL_SUCCESS) {
        puts("cannot load the key");
    }
    return ctx;
}

/* A quarter of the number, in either order. */
static int is_number(const unsigned char* at, const unsigned char* number) {
    unsigned char reversed[number_size];
    int i;
    for (i = 0; i < number_size; ++i) reversed[i] = number[number_size - 1 - i];
    for (i = 0; i < number_size; i += piece) {
        if (memcmp(at, number + i, piece) == 0 || memcmp(at, reversed + i, piece) == 0) return 1;
    }
    return 0;
}

int main(int argc, char** argv) {
    unsigned char* stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    FILE* in = argc == 3 ? fopen(argv[2], "rb") : NULL;
    const unsigned char* number;
    pthread_attr_t attributes;
    pthread_t thread;
    void* ctx;
    size_t i;
    int found = 0;
    if (in == NULL || stack == MAP_FAILED || wolfSSL_Init() != WOLFSSL_SUCCESS) return 2;
    key_size = fread(key, 1, sizeof(key), in);
    fclose(in);
    certificate = argv[1];
    number = key + (key_size == 48 ? 16 : 36);

    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, stack_size);
    pthread_create(&thread, &attributes, load, NULL);
    pthread_join(thread, &ctx);
    for (i = 0; i + piece <= stack_size; ++i) {
        if (!is_number(stack + i, number)) continue;
        printf("a quarter of the private key is on the stack, %d bytes deep\n", (int)(stack_size - i));
        found = 1;
    }
    wolfSSL_CTX_free(ctx);
    return found;
}
