// SPDX-License-Identifier: Apache-2.0
#include "core/server_hello.hpp"

#include <algorithm>
#include <array>

#include "core/alerts.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

namespace extension {
constexpr std::uint16_t server_name = 0, status_request = 5, point_formats = 11, alpn = 16, extended_master_secret = 23,
                        session_ticket = 35, pre_shared_key = 41, supported_versions = 43, cookie = 44, key_share = 51,
                        renegotiation_info = 0xff01;
}  // namespace extension

constexpr std::uint16_t tls1_2 = 0x0303, tls1_3 = 0x0304;
constexpr std::uint16_t renegotiation_signal = 0x00ff, fallback_signal = 0x5600;

/// RFC 8446 4.1.3: a ServerHello with this random is a HelloRetryRequest.
constexpr std::array<unsigned char, 32> retry_random = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
/// The same section: how the random of a server that could do better ends, but for its last byte, which is 0 or 1.
constexpr std::array<unsigned char, 7> downgrade_mark = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};

constexpr auto octet = [](std::byte b) { return std::to_integer<unsigned char>(b); };

bool contains(const auto& list, const auto& value) { return std::ranges::find(list, value) != list.end(); }

flaw illegal(const char* reason) { return {alert::illegal_parameter, reason}; }
flaw wrong_length(const char* reason) { return {alert::decode_error, reason}; }

}  // namespace

struct answer_judge::server_hello {
    std::uint16_t version = 0;
    bytes random, session_id;
    std::uint16_t suite = 0;
    std::size_t compression = 0;
    std::vector<std::pair<std::uint16_t, bytes>> extensions;

    [[nodiscard]] const bytes* find(std::uint16_t type) const noexcept {
        const auto found = std::ranges::find(extensions, type, &std::pair<std::uint16_t, bytes>::first);
        return found == extensions.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool is_retry() const noexcept { return std::ranges::equal(random, retry_random, {}, octet); }
    [[nodiscard]] bool is_tls1_3() const noexcept { return find(extension::supported_versions) != nullptr; }
};

answer_verdict answer_judge::judge(const first_message& found) {
    server_hello hello;
    answer_verdict out;
    out.problem = parse(found.body, hello);
    if (out.problem.alert == 0) out.problem = judge_version(hello);
    out.wrong_version = out.problem.alert == alert::protocol_version;
    if (out.problem.alert == 0) out.problem = judge_choice(hello);
    if (out.problem.alert == 0) out.problem = hello.is_tls1_3() ? judge_1_3(hello) : judge_1_2(hello);
    if (out.problem.alert == 0 && hello.is_tls1_3() && found.more_in_record) {
        // RFC 8446 5.1: the keys change here, or the other side has to speak.
        out.problem = {alert::unexpected_message, "something follows it in the same record"};
    }
    out.is_retry = hello.is_retry();
    out.uses_psk =
        hello.is_tls1_3() ? hello.find(extension::pre_shared_key) != nullptr : policy::needs_psk(hello.suite);
    out.extended_master_secret = hello.find(extension::extended_master_secret) != nullptr;
    return out;
}

flaw answer_judge::parse(bytes body, server_hello& hello) const {
    cursor in(body);
    const auto version = in.number(2);
    const auto random = in.take(32);
    const auto session_id = in.vector(1);
    const auto suite = in.number(2);
    const auto compression = in.number(1);
    if (!version || !random || !session_id || !suite || !compression) return wrong_length("it ends early");
    if (session_id->size() > 32) return wrong_length("its session id is too long");
    hello.version = static_cast<std::uint16_t>(*version);
    hello.random = *random;
    hello.session_id = *session_id;
    hello.suite = static_cast<std::uint16_t>(*suite);
    hello.compression = *compression;
    if (in.at_end()) return {};
    const auto extensions = in.vector(2);
    if (!extensions || !in.at_end()) return wrong_length("its extensions have a wrong length");
    cursor list(*extensions);
    while (!list.at_end()) {
        const auto type = list.number(2);
        const auto content = list.vector(2);
        if (!type || !content) return wrong_length("an extension has a wrong length");
        const auto number = static_cast<std::uint16_t>(*type);
        if (hello.find(number) != nullptr) return illegal("it has an extension twice");
        hello.extensions.emplace_back(number, *content);
    }
    return {};
}

/// RFC 8446 4.2.1 and 4.1.3.
flaw answer_judge::judge_version(const server_hello& hello) const {
    const flaw unsupported = {alert::protocol_version, "it chooses a version that was not offered"};
    if (const bytes* chosen = hello.find(extension::supported_versions)) {
        if (!offers(extension::supported_versions)) {
            return {alert::unsupported_extension, "it has supported_versions, which was not offered"};
        }
        if (chosen->size() != 2) return wrong_length("supported_versions has a wrong length");
        const std::uint16_t version = to_numbers(*chosen).front();
        if (version != tls1_3 || !offers_tls1_3()) return illegal("it chooses a version that was not offered");
        return hello.version == tls1_2 ? flaw{} : illegal("its old version field is not that of TLS 1.2");
    }
    if (hello.version != tls1_2 || !contains(offered_.versions, tls1_2)) return unsupported;
    if (hello.is_retry()) return {alert::missing_extension, "it is a HelloRetryRequest without a version"};
    if (retried()) return illegal("it chooses another version than the HelloRetryRequest");
    const bytes end = hello.random.last(8);
    const bool marked = std::ranges::equal(end.first(7), downgrade_mark, {}, octet) && octet(end[7]) <= 1;
    if (marked && offers_tls1_3()) return illegal("the server has TLS 1.3, and somebody made it choose TLS 1.2");
    return {};
}

flaw answer_judge::judge_choice(const server_hello& hello) const {
    const bool of_1_3 = hello.suite >> 8 == 0x13;
    const bool signal = hello.suite == renegotiation_signal || hello.suite == fallback_signal;
    if (signal || of_1_3 != hello.is_tls1_3() || !contains(offered_.cipher_suites, hello.suite)) {
        return illegal("it chooses a cipher suite that was not offered");
    }
    if (retry_ && retry_->suite != hello.suite) return illegal("it chooses another suite than the HelloRetryRequest");
    if (hello.compression != 0) return illegal("it chooses compression");
    if (hello.is_tls1_3() && !std::ranges::equal(hello.session_id, offered_.session_id)) {
        return illegal("its session id is not the client's");
    }
    for (const auto& [type, content] : hello.extensions) {
        const bool for_everyone =
            (type == extension::cookie && hello.is_retry()) ||
            (type == extension::renegotiation_info && contains(offered_.cipher_suites, renegotiation_signal));
        if (!offers(type) && !for_everyone) {
            return {alert::unsupported_extension, "it has an extension that was not offered"};
        }
    }
    return {};
}

// ---- TLS 1.2 ----

flaw answer_judge::judge_1_2(const server_hello& hello) const {
    const bool expected =
        offers(extension::renegotiation_info) || contains(offered_.cipher_suites, renegotiation_signal);
    const bytes* renegotiation = hello.find(extension::renegotiation_info);
    if (!expected) {
        // A library that does not ask never renegotiates either.
    } else if (renegotiation == nullptr || renegotiation->size() != 1 || octet(renegotiation->front()) != 0) {
        return {alert::handshake_failure, "it does not promise secure renegotiation"};  // RFC 5746 3.4, 4.1
    }
    for (const std::uint16_t type : {extension::server_name, extension::status_request,
                                     extension::extended_master_secret, extension::session_ticket}) {
        const bytes* content = hello.find(type);
        if (content != nullptr && !content->empty()) return wrong_length("an extension that says nothing has content");
    }
    if (const bytes* content = hello.find(extension::point_formats)) {
        cursor in(*content);
        const auto formats = in.vector(1);
        if (!formats || formats->empty() || !in.at_end()) return wrong_length("its point formats have a wrong length");
        if (!contains(*formats, std::byte{0})) return illegal("it has no point format of ours");  // RFC 8422 5.1.2
    }
    if (const bytes* content = hello.find(extension::alpn)) {  // RFC 7301 3.1
        cursor in(*content);
        const auto list = in.vector(2);
        cursor names(list.value_or(bytes()));
        const auto name = names.vector(1);
        if (!list || !in.at_end() || !name || name->empty() || !names.at_end()) {
            return wrong_length("ALPN is not one protocol");
        }
        const std::string chosen(reinterpret_cast<const char*>(name->data()), name->size());
        if (!contains(offered_.alpn, chosen)) return illegal("it chooses an application protocol that was not offered");
    }
    return {};
}

// ---- TLS 1.3 ----

flaw answer_judge::judge_1_3(const server_hello& hello) {
    if (hello.is_retry() && retried()) return {alert::unexpected_message, "it is a second HelloRetryRequest"};
    for (const auto& [type, content] : hello.extensions) {
        const bool belongs = type == extension::supported_versions || type == extension::key_share ||
                             type == (hello.is_retry() ? extension::cookie : extension::pre_shared_key);
        if (!belongs) return illegal("it has an extension that belongs elsewhere");
    }
    if (const bytes* content = hello.find(extension::cookie)) {
        cursor in(*content);
        const auto cookie = in.vector(2);
        if (!cookie || cookie->empty() || !in.at_end()) return wrong_length("its cookie has a wrong length");
    }
    return judge_share(hello);
}

flaw answer_judge::judge_share(const server_hello& hello) {
    const bytes* content = hello.find(extension::key_share);
    if (hello.is_retry()) {
        retry asked{.suite = hello.suite};
        if (content != nullptr) {
            if (content->size() != 2) return wrong_length("its key_share has a wrong length");
            asked.group = to_numbers(*content).front();
            if (!contains(offered_.groups, asked.group) || contains(offered_.key_shares, asked.group)) {
                return illegal("it asks for a group that was not offered, or whose share it has");
            }
        } else if (hello.find(extension::cookie) == nullptr) {
            return illegal("it is a HelloRetryRequest that changes nothing");
        }
        retry_ = asked;
        return {};
    }
    // Also when it resumes: no backend offers that without a new key exchange (RFC 8446 4.2.9).
    if (content == nullptr) return {alert::missing_extension, "it has no key share"};
    cursor in(*content);
    const auto number = in.number(2);
    const auto share = in.vector(2);
    if (!number || !share || share->empty() || !in.at_end()) return wrong_length("its key share has a wrong length");
    const auto group = static_cast<std::uint16_t>(*number);
    const bool expected = retry_ && retry_->group != 0 ? group == retry_->group : contains(offered_.key_shares, group);
    if (!expected) return illegal("its key share is of a group that the client sent none of");
    const std::size_t size = policy::key_share_size(group, role::server);
    if (size != 0 && share->size() != size) return illegal("its key share is not of its group's size");
    return {};
}

bool answer_judge::offers(std::uint16_t type) const noexcept { return contains(offered_.extensions, type); }

bool answer_judge::offers_tls1_3() const noexcept { return contains(offered_.versions, tls1_3); }

}  // namespace tlseam::seam
