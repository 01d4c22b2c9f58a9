/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into `tlseam cert`: makes one of its calls fail, or sends it a signal in the middle. Counts from 1. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int is_turn(const char* variable, int* count) {
    const char* turn = getenv(variable);
    return turn != 0 && ++*count == atoi(turn);
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned how) {
    static int count;
    if (is_turn("FAIL_RENAME", &count)) {
        errno = ENOSPC;
        return -1;
    }
    int (*real)(int, const char*, int, const char*, unsigned) = dlsym(RTLD_NEXT, "renameat2");
    return real(from_directory, from, to_directory, to, how);
}

int fsync(int file) {
    static int count;
    if (is_turn("INTERRUPT_SYNC", &count)) {
        sigset_t waiting;
        kill(getpid(), SIGINT);
        do {
            sched_yield();
            sigpending(&waiting);
        } while (sigismember(&waiting, SIGINT));
    }
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return real(file);
}
