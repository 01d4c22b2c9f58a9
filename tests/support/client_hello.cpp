// SPDX-License-Identifier: Apache-2.0
// ClientHello messages made by hand.
#include "tests/support/client_hello.hpp"

#include <algorithm>
#include <stdexcept>

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

std::vector<std::byte> padded(std::span<const std::byte> hello, std::size_t size, std::size_t record_size) {
    std::vector<std::byte> message;
    for (const record& each : records_in(hello)) {
        const auto fragment = hello.subspan(each.offset + record_header, each.length);
        message.insert(message.end(), fragment.begin(), fragment.end());
    }
    const auto number = [&](std::size_t at) {
        return std::to_integer<std::size_t>(message.at(at)) << 8U | std::to_integer<std::size_t>(message.at(at + 1));
    };
    const auto set = [&](std::size_t at, std::size_t value) {
        message.at(at) = static_cast<std::byte>(value >> 8U);
        message.at(at + 1) = static_cast<std::byte>(value & 0xffU);
    };
    std::size_t at = 4 + 2 + 32;  // header, version, random
    at += 1 + std::to_integer<std::size_t>(message.at(at));
    at += 2 + number(at);
    at += 1 + std::to_integer<std::size_t>(message.at(at));
    if (size < message.size() + 4) throw std::invalid_argument("the hello is longer than that");
    const std::size_t padding = size - message.size() - 4;
    set(at, number(at) + 4 + padding);
    put16(message, 21);
    put16(message, padding);
    message.resize(size);
    message.at(1) = static_cast<std::byte>((size - 4) >> 16U);
    set(2, (size - 4) & 0xffffU);
    std::vector<std::byte> out;
    for (std::size_t done = 0; done < size; done += record_size) {
        const auto part = std::span(message).subspan(done, std::min(record_size, size - done));
        const auto sent = in_record(22, {part.begin(), part.end()});
        out.insert(out.end(), sent.begin(), sent.end());
    }
    return out;
}

}  // namespace tlseam_test
