// SPDX-License-Identifier: Apache-2.0
// What a client makes of an answer before a library sees it, a server's request for a certificate, and the queue that
// ciphertext waits in.
//   input: a byte that chooses what was offered, then what a client received
#include "core/server_hello.hpp"

#include <algorithm>
#include <deque>

#include "core/certificate_request.hpp"
#include "core/first_bytes.hpp"
#include "core/wire.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/hellos.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;
using namespace tlseam::seam;

const buffer session_id(32, std::byte{1});

client_hello offer(std::size_t which) {
    const buffer both = make({0x13, 1, 0x13, 2, 0xc0, 0x2b, 0xd0, 1});
    const buffer old = make({0xc0, 0x2b, 0xd0, 1, 0, 0xff});
    buffer body;
    const buffer only_1_2 = extension(43, vector(1, make({3, 3}))), only_1_3 = extension(43, vector(1, make({3, 4})));
    switch (which % 7) {
        case 0: body = client_hello_body(both, usual_extensions(), session_id); break;
        case 1: body = client_hello_body(old, usual_extensions(false)); break;
        case 2: body = client_hello_body(both, join({usual_extensions(), pre_shared_key({"me"})})); break;
        case 3: body = client_hello_body(old, extension(10, vector(2, make({0, 0x17})))); break;
        case 4: body = client_hello_body(both, join({usual_extensions(false), only_1_2})); break;
        case 5: body = client_hello_body(both, join({usual_extensions(false), only_1_3})); break;
        default: body = client_hello_body(make({0xc0, 0x2b}), extension(10, vector(2, make({0, 0x17})))); break;
    }
    auto peeked = peek_client_hello(record(22, handshake_message(1, body)));
    FUZZ_CHECK(peeked.status == peek_status::complete);
    return std::move(peeked.hello);
}

first_message read(bytes input) {
    return read_first_message(
        input, {.type = 2, .largest = max_server_hello, .most_records = max_server_hello_records, .alone = false});
}

bool same(const first_message& a, const first_message& b) {
    return a.status == b.status && a.problem.alert == b.problem.alert && a.level == b.level && a.code == b.code &&
           a.body == b.body && a.records_size == b.records_size && a.more_in_record == b.more_in_record;
}

void check_pieces(const first_message& whole, bytes input) {
    const std::size_t step = std::max<std::size_t>(1, input.size() / 16);
    for (std::size_t size = 0; size <= input.size(); size += size < 16 ? 1 : step) {
        const auto part = read(input.first(size));
        FUZZ_CHECK(part.status == first_status::need_more || same(part, whole));
        const auto first = judge_first_bytes(input.first(size));
        FUZZ_CHECK(first == first_bytes::need_more || first == judge_first_bytes(input));
    }
}

/// A ServerHello that was found good chooses what was offered.
void check_choice(const answer_verdict& verdict, bytes body, const client_hello& offered) {
    FUZZ_CHECK(verdict.problem.alert == 0 ? verdict.problem.reason[0] == '\0' : verdict.problem.reason[0] != '\0');
    if (verdict.problem.alert != 0) return;
    source in(body);
    FUZZ_CHECK(in.number(2) == 0x0303);
    (void)in.take(32);
    (void)in.piece();
    const auto suite = static_cast<std::uint16_t>(in.number(2));
    FUZZ_CHECK(std::ranges::count(offered.cipher_suites, suite) != 0 && in.number() == 0);
    const bool tls1_3 = suite >> 8 == 0x13;
    FUZZ_CHECK(std::ranges::count(offered.versions, tls1_3 ? 0x0304 : 0x0303) != 0);
    FUZZ_CHECK(!verdict.is_retry || tls1_3);
    FUZZ_CHECK(!verdict.uses_psk || !tls1_3 || verdict.is_retry || offered.has_pre_shared_key);
}

void judge(bytes input, const client_hello& offered) {
    answer_judge client(offered);
    bytes rest = input;
    for (int answers = 0; answers < 3; ++answers) {
        const auto found = read(rest);
        check_pieces(found, rest);
        FUZZ_CHECK(found.records_size <= rest.size());
        if (found.status != first_status::complete) return;
        const bool was_retried = client.retried();
        const auto verdict = client.judge(found);
        check_choice(verdict, found.body, offered);
        if (verdict.problem.alert != 0) return;
        FUZZ_CHECK(!was_retried || !verdict.is_retry);
        FUZZ_CHECK(client.retried() == (was_retried || verdict.is_retry));
        if (!verdict.is_retry) return;
        rest = rest.subspan(found.records_size);
    }
    broken("no third answer is looked at", __FILE__, __LINE__);
}

// ---- ciphertext on its way ----

/// Against the simplest queue there is.
void compare_queue(bytes input) {
    byte_queue queue;
    std::deque<std::byte> model;
    for (source in(input); !in.at_end();) {
        const std::size_t what = in.number();
        if (what < 128) {
            const bytes more = in.take(what);
            FUZZ_CHECK(queue.append(more));
            model.insert(model.end(), more.begin(), more.end());
        } else if (what < 192) {
            const std::size_t count = (what - 128) * 16;
            queue.consume(count);
            model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(std::min(count, model.size())));
        } else if (what < 208) {
            queue.shrink();
        } else if (what < 224) {
            const std::size_t size = in.number(2);
            queue.truncate(size);
            model.resize(std::min(size, model.size()));
        } else {
            const std::size_t size = (what - 223) * 8192;
            const auto room = queue.prepare(size);
            FUZZ_CHECK(room.size() >= size);
            const std::size_t used = in.number(2) % (size + 1);
            std::ranges::fill(room.first(used), std::byte{7});
            queue.commit(used);
            model.insert(model.end(), used, std::byte{7});
        }
        FUZZ_CHECK(queue.size() == model.size() && queue.empty() == model.empty());
    }
    FUZZ_CHECK(std::ranges::equal(queue.bytes(), model));
}

/// However records are cut, they are as many.
void count_records(bytes input, std::size_t seed) {
    record_counter whole, cut;
    whole.pass(input);
    for (const bytes piece : pieces(input, seed)) cut.pass(piece);
    FUZZ_CHECK(whole.records() == cut.records() && whole.inside_record() == cut.inside_record());
    wire both;
    FUZZ_CHECK(both.in().append(input));
    const std::size_t shown = seed * 3;
    both.show(shown);
    FUZZ_CHECK(both.arrived().size() == std::min(shown, input.size()));
    both.consume(input.size());
    FUZZ_CHECK(both.consumed_bytes() == std::min(shown, input.size()) && both.arrived().empty());
    both.show_all();
    both.consume(input.size());
    FUZZ_CHECK(both.in().empty() && both.consumed_bytes() == input.size());
    FUZZ_CHECK(both.consumed_records().records() == whole.records());
    both.send(input);
    FUZZ_CHECK(!both.exhausted() && both.sent_bytes() == input.size() && std::ranges::equal(both.out().bytes(), input));
}

void run(bytes input) {
    source in(input);
    const std::size_t which = in.number();
    judge(in.rest(), offer(which));
    count_records(in.rest(), which);
    compare_queue(in.rest());
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        const auto request = parse_certificate_request(version, in.rest());
        if (!request) continue;
        for (const bytes name : request->authorities) FUZZ_CHECK(lies_in(name, in.rest()));
        FUZZ_CHECK(request->types.size() + 2 * request->signature_schemes.size() <= in.rest().size());
    }
}

buffer answer(unsigned which, std::size_t suite, bytes extensions, bool retry = false, bytes id = {}) {
    return join({make({which}), record(22, handshake_message(2, server_hello_body(suite, extensions, retry, id)))});
}

std::vector<buffer> seeds() {
    const buffer version = extension(43, make({3, 4}));
    const buffer share = extension(51, join({make({0, 0x1d}), vector(2, buffer(32, std::byte{9}))}));
    const buffer group = extension(51, make({0, 0x17}));
    const buffer share_of_it = extension(51, join({make({0, 0x17}), vector(2, buffer(65, std::byte{4}))}));
    const buffer cookie = extension(44, vector(2, make({1, 2, 3})));
    const buffer sound = join({version, share});
    const buffer renegotiation = extension(0xff01, make({0}));
    const buffer protocol = extension(16, vector(2, vector(1, as_bytes("h2"))));
    const buffer old = join({renegotiation, extension(23, {}), extension(11, vector(1, make({0}))), protocol});
    const buffer retry = answer(0, 0x1301, join({version, group, cookie}), true, session_id);
    const auto again = [&](const buffer& then) { return join({retry, bytes(then).subspan(1)}); };
    std::vector<buffer> out = {
        answer(0, 0x1301, sound, false, session_id),
        answer(2, 0x1301, join({sound, extension(41, make({0, 0}))})),
        answer(1, 0xc02b, old),
        answer(0, 0xc02b, old),
        answer(3, 0xc02b, renegotiation),
        answer(3, 0xc02b, {}),
        answer(1, 0xd001, old),
        answer(1, 0xc02b, join({renegotiation, extension(0, {}), extension(5, {}), extension(35, {})})),
        answer(1, 0xc02b, join({renegotiation, extension(0, make({1}))})),
        answer(1, 0xc02b, join({renegotiation, extension(11, vector(1, make({1})))})),
        answer(1, 0xc02b, join({renegotiation, extension(11, make({2}))})),
        answer(1, 0xc02b, join({renegotiation, extension(16, vector(2, vector(1, as_bytes("h3"))))})),
        answer(1, 0xc02b, join({renegotiation, extension(16, make({0}))})),
        answer(1, 0xc02b, join({renegotiation, extension(99, make({0}))})),
        answer(1, 0x00ff, renegotiation),
        again(answer(0, 0x1301, join({version, share_of_it}), false, session_id)),
        again(answer(0, 0x1301, sound, false, session_id)),
        again(answer(0, 0x1302, join({version, share_of_it}), false, session_id)),
        again(answer(0, 0xc02b, old, false, session_id)),
        again(retry),
        answer(0, 0x1301, join({version, cookie}), true, session_id),
        answer(0, 0x1301, join({version, extension(44, make({0, 0}))}), true, session_id),
        answer(0, 0x1301, version, true, session_id),
        answer(0, 0x1301, join({version, extension(51, make({0}))}), true, session_id),
        answer(0, 0x1301, join({version, extension(51, make({0, 0x1d}))}), true, session_id),
        answer(0, 0x1301, group, true, session_id),
        answer(0, 0x1301, version, false, session_id),
        answer(0, 0x1301, join({version, extension(51, make({0, 0x1d, 0, 1, 1}))}), false, session_id),
        answer(0, 0x1301, join({version, extension(51, make({0, 0x1d, 0}))}), false, session_id),
        answer(0, 0x1301, join({version, share_of_it}), false, session_id),
        answer(0, 0x1301, join({sound, protocol}), false, session_id),
        answer(0, 0x1301, sound),
        answer(0, 0x1301, join({extension(43, make({3, 3})), share}), false, session_id),
        answer(0, 0x1301, join({extension(43, make({3})), share}), false, session_id),
        answer(0, 0x1301, join({sound, sound}), false, session_id),
        answer(0, 0x1301, sound, false, buffer(33)),
        answer(1, 0x1301, sound),
        join({make({0}), record(22, handshake_message(2, make({3, 3})))}),
        join({make({0}), in_records(handshake_message(2, server_hello_body(0x1301, sound, false, session_id)), 9)}),
        join({make({0}), record(22, join({handshake_message(2, server_hello_body(0x1301, sound, false, session_id)),
                                          make({11})}))}),
        join({make({0}), record(21, make({1, 90}))}),
        join({make({0}), as_bytes("HTTP/1.1 400 Bad Request\r\n")}),
        // A CertificateRequest of each version.
        join({make({0}), vector(1, make({64, 1})), vector(2, make({4, 3, 8, 4})), vector(2, vector(2, make({48, 0})))}),
        join({make({0}), make({0}),
              vector(2, join({extension(13, vector(2, make({4, 3}))),
                              extension(47, vector(2, vector(2, make({48, 0})))), extension(5, {})}))}),
        answer(4, 0x1301, sound),
        answer(5, 0xc02b, old),
        answer(6, 0xc02b, renegotiation),
        answer(6, 0xc02b, {}),
        answer(1, 0x5600, renegotiation),
        answer(1, 0xc02b, join({renegotiation, extension(11, vector(1, {}))})),
        answer(1, 0xc02b, join({renegotiation, extension(11, make({1, 0, 0}))})),
        answer(1, 0xc02b, join({renegotiation, extension(16, vector(2, vector(1, {})))})),
        answer(1, 0xc02b, join({renegotiation, extension(16, vector(2, make({1, 'a', 1, 'b'})))})),
        answer(0, 0x1301, join({version, extension(44, make({0, 1, 1, 1}))}), true, session_id),
        answer(0, 0x1301, join({version, extension(51, make({0, 0x18}))}), true, session_id),
        join({answer(0, 0x1301, join({version, cookie}), true, session_id),
              bytes(answer(0, 0x1301, sound, false, session_id)).subspan(1)}),
        join({make({0}), make({0}), vector(2, make({0, 13}))}),
        join({make({0}), make({0}), vector(2, extension(13, make({0})))}),
        join({make({0}), make({0}), vector(2, extension(13, make({0, 0, 1})))}),
        join({make({0}), make({0}), vector(2, extension(13, vector(2, make({4}))))}),
        // Calls of the queue.
        join({make({0, 100}), buffer(100), make({255, 0xff, 0xff, 130, 200, 210, 0, 9, 129, 191, 224, 0, 1})}),
    };
    // The downgrade mark of a server that has TLS 1.3 (RFC 8446 4.1.3).
    buffer marked = answer(0, 0xc02b, old);
    const std::size_t end_of_random = 1 + 5 + 4 + 2 + 32;
    std::ranges::copy(as_bytes(std::string_view("DOWNGRD\1", 8)), marked.begin() + (end_of_random - 8));
    out.push_back(marked);
    marked[end_of_random - 1] = std::byte{2};  // no mark
    out.push_back(marked);
    buffer nothing_newer = answer(1, 0xc02b, old);
    std::ranges::copy(as_bytes(std::string_view("DOWNGRD\1", 8)), nothing_newer.begin() + (end_of_random - 8));
    out.push_back(nothing_newer);
    buffer compressed = answer(0, 0x1301, sound, false, session_id);
    compressed[end_of_random + 1 + 32 + 2] = std::byte{1};
    out.push_back(compressed);
    buffer newer = answer(0, 0x1301, sound, false, session_id);
    newer[1 + 5 + 4 + 1] = std::byte{4};
    out.push_back(newer);
    return out;
}

const registration here({"server_hello", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
