// SPDX-License-Identifier: Apache-2.0
#include "core/pkcs12.hpp"

#include <algorithm>
#include <optional>

#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {
namespace {

using der::tag::context;
using der::tag::context_constructed;

// Of the whole file: it takes no longer to load than one key does.
constexpr std::uint64_t most_iterations = 10'000'000;
constexpr std::size_t most_certificates = 100;
constexpr int deepest = 4;  // bags in bags

// All of them begin with 1.2.840.113549.1.
constexpr std::uint8_t pkcs[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01};
template <std::size_t N>
bool is_pkcs(der::bytes oid, const std::uint8_t (&rest)[N]) {
    const auto same = [](std::byte a, std::uint8_t b) { return std::to_integer<std::uint8_t>(a) == b; };
    constexpr std::size_t front = sizeof(pkcs);
    return oid.size() == front + N && std::ranges::equal(oid.first(front), pkcs, same) &&
           std::ranges::equal(oid.subspan(front), rest, same);
}
constexpr std::uint8_t data[] = {0x07, 0x01}, encrypted_data[] = {0x07, 0x06};
constexpr std::uint8_t key_bag[] = {0x0c, 0x0a, 0x01, 0x01}, shrouded_key_bag[] = {0x0c, 0x0a, 0x01, 0x02},
                       certificate_bag[] = {0x0c, 0x0a, 0x01, 0x03}, nested_bag[] = {0x0c, 0x0a, 0x01, 0x06};
constexpr std::uint8_t x509_certificate[] = {0x09, 0x16, 0x01};
constexpr std::uint8_t pbes2[] = {0x05, 0x0d};

/// PBKDF2 goes through its iterations once for every hash that its key is made of.
std::uint64_t rounds_of(const sealed_key& key) {
    const std::size_t hash = hash_size(key.hash);
    return std::uint64_t{key.iterations} * ((key.key_size + hash - 1) / hash);
}

class reader {
public:
    reader(const std::string& source, passphrase_source& passphrase) : source_(source), passphrase_(passphrase) {}

    result<pkcs12_contents> read(der::bytes file);

private:
    result<void> check_mac(der::bytes macced, der::bytes mac_data);
    result<void> take_contents(const der::element& info);
    result<void> take_encrypted(der::bytes content);
    result<void> take_bags(der::bytes content, int depth);
    result<void> take_certificate(der::bytes value);
    result<void> take_key(secret_bytes key);
    result<secret_bytes> open(const der::element& algorithm, der::bytes ciphertext);
    result<bool> fits(const mac_rule& rule, der::bytes macced, std::string_view passphrase);

    std::unexpected<error> malformed(const char* what) const {
        return fail(errc::malformed_key, source_ + ": no PKCS#12, or a malformed one: " + what);
    }
    std::unexpected<error> name_source(const error& e) const { return fail(e.code(), source_ + ": " + e.message()); }
    result<void> spend(std::uint64_t iterations) {
        spent_ += iterations;
        if (spent_ <= most_iterations) return {};
        return fail(errc::unsupported_key, source_ + ": its encryption asks for more than 10,000,000 rounds in all");
    }

    const std::string& source_;
    passphrase_source& passphrase_;
    std::uint64_t spent_ = 0;
    std::optional<secret_bytes> key_;
    std::vector<std::vector<std::byte>> certificates_;
};

/// ContentInfo: its kind, and what is inside [0].
struct content_info {
    der::bytes kind;
    der::bytes content;
};

std::optional<content_info> parse_content_info(const std::optional<der::element>& sequence) {
    if (!sequence || sequence->tag != der::tag::sequence) return std::nullopt;
    der::reader in(sequence->content);
    const auto kind = in.expect(der::tag::oid);
    const auto content = in.expect(context_constructed(0));
    if (!kind || !content || !in.at_end()) return std::nullopt;
    return content_info{kind->content, content->content};
}

result<pkcs12_contents> reader::read(der::bytes file) {
    const auto outer = der::single(file, der::tag::sequence);
    if (!outer) return malformed("it is not one DER SEQUENCE");
    der::reader in(outer->content);
    const auto version = in.expect(der::tag::integer);
    if (!version || version->content.size() != 1 || version->content[0] != std::byte{3}) {
        return malformed("its version is not 3");
    }
    const auto safe = parse_content_info(in.expect(der::tag::sequence));
    const auto mac = in.optional(der::tag::sequence);
    if (!safe || !in.at_end()) return malformed("what it holds");
    if (!is_pkcs(safe->kind, data)) {
        return fail(errc::unsupported_key, source_ + ": a PKCS#12 with a signature instead of a passphrase");
    }
    const auto macced = der::single(safe->content, der::tag::octet_string);
    const auto all = macced ? der::single(macced->content, der::tag::sequence) : std::nullopt;
    if (!all) return malformed("what it holds");
    if (mac) {
        if (auto good = check_mac(macced->content, mac->content); !good) return std::unexpected(good.error());
    }
    for (der::reader infos(all->content); !infos.at_end();) {
        const auto info = infos.expect(der::tag::sequence);
        if (!info) return malformed("its contents");
        if (auto taken = take_contents(*info); !taken) return std::unexpected(taken.error());
    }
    if (!key_) return fail(errc::no_private_key, source_ + " has no private key");
    if (certificates_.empty()) return fail(errc::no_certificate, source_ + " has no certificate");
    return pkcs12_contents{std::move(*key_), std::move(certificates_)};
}

// ---- the MAC ----

result<bool> reader::fits(const mac_rule& rule, der::bytes macced, std::string_view passphrase) {
    const auto with = [&](const secret_bytes& key) -> result<bool> {
        std::vector<std::byte> made(hash_size(rule.hmac));
        if (auto done = hmac(rule.hmac, key.bytes(), macced, made); !done) return std::unexpected(done.error());
        return std::ranges::equal(made, rule.value);
    };
    if (rule.derivation) {  // PBMAC1
        std::vector<std::byte> key(rule.derivation->key_size);
        const std::span<std::byte> out = key;
        const secret_bytes owner(std::move(key));
        if (auto done = derive_key(*rule.derivation, passphrase, out); !done) return std::unexpected(done.error());
        return with(owner);
    }
    auto text = to_bmp_string(passphrase);
    if (!text) return std::unexpected(text.error());
    const der::bytes terminated = text->bytes();
    // Some write an empty passphrase as no passphrase, without even its two zero bytes.
    for (const der::bytes one : {terminated, passphrase.empty() ? der::bytes() : terminated}) {
        const auto key = derive_mac_key(rule.hmac, one, rule.salt, rule.iterations);
        if (!key) return std::unexpected(key.error());
        const auto good = with(*key);
        if (!good || *good || !passphrase.empty()) return good;
    }
    return false;
}

result<void> reader::check_mac(der::bytes macced, der::bytes mac_data) {
    const auto rule = parse_mac(mac_data);
    if (!rule) return name_source(rule.error());
    const std::uint64_t rounds = rule->derivation ? rounds_of(*rule->derivation) : rule->iterations;
    if (auto affordable = spend(rounds); !affordable) return affordable;
    const auto passphrase = passphrase_.get(source_);
    if (!passphrase) return std::unexpected(passphrase.error());
    const auto good = fits(*rule, macced, *passphrase);
    if (!good) return name_source(good.error());
    if (!*good) return fail(errc::wrong_passphrase, "the passphrase does not open " + source_);
    return {};
}

// ---- contents ----

result<void> reader::take_contents(const der::element& info) {
    const auto parsed = parse_content_info(info);
    if (!parsed) return malformed("its contents");
    if (is_pkcs(parsed->kind, encrypted_data)) return take_encrypted(parsed->content);
    if (!is_pkcs(parsed->kind, data)) {
        return fail(errc::unsupported_key, source_ + ": contents that are encrypted for a public key");
    }
    const auto octets = der::single(parsed->content, der::tag::octet_string);
    return octets ? take_bags(octets->content, 0) : malformed("its contents");
}

result<void> reader::take_encrypted(der::bytes content) {
    const auto outer = der::single(content, der::tag::sequence);
    if (!outer) return malformed("its encrypted contents");
    der::reader in(outer->content);
    const auto version = in.expect(der::tag::integer);
    const auto inner = in.expect(der::tag::sequence);
    if (!version || !inner) return malformed("its encrypted contents");
    der::reader info(inner->content);
    const auto kind = info.expect(der::tag::oid);
    const auto algorithm = info.expect(der::tag::sequence);
    const auto ciphertext = info.expect(context(0));
    if (!kind || !is_pkcs(kind->content, data) || !algorithm || !ciphertext) return malformed("its encrypted contents");
    const auto opened = open(*algorithm, ciphertext->content);
    if (!opened) return std::unexpected(opened.error());
    return take_bags(opened->bytes(), 0);
}

result<secret_bytes> reader::open(const der::element& algorithm, der::bytes ciphertext) {
    der::reader in(algorithm.content);
    const auto oid = in.expect(der::tag::oid);
    if (!oid) return malformed("its encryption");
    if (!is_pkcs(oid->content, pbes2)) {
        return fail(errc::unsupported_key, source_ + ": encrypted in an old scheme (RC2 or 3DES). To convert it: " +
                                               "'openssl pkcs12 -legacy -in OLD -nodes -out PEM', then " +
                                               "'openssl pkcs12 -export -in PEM -out NEW'");
    }
    const auto sealed = parse_sealed(algorithm, ciphertext);
    if (!sealed) return name_source(sealed.error());
    if (auto affordable = spend(rounds_of(*sealed)); !affordable) return std::unexpected(affordable.error());
    const auto passphrase = passphrase_.get(source_);
    if (!passphrase) return std::unexpected(passphrase.error());
    auto opened = open_sealed(*sealed, *passphrase);
    if (opened) return opened;
    if (opened.error() == errc::wrong_passphrase) {
        return fail(errc::wrong_passphrase, "the passphrase does not open " + source_);
    }
    return name_source(opened.error());
}

result<void> reader::take_bags(der::bytes content, int depth) {
    const auto bags = der::single(content, der::tag::sequence);
    if (!bags || depth > deepest) return malformed("its bags");
    for (der::reader in(bags->content); !in.at_end();) {
        const auto bag = in.expect(der::tag::sequence);
        if (!bag) return malformed("its bags");
        der::reader inside(bag->content);
        const auto kind = inside.expect(der::tag::oid);
        const auto value = inside.expect(context_constructed(0));
        (void)inside.optional(der::tag::set);
        if (!kind || !value || !inside.at_end()) return malformed("a bag");
        result<void> taken;
        if (is_pkcs(kind->content, certificate_bag)) {
            taken = take_certificate(value->content);
        } else if (is_pkcs(kind->content, key_bag)) {
            taken = take_key(secret_bytes(std::vector<std::byte>(value->content.begin(), value->content.end())));
        } else if (is_pkcs(kind->content, shrouded_key_bag)) {
            const auto info = der::single(value->content, der::tag::sequence);
            if (!info) return malformed("its key");
            der::reader encrypted(info->content);
            const auto algorithm = encrypted.expect(der::tag::sequence);
            const auto ciphertext = encrypted.expect(der::tag::octet_string);
            if (!algorithm || !ciphertext || !encrypted.at_end()) return malformed("its key");
            auto opened = open(*algorithm, ciphertext->content);
            taken = opened ? take_key(std::move(*opened)) : std::unexpected(opened.error());
        } else if (is_pkcs(kind->content, nested_bag)) {
            taken = take_bags(value->content, depth + 1);
        }  // lists and secrets are passed over
        if (!taken) return taken;
    }
    return {};
}

result<void> reader::take_certificate(der::bytes value) {
    const auto bag = der::single(value, der::tag::sequence);
    if (!bag) return malformed("a certificate's bag");
    der::reader in(bag->content);
    const auto kind = in.expect(der::tag::oid);
    const auto wrapped = in.expect(context_constructed(0));
    if (!kind || !wrapped || !in.at_end()) return malformed("a certificate's bag");
    if (!is_pkcs(kind->content, x509_certificate)) return {};  // SDSI, which nobody has
    const auto certificate = der::single(wrapped->content, der::tag::octet_string);
    if (!certificate) return malformed("a certificate's bag");
    if (certificates_.size() == most_certificates) {
        return fail(errc::too_large, source_ + ": more than 100 certificates");
    }
    certificates_.emplace_back(certificate->content.begin(), certificate->content.end());
    return {};
}

result<void> reader::take_key(secret_bytes key) {
    if (key_) return malformed("it has more than one private key");
    key_ = std::move(key);
    return {};
}

}  // namespace

result<pkcs12_contents> read_pkcs12(der::bytes file, const std::string& source, passphrase_source& passphrase) {
    return reader(source, passphrase).read(file);
}

}  // namespace tlseam::seam
