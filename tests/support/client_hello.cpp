// SPDX-License-Identifier: Apache-2.0
// ClientHello messages made by hand.
#include "tests/support/client_hello.hpp"

#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

void put16(std::vector<std::byte>& out, std::size_t value) {
    out.push_back(static_cast<std::byte>(value >> 8U));
    out.push_back(static_cast<std::byte>(value & 0xffU));
}

}  // namespace

std::vector<std::byte> old_client_hello(std::uint16_t legacy_version) {
    std::vector<std::byte> body;
    put16(body, legacy_version);
    const auto random = pattern(32);
    body.insert(body.end(), random.begin(), random.end());
    body.push_back(std::byte{0});  // session id
    const std::uint16_t suites[] = {0xc02b, 0xc02f, 0xc009, 0xc013, 0x002f};
    put16(body, sizeof suites);
    for (const auto suite : suites) put16(body, suite);
    body.push_back(std::byte{1});  // compression methods: null
    body.push_back(std::byte{0});

    std::vector<std::byte> message = to_bytes({1, 0});
    put16(message, body.size());
    message.insert(message.end(), body.begin(), body.end());
    return in_record(22, message);
}

std::vector<std::byte> in_record(std::uint8_t type, const std::vector<std::byte>& payload) {
    std::vector<std::byte> record = to_bytes({type, 3, 1});
    put16(record, payload.size());
    record.insert(record.end(), payload.begin(), payload.end());
    return record;
}

}  // namespace tlseam_test
