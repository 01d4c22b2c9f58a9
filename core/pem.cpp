// SPDX-License-Identifier: Apache-2.0
#include "core/pem.hpp"

#include <algorithm>
#include <optional>

#include "core/der.hpp"
#include "core/fail.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Line by line, without line ends (RFC 7468 3: CRLF, CR or LF) and trailing blanks.
class lines {
public:
    explicit lines(std::string_view text) : rest_(text) {}
    std::optional<std::string_view> next() {
        if (rest_.empty()) return std::nullopt;
        const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(rest_.substr(end).starts_with("\r\n") ? end + 2 : std::min(end + 1, rest_.size()));
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
        ++number_;
        return line;
    }
    std::size_t number() const { return number_; }
    /// An upper bound of what stands before the next line with dashes.
    std::size_t until_dashes() const { return std::min({rest_.find("\n-----"), rest_.find("\r-----"), rest_.size()}); }

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// The label of "-----BEGIN label-----", or nothing.
std::optional<std::string_view> label_of(std::string_view line, std::string_view mark) {
    if (!line.starts_with(mark) || !line.ends_with(dashes) || line.size() < mark.size() + dashes.size()) {
        return std::nullopt;
    }
    line.remove_prefix(mark.size());
    line.remove_suffix(dashes.size());
    return line;
}

class base64_decoder {
public:
    explicit base64_decoder(std::size_t expected) { out_.reserve(expected); }
    ~base64_decoder() { wipe(out_); }
    base64_decoder(const base64_decoder&) = delete;
    base64_decoder& operator=(const base64_decoder&) = delete;

    bool feed(std::string_view line) {
        for (const char c : line) {
            if (c == '=') {
                if (++padding_ > 2) return false;
                continue;
            }
            const int value = digit(c);
            if (value < 0 || padding_ > 0) return false;
            bits_ = bits_ << 6 | static_cast<unsigned>(value);
            ++digits_;
            const unsigned position = (digits_ - 1) % 4;
            if (position == 0) continue;
            const unsigned left = 6 - 2 * position;  // bits that wait for the next digit: 4, 2, 0
            out_.push_back(static_cast<std::byte>(bits_ >> left));
            bits_ &= (1u << left) - 1;
        }
        return true;
    }
    std::optional<secret_bytes> finish() {
        if (digits_ % 4 == 1 || (digits_ + padding_) % 4 != 0 || bits_ != 0 || out_.empty()) return std::nullopt;
        return secret_bytes(std::exchange(out_, {}));
    }

private:
    static int digit(char c) {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
    }
    std::vector<std::byte> out_;
    unsigned bits_ = 0, digits_ = 0, padding_ = 0;
};

/// What stands between BEGIN and END: headers (RFC 1421 4.6), if there are any, up to a blank line, then base64.
class body_reader {
public:
    explicit body_reader(std::size_t max_size) : decoder_(max_size) {}

    /// False when the line belongs to neither.
    bool take(std::string_view line) {
        if (state_ == state::start && line.find(':') != std::string_view::npos) state_ = state::headers;
        if (state_ == state::headers) {
            if (line.starts_with("Proc-Type:") && line.find("ENCRYPTED") != std::string_view::npos) encrypted_ = true;
            const bool continued = line.starts_with(' ') || line.starts_with('\t');
            if (line.empty()) state_ = state::base64;
            return line.empty() || continued || line.find(':') != std::string_view::npos;
        }
        if (!line.empty()) state_ = state::base64;
        return decoder_.feed(line);
    }
    bool encrypted() const { return encrypted_; }
    std::optional<secret_bytes> finish() { return decoder_.finish(); }

private:
    enum class state { start, headers, base64 };
    base64_decoder decoder_;
    state state_ = state::start;
    bool encrypted_ = false;
};

std::string in_line(const std::string& source, std::size_t number) {
    return source + ", line " + std::to_string(number) + ": ";
}

/// The block whose BEGIN line was just read.
result<pem_block> read_block(lines& in, std::string_view label, errc code, const std::string& source) {
    pem_block block;
    block.label = label;
    block.line = in.number();
    body_reader body(in.until_dashes() / 4 * 3 + 3);  // never grows: growing would leave a key's bytes behind
    while (const auto line = in.next()) {
        if (const auto end = label_of(*line, end_mark)) {
            if (*end != label)
                return fail(code, in_line(source, in.number()) + "the PEM block ends with another label");
            auto der = body.finish();
            if (!der) return fail(code, in_line(source, block.line) + "the PEM block is not base64");
            block.der = std::move(*der);
            block.legacy_encrypted = body.encrypted();
            return block;
        }
        if (line->starts_with(dashes)) break;
        if (!body.take(*line)) return fail(code, in_line(source, in.number()) + "the PEM block is not base64");
    }
    return fail(code, in_line(source, block.line) + "the PEM block has no END");
}

}  // namespace

bool looks_like_pem(std::string_view text) noexcept {
    for (std::size_t at = text.find(begin_mark); at != std::string_view::npos; at = text.find(begin_mark, at + 1)) {
        if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r' || text.substr(0, at) == byte_order_mark)
            return true;
    }
    return false;
}

result<std::vector<pem_block>> split_pem(std::string_view text, errc code, const std::string& source) {
    std::vector<pem_block> out;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    lines in(text);
    while (const auto line = in.next()) {
        const bool begins = line->starts_with(begin_mark);
        if (!begins && !line->starts_with(end_mark)) continue;
        const auto label = label_of(*line, begin_mark);
        if (!label) {  // it was a block once: to pass over it would be to lose it
            return fail(code, in_line(source, in.number()) + (begins ? "a broken BEGIN" : "an END without its BEGIN"));
        }
        auto block = read_block(in, *label, code, source);
        if (!block) return std::unexpected(block.error());
        out.push_back(std::move(*block));
    }
    return out;
}

result<std::vector<std::vector<std::byte>>> split_certificates(std::string_view pem_or_der, const std::string& source) {
    std::vector<std::vector<std::byte>> out;
    const auto add = [&](std::span<const std::byte> der) {
        out.emplace_back(der.begin(), der.end());
        return parse_x509(der).has_value();
    };
    const auto malformed = [&](const std::string& where) {
        return fail(errc::malformed_certificate,
                    where + "certificate " + std::to_string(out.size()) + " cannot be parsed");
    };
    if (looks_like_pem(pem_or_der)) {
        auto blocks = split_pem(pem_or_der, errc::malformed_certificate, source);
        if (!blocks) return std::unexpected(blocks.error());
        for (const pem_block& block : *blocks) {
            if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") continue;
            if (!add(block.der.bytes())) return malformed(in_line(source, block.line));
        }
    } else if (!pem_or_der.empty() && pem_or_der.front() == 0x30) {  // a DER sequence
        der::reader in(std::as_bytes(std::span(pem_or_der)));
        while (!in.at_end()) {
            const auto element = in.expect(der::tag::sequence);
            if (!element || !add(element->whole)) {
                if (!element) out.emplace_back();
                return malformed(source + ": ");
            }
        }
    }
    if (out.empty()) return fail(errc::no_certificate, source + " holds no certificate");
    return out;
}

}  // namespace tlseam::seam
