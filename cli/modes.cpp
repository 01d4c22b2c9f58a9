// SPDX-License-Identifier: Apache-2.0
#include "cli/modes.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include <tlseam/backend.hpp>

namespace cli {
namespace {

using tlseam::result;
using tlseam::stream;

/// The plaintext of one record, RFC 8446 5.1.
using record = std::array<std::byte, 16384>;
constexpr std::size_t largest_request = 16384;

/// Until the client has closed its half; then ours is closed too.
template <class Handler>
result<void> for_each_record(stream& client, const patience& patience, traffic& counted, const Handler& handle) {
    record buffer;
    for (;;) {
        const auto got = client.read_some(buffer, patience.wait());
        if (!got) return std::unexpected(got.error());
        if (*got == 0) return client.close_write(patience.wait());
        counted.bytes_in += *got;
        if (auto handled = handle(std::span(buffer).first(*got)); !handled) return handled;
    }
}

/// Each record that arrives leaves again as one record, at once.
result<void> echo(stream& client, const patience& patience, traffic& counted) {
    return for_each_record(client, patience, counted, [&](std::span<const std::byte> bytes) -> result<void> {
        const auto sent = client.write_some(bytes, patience.wait());
        if (!sent) return std::unexpected(sent.error());
        counted.bytes_out += *sent;
        return {};
    });
}

result<void> discard(stream& client, const patience& patience, traffic& counted) {
    return for_each_record(client, patience, counted, [](std::span<const std::byte>) { return result<void>(); });
}

std::string answer(const std::string& request, const tlseam::connection_info& info) {
    const auto backend = tlseam::backend();
    std::string status = "200 OK";
    std::string page = "tlseam " + std::string(tlseam::version()) + " with " + backend.name + " (" + backend.version +
                       ")\n" + std::string(name(info.version)) + ", " + std::string(info.cipher_suite_name) + "\n";
    const bool head = request.starts_with("HEAD ");
    if (request.find("\r\n\r\n") == std::string::npos) {
        status = "431 Request Header Fields Too Large";
        page = status + "\n";
    } else if (!head && !request.starts_with("GET ")) {
        status = "405 Method Not Allowed\r\nAllow: GET, HEAD";
        page = "405 Method Not Allowed\n";
    }
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + std::to_string(page.size()) +
           "\r\nConnection: close\r\n\r\n" + (head ? "" : page);
}

/// One request, one page. The whole request has one deadline: a byte now and then keeps nobody here.
result<void> http(stream& client, const patience& patience, traffic& counted) {
    const auto limits = patience.wait();
    std::array<char, 4096> buffer;
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos && request.size() < largest_request) {
        const auto got = client.read_some(std::as_writable_bytes(std::span(buffer)), limits);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) return client.close_write(limits);  // a client that changed its mind
        counted.bytes_in += *got;
        request.append(buffer.data(), *got);
    }
    const std::string page = answer(request, client.info());
    if (auto sent = client.write_all(tlseam::as_bytes(page), patience.wait()); !sent) return sent;
    counted.bytes_out += page.size();
    return client.shutdown(patience.wait());
}

}  // namespace

result<void> run_mode(serve_mode mode, stream& client, const patience& patience, traffic& counted) {
    switch (mode) {
        case serve_mode::echo: return echo(client, patience, counted);
        case serve_mode::discard: return discard(client, patience, counted);
        case serve_mode::http: return http(client, patience, counted);
    }
    return {};
}

}  // namespace cli
