# SPDX-License-Identifier: Apache-2.0
"""Why a goal was missed: whose code holds it, how that was found, and what would lift it. Written for the run that
docs/performance.md shows; read again when another run is published."""

OPENSSL = ('openssl-3.5', 'openssl-3.0')
ALL = (*OPENSSL, 'wolfssl', 'botan')

BATCHING = (
    'Batching removes system calls, and on this machine they are a smaller part than where the goals were set: its AES-128-GCM '
    'runs at 2.7 GB/s in OpenSSL (there 5.9, and 16 with 3.5). `perf record` of tlseam on OpenSSL 3.0 shows 48 % of the time in '
    'libcrypto, 33 % in the kernel, 12 % in libc (copies to and from the library, which no public API avoids, and '
    'allocation), 5 % in libssl and 1.8 % in tlseam. The tuned loop, which has nothing of ours, comes to the same within the '
    'spread. What would lift it: record protection outside of libssl, straight from and to the caller\'s buffer.')

# Words in the goal's title, libraries, text; the first that fits is taken.
EXPLANATIONS = (
    ('256 KiB writes, × the best peer', ALL, BATCHING + ' The best peer gathers too (Qt).'),
    ('256 KiB writes, × native', ALL, BATCHING),
    ('16 KiB writes through the writer', ALL, BATCHING),
    ('share of the limit', ALL, BATCHING),
    ('16 KiB writes sent at once', ALL,
     'As many sends as the native loop, and half the receives: the receiver is done sooner, waits more often, and the sender '
     'pays for waking it. Of context switches there are 4.9 per millisecond of processor time where the native loop has 3.3 '
     '(wolfSSL), and 4.5 where it has 3.5 (OpenSSL 3.5; `perf stat`, medians of three runs each); the tuned loop has 4.2 and '
     '4.0 and is no faster. In a run in which both switched as often, tlseam was the faster. Beside that, memmove takes 6 % of '
     'the time instead of 3 % (`perf record`): a record goes from the library\'s buffer into the one that gathers. What would '
     'lift it: sending a record that comes alone out of the library\'s own buffer.'),
    ('256 B writes through the writer, × native, tuned', ALL,
     'A write of ours takes and gives back the mutex that lets another thread read meanwhile, and looks at the state of the '
     'connection; the tuned loop copies 256 bytes and may be used by one thread only.'),
    ('1 B round trip', OPENSSL,
     'With SSL_MODE_RELEASE_BUFFERS, which idle connections need, OpenSSL allocates and frees its buffers for every message: 12 '
     'allocations per round trip instead of 8, in the tuned loop as well. That eats what two system calls less give. Of the '
     'time, 42 % is the kernel\'s, 50 % OpenSSL\'s and libc\'s, 6 % tlseam\'s (`perf record`): the mutex, the pump, the pool. '
     'What would lift it: keeping the buffers of connections that are in use, as SSL_free_buffers() can give them back when '
     'one waits.'),
    ('1 B round trip', ('wolfssl',),
     'Two system calls less than the native loop, and tlseam\'s own part: 1,300 instructions of 4,660 per round trip (callgrind; '
     'wolfSSL has the rest), which are the mutex (130), the way to thread-local memory (130), a buffer borrowed and given back '
     'for each message (290), counting records and bytes (140), callbacks from and to wolfSSL (210), the rest state and pump. '
     'wolfSSL is so quick that they show. What would lift it: a stream that only one thread may use, which needs no mutex.'),
    ('1 B round trip', ('botan',),
     'Botan\'s native loop already reads once per message: there is no system call to save. Of 12,600 instructions per round trip '
     '11,300 are Botan\'s (callgrind), 4,180 of them in CTR_BE::seek(), which prepares the counters of many blocks for each record, '
     'whatever its size; 1,300 are tlseam\'s: see wolfSSL.'),
    ('connections over TCP', ALL,
     'The spread of this measure is above 20 % here: two threads that wake each other. The client\'s processor time, in the '
     'table below, is less than the native loop\'s.'),
    ('reconnecting', OPENSSL,
     'The goal counts a TCP connection as nothing; here it is a tenth of the full handshake (the row `raw` of `connect`). Of the '
     'client\'s instructions in the handshake, OpenSSL has 95 % (callgrind): X25519 twice, the key schedule, and the EVP '
     'objects around them. tlseam has 5 %, most of it the look at the session\'s certificates before they are trusted once '
     'more. What would lift it: resuming without a new key exchange, which gives up forward secrecy.'),
    ('reconnecting', ('wolfssl',),
     'X25519 is 39 % of the client\'s instructions (callgrind), the key schedule 17 %, wolfSSL_new() 8 %; tlseam\'s own part is '
     '10 %, most of it the look at the session\'s certificates before they are trusted once more. What would lift it: resuming '
     'without a new key exchange, which gives up forward secrecy.'),
    ('reconnecting', ('botan',),
     'X25519 is 35 % of the client\'s instructions (callgrind), SHA-256 17 %, allocation 11 %; tlseam\'s own part is 6 %. What '
     'would lift it: resuming without a new key exchange, which gives up forward secrecy.'),
    ('heap per idle client, bytes', ALL,
     'The object of a connection: 1,248 bytes (stream 264, of it the mutex, two queues, the addresses; connection 984, of it 256 '
     'for info(), 120 for the wire, 120 for the verdict on the chain, 64 for the name that was verified), and what info() gives '
     'out: the chain as DER, parsed names and dates. Some 350 bytes are needed in the handshake only; the rest is what the API '
     'promises for the life of a stream, which the native loop does without.'),
    ('heap per idle server, bytes', ALL,
     'The object of a connection: 1,248 bytes (stream 264, of it the mutex, two queues, the addresses; connection 984, of it 256 '
     'for info() and 120 for the wire). Some 350 bytes are needed in the handshake only; the rest is what the API promises for '
     'the life of a stream, which the native loop does without.'),
    ('heap per idle client, × native', OPENSSL,
     'OpenSSL keeps the peer\'s chain parsed: a client holds 11 KB more than a server, natively too. The goal was set with a '
     'chain of one certificate, and here there are two.'),
    ('heap per idle client, × native', ('wolfssl',),
     'wolfSSL keeps so little that our object and the chain as DER show.'),
    ('heap per idle server, × the best peer', ALL,
     'Python, with OpenSSL\'s buffers released as ours: the object per connection, see above. mallinfo2() does not see Python\'s '
     'own small objects.'),
    ('allocations per record', ALL,
     'The library\'s own: it is called once per record, and makes a buffer for each call; the tuned loop calls it once for 112 '
     'KiB. Of ours there are none (`tests/counts`, on the null backend).'),
    ('second client context', OPENSSL,
     'The first one has become cheap, as core reads the store without parsing its keys: 6 ms, where the native call takes 45 '
     '(OpenSSL 3.0). What is left in the second is SSL_CTX_new() and the lists of suites, groups and schemes.'),
)


def of(title, library):
    for words, libraries, text in EXPLANATIONS:
        if words in title and library in libraries:
            return text
    return None
