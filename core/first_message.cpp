// SPDX-License-Identifier: Apache-2.0
#include "core/first_message.hpp"

#include <algorithm>
#include <array>

#include "core/alerts.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

constexpr std::size_t record_header = 5, message_header = 4, max_fragment = 16384, alert_size = 2;
constexpr unsigned alert_type = 21, handshake_type = 22;

unsigned at(bytes b, std::size_t i) noexcept { return std::to_integer<unsigned>(b[i]); }

std::size_t message_size(bytes header) noexcept {
    return message_header + (at(header, 1) << 16 | at(header, 2) << 8 | at(header, 3));
}

std::size_t fragment_size(bytes record) noexcept { return at(record, 3) << 8 | at(record, 4); }

first_message with(first_status status, flaw problem = {}) {
    first_message out;
    out.status = status;
    out.problem = problem;
    return out;
}

/// An alert in the place of the message, as far as it has arrived.
first_message judge_alert(bytes record) {
    if (record.size() < record_header) return with(first_status::need_more);
    if (fragment_size(record) != alert_size) {
        return with(first_status::malformed, {alert::decode_error, "an alert has a wrong length"});
    }
    if (record.size() < record_header + alert_size) return with(first_status::need_more);
    first_message out = with(first_status::alert);
    out.level = static_cast<std::uint8_t>(at(record, record_header));
    out.code = static_cast<std::uint8_t>(at(record, record_header + 1));
    out.records_size = record_header + alert_size;
    return out;
}

using verdict = std::optional<first_message>;  // nothing: no fault so far

/// A record's header, as far as it has arrived.
verdict judge_record(bytes record, bool first) {
    constexpr unsigned longest = max_fragment >> 8;
    const auto malformed = [](std::uint8_t number, const char* reason) {
        return with(first_status::malformed, {number, reason});
    };
    const bool no_version = record.size() > 1 && at(record, 1) != 3;
    const unsigned type = at(record, 0);
    if (first && (no_version || (type != alert_type && type != handshake_type))) return with(first_status::not_tls);
    if (first && type == alert_type) return judge_alert(record);
    if (type != handshake_type) return malformed(alert::unexpected_message, "another record interrupts it");
    if (no_version) return malformed(alert::decode_error, "a record of it has no TLS version");
    if (record.size() > 3 &&
        (at(record, 3) > longest || (at(record, 3) == longest && record.size() > 4 && at(record, 4) != 0))) {
        return malformed(alert::record_overflow, "a record of it is too long");
    }
    if (record.size() > 4 && fragment_size(record) == 0) {
        return malformed(alert::unexpected_message, "a record of it is empty");
    }
    return {};
}

/// The message's header, as far as it has arrived.
verdict judge_message(bytes header, const first_message_rules& rules) {
    if (!header.empty() && at(header, 0) != rules.type) {
        return with(first_status::malformed, {alert::unexpected_message, "another handshake message comes first"});
    }
    const bool too_large = (header.size() > 1 && (at(header, 1) << 16) + message_header > rules.largest) ||
                           (header.size() == message_header && message_size(header) > rules.largest);
    if (too_large) return with(first_status::too_large, {alert::illegal_parameter, "it is too large"});
    return {};
}

/// The fragments of whole records, one behind the other, without the message's header.
std::vector<std::byte> join(bytes records, std::size_t size) {
    std::vector<std::byte> out;
    out.reserve(size);
    while (out.size() < size) {
        const bytes fragment = records.subspan(record_header, fragment_size(records));
        out.insert(out.end(), fragment.begin(), fragment.end());
        records = records.subspan(record_header + fragment.size());
    }
    out.resize(size);
    out.erase(out.begin(), out.begin() + message_header);
    return out;
}

}  // namespace

std::optional<bytes> cursor::take(std::size_t count) noexcept {
    if (rest_.size() < count) return std::nullopt;
    const bytes out = rest_.first(count);
    rest_ = rest_.subspan(count);
    return out;
}

std::optional<std::size_t> cursor::number(std::size_t size) noexcept {
    const auto digits = take(size);
    if (!digits) return std::nullopt;
    std::size_t value = 0;
    for (const std::byte b : *digits) value = value << 8 | std::to_integer<std::size_t>(b);
    return value;
}

std::optional<bytes> cursor::vector(std::size_t length_size) noexcept {
    const auto length = number(length_size);
    return length ? take(*length) : std::nullopt;
}

std::vector<std::uint16_t> to_numbers(bytes list) {
    std::vector<std::uint16_t> out;
    cursor numbers(list);
    while (const auto number = numbers.number(2)) out.push_back(static_cast<std::uint16_t>(*number));
    return out;
}

first_message read_first_message(bytes received, const first_message_rules& rules) {
    std::array<std::byte, message_header> header{};
    std::size_t arrived = 0, records = 0;
    for (bytes rest = received; !rest.empty(); ++records) {
        if (records == rules.most_records) {
            return with(first_status::too_large, {alert::illegal_parameter, "it comes in too many records"});
        }
        if (const verdict v = judge_record(rest, records == 0)) return *v;
        if (rest.size() < record_header) break;
        const std::size_t length = fragment_size(rest);
        const bytes fragment = rest.subspan(record_header, std::min(length, rest.size() - record_header));
        for (std::size_t i = 0; i < fragment.size() && arrived + i < message_header; ++i) {
            header[arrived + i] = fragment[i];
        }
        const std::size_t announced = arrived + length;
        arrived += fragment.size();
        const bytes known = std::span(header).first(std::min(arrived, message_header));
        if (const verdict v = judge_message(known, rules)) return *v;
        if (known.size() == message_header) {
            const std::size_t size = message_size(known);
            if (rules.alone && announced > size) {
                return with(first_status::malformed,
                            {alert::unexpected_message, "something follows it in the same record"});
            }
            if (fragment.size() == length && arrived >= size) {
                first_message out = with(first_status::complete);
                out.body = join(received, size);
                out.records_size = static_cast<std::size_t>(rest.data() - received.data()) + record_header + length;
                out.more_in_record = announced > size;
                return out;
            }
        }
        if (fragment.size() < length) break;
        rest = rest.subspan(record_header + length);
    }
    return with(first_status::need_more);
}

}  // namespace tlseam::seam
