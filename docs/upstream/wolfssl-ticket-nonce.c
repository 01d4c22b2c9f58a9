/* SPDX-License-Identifier: Apache-2.0
 * TLS 1.3 in memory: a client that resumes with the ticket of its last connection, again and again.
 * usage: wolfssl-ticket-nonce CERTIFICATE KEY     PEM */
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include <stdio.h>
#include <string.h>

typedef struct {
    char bytes[65536];
    int size;
} pipe_t;
typedef struct {
    pipe_t *in, *out;
} end_t;

static int from_pipe(WOLFSSL* ssl, char* data, int size, void* context) {
    pipe_t* in = ((end_t*)context)->in;
    (void)ssl;
    if (in->size == 0) return WOLFSSL_CBIO_ERR_WANT_READ;
    if (size > in->size) size = in->size;
    memcpy(data, in->bytes, (size_t)size);
    in->size -= size;
    memmove(in->bytes, in->bytes + size, (size_t)in->size);
    return size;
}

static int to_pipe(WOLFSSL* ssl, char* data, int size, void* context) {
    pipe_t* out = ((end_t*)context)->out;
    (void)ssl;
    memcpy(out->bytes + out->size, data, (size_t)size);
    out->size += size;
    return size;
}

static int failed(WOLFSSL* ssl, int done, const char* who, int number) {
    const int why = wolfSSL_get_error(ssl, done);
    if (done == WOLFSSL_SUCCESS || why == WOLFSSL_ERROR_WANT_READ) return 0;
    printf("connection %d, %s: %d, %s\n", number, who, why, wolfSSL_ERR_reason_error_string((unsigned long)why));
    return 1;
}

int main(int argc, char** argv) {
    WOLFSSL_CTX *at_client, *at_server;
    WOLFSSL_SESSION* session = NULL;
    int number;
    if (argc != 3) return 2;
    wolfSSL_Init();
    at_client = wolfSSL_CTX_new(wolfTLSv1_3_client_method());
    at_server = wolfSSL_CTX_new(wolfTLSv1_3_server_method());
    wolfSSL_CTX_set_verify(at_client, WOLFSSL_VERIFY_NONE, NULL);
    if (wolfSSL_CTX_use_certificate_chain_file(at_server, argv[1]) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_file(at_server, argv[2], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS) {
        return 2;
    }
    for (number = 0; number < 300; ++number) {
        static pipe_t to_server, to_client;
        end_t client_end = {&to_client, &to_server}, server_end = {&to_server, &to_client};
        WOLFSSL *client = wolfSSL_new(at_client), *server = wolfSSL_new(at_server);
        int client_done = 0, server_done = 0;
        char byte = 0;
        to_server.size = to_client.size = 0;
        wolfSSL_SSLSetIORecv(client, from_pipe);
        wolfSSL_SSLSetIOSend(client, to_pipe);
        wolfSSL_SSLSetIORecv(server, from_pipe);
        wolfSSL_SSLSetIOSend(server, to_pipe);
        wolfSSL_SetIOReadCtx(client, &client_end);
        wolfSSL_SetIOWriteCtx(client, &client_end);
        wolfSSL_SetIOReadCtx(server, &server_end);
        wolfSSL_SetIOWriteCtx(server, &server_end);
        if (session != NULL) {
            wolfSSL_set_session(client, session);
            wolfSSL_SESSION_free(session);
        }
        while (client_done != WOLFSSL_SUCCESS || server_done != WOLFSSL_SUCCESS) {
            client_done = wolfSSL_connect(client);
            if (failed(client, client_done, "client", number)) return 1;
            server_done = wolfSSL_accept(server);
            if (failed(server, server_done, "server", number)) return 1;
        }
        (void)wolfSSL_read(client, &byte, 1); /* the ticket */
        session = wolfSSL_get1_session(client);
        if (number > 0 && !wolfSSL_session_reused(client)) printf("connection %d: a full handshake\n", number);
        wolfSSL_free(client);
        wolfSSL_free(server);
    }
    printf("300 connections, no failure\n");
    return 0;
}
