// SPDX-License-Identifier: Apache-2.0
// Files that programs load: PEM and DER, keys in every form, keys under a passphrase, PKCS#12. On the null backend,
// whose cipher is none, so that what is inside is reached too.
//   input: a byte that chooses how it is read, then the file
#include "core/pem.hpp"

#include <algorithm>

#include <tlseam/tlseam.hpp>

#include "core/base64.hpp"
#include "core/passphrase.hpp"
#include "core/pkcs12.hpp"
#include "core/private_key.hpp"
#include "core/sealed_key.hpp"
#include "core/x509.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/places.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;
using namespace tlseam::seam;

const buffer& leaf() {
    static const buffer der = split_certificates(text(cert_file("server.crt")), "").value().front();
    return der;
}

std::string armoured(const pem_block& block) {
    return "-----BEGIN " + block.label + "-----\n" + base64(block.der.bytes()) + "\n-----END " + block.label +
           "-----\n";
}

/// What was read is read again from what it would be written as.
void check_pem(std::string_view file) {
    const auto blocks = split_pem(file, errc::malformed_key, "a file");
    if (!blocks) {
        FUZZ_CHECK(blocks.error() == errc::malformed_key && !blocks.error().message().empty());
        return;
    }
    FUZZ_CHECK(looks_like_pem(file) || blocks->empty());
    std::string again;
    for (const pem_block& block : *blocks) {
        FUZZ_CHECK(file.find(block.label) != std::string_view::npos && !block.der.bytes().empty());
        FUZZ_CHECK(block.der.bytes().size() <= file.size() / 4 * 3 + 3);
        again += armoured(block);
    }
    const auto same = split_pem(again, errc::malformed_key, "a file");
    FUZZ_CHECK(same && same->size() == blocks->size());
    for (std::size_t i = 0; i < same->size(); ++i) {
        FUZZ_CHECK((*same)[i].label == (*blocks)[i].label);
        FUZZ_CHECK(std::ranges::equal((*same)[i].der.bytes(), (*blocks)[i].der.bytes()));
    }
}

void check_certificates(std::string_view file) {
    const auto certificates = split_certificates(file, "a file");
    if (!certificates) {
        const errc code = certificates.error().code();
        FUZZ_CHECK(code == errc::no_certificate || code == errc::malformed_certificate);
        return;
    }
    FUZZ_CHECK(!certificates->empty());
    for (const buffer& der : *certificates) FUZZ_CHECK(parse_x509(der).has_value());
    FUZZ_CHECK(certificate::parse_all(file).value().size() == certificates->size());
}

bool is_about_keys(const error& e) {
    const errc allowed[] = {errc::no_private_key,   errc::malformed_key,  errc::unsupported_key,
                            errc::weak_key,         errc::key_mismatch,   errc::passphrase_required,
                            errc::wrong_passphrase, errc::no_certificate, errc::invalid_argument,
                            errc::too_large};
    return std::ranges::find(allowed, e.code()) != std::end(allowed);
}

void check_accepted(bytes pkcs8) {
    const auto accepted = accept_private_key(pkcs8, leaf());
    if (!accepted) {
        FUZZ_CHECK(is_about_keys(accepted.error()));
        return;
    }
    // Its plainest form is accepted too, and is as plain as it gets.
    const auto again = accept_private_key(accepted->bytes(), leaf());
    FUZZ_CHECK(again && std::ranges::equal(again->bytes(), accepted->bytes()));
}

void check_sealed(bytes encrypted) {
    const auto sealed = parse_sealed_key(encrypted);
    if (!sealed) {
        FUZZ_CHECK(is_about_keys(sealed.error()));
        return;
    }
    FUZZ_CHECK(sealed->iterations >= 1 && sealed->iterations <= 10'000'000);
    FUZZ_CHECK(!sealed->salt.empty() && sealed->salt.size() <= 1024 && sealed->iv.size() == 16);
    FUZZ_CHECK(sealed->key_size == 16 || sealed->key_size == 24 || sealed->key_size == 32);
    FUZZ_CHECK(!sealed->ciphertext.empty() && sealed->ciphertext.size() % 16 == 0);
    for (const bytes part : {sealed->salt, sealed->iv, sealed->ciphertext}) FUZZ_CHECK(lies_in(part, encrypted));
    const auto opened = open_sealed_key(encrypted, "tlseam", leaf());
    FUZZ_CHECK(opened || is_about_keys(opened.error()));
}

void check_key(std::string_view file) {
    const auto key = find_private_key(file, "a file");
    if (!key) {
        FUZZ_CHECK(is_about_keys(key.error()));
        return;
    }
    FUZZ_CHECK(der::single(key->pkcs8.bytes(), der::tag::sequence).has_value());
    if (looks_like_pem(text(key->pkcs8.bytes()))) return;  // by intention
    // What was wrapped is what it says.
    const auto again = find_private_key(text(key->pkcs8.bytes()), "a file");
    FUZZ_CHECK(again && again->encrypted == key->encrypted);
    FUZZ_CHECK(std::ranges::equal(again->pkcs8.bytes(), key->pkcs8.bytes()));
    if (key->encrypted) {
        check_sealed(key->pkcs8.bytes());
    } else {
        check_accepted(key->pkcs8.bytes());
    }
    (void)credentials::parse_cert_chain(file, file, "tlseam");
}

void check_pkcs12(bytes file, bool with_passphrase) {
    passphrase_source passphrase(with_passphrase ? std::optional<std::string_view>("tlseam") : std::nullopt);
    const auto contents = read_pkcs12(file, "a file", passphrase);
    if (contents) {
        FUZZ_CHECK(!contents->certificates.empty() && contents->certificates.size() <= 100);
        check_accepted(contents->key.bytes());
    } else {
        FUZZ_CHECK(is_about_keys(contents.error()));
    }
    (void)credentials::parse_pkcs12(file, with_passphrase ? std::optional<std::string_view>("tlseam") : std::nullopt);
}

/// UTF-8 to UTF-16: as long as it must be.
void check_passphrase(std::string_view given) {
    const auto made = to_bmp_string(given);
    if (!made) {
        FUZZ_CHECK(made.error() == errc::invalid_argument);
        return;
    }
    const bytes bmp = made->bytes();
    FUZZ_CHECK(bmp.size() % 2 == 0 && bmp.size() >= 2 && bmp.size() <= 2 * given.size() + 2);
    FUZZ_CHECK(bmp[bmp.size() - 1] == std::byte{0} && bmp[bmp.size() - 2] == std::byte{0});
}

void check_base64(bytes any) {
    if (any.empty()) return;
    const std::string pem = "-----BEGIN X-----\n" + base64(any) + "\n-----END X-----\n";
    const auto blocks = split_pem(pem, errc::malformed_key, "");
    FUZZ_CHECK(blocks && blocks->size() == 1 && std::ranges::equal(blocks->front().der.bytes(), any));
}

void run(bytes input) {
    source in(input);
    const std::size_t how = in.number();
    const bytes file = in.rest();
    switch (how % 4) {
        case 0:
            check_pem(text(file));
            check_certificates(text(file));
            check_key(text(file));
            break;
        case 1: check_pkcs12(file, how >= 128); break;
        case 2:
            check_passphrase(text(file));
            check_base64(file);
            (void)trust_store::parse(text(file));
            (void)crl_store::parse(text(file));
            break;
        default: {
            const auto rule = parse_mac(file);
            FUZZ_CHECK(rule ? rule->value.size() == hash_size(rule->hmac) : is_about_keys(rule.error()));
            check_accepted(file);
            break;
        }
    }
}

// ---- seeds ----

using der::encode;
using der::tag::sequence;

buffer oid(std::initializer_list<unsigned> content) { return encode(der::tag::oid, {make(content)}); }
buffer integer(unsigned value) { return encode(der::tag::integer, {make({value >> 8, value & 0xff})}); }
buffer octets(bytes content) { return encode(der::tag::octet_string, {content}); }
buffer explicitly(bytes content) { return encode(der::tag::context_constructed(0), {content}); }
buffer pkcs(std::initializer_list<unsigned> rest) {
    return encode(der::tag::oid, {make({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1}), make(rest)});
}

/// PBES2 with PBKDF2 and AES-128-CBC; hash: the last arc of its HMAC, 0: left out.
buffer pbes2(unsigned hash = 9, unsigned aes = 2, bool key_size = false) {
    const buffer function = encode(sequence, {oid({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, hash}), make({5, 0})});
    const buffer none;
    const buffer size = key_size ? encode(der::tag::integer, {make({16})}) : none;
    const buffer derivation = encode(
        sequence, {pkcs({5, 0x0c}),
                   encode(sequence, {octets(make({1, 2, 3})), integer(2048), size, hash != 0 ? function : none})});
    const buffer cipher = encode(sequence, {oid({0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, aes}), octets(buffer(16))});
    return encode(sequence, {pkcs({5, 0x0d}), encode(sequence, {derivation, cipher})});
}

/// As a cipher that is none would do it: what is inside, and its padding.
buffer padded(buffer plain) {
    const std::size_t padding = 16 - plain.size() % 16;
    plain.insert(plain.end(), padding, static_cast<std::byte>(padding));
    return plain;
}

buffer content(bytes kind, bytes inside) { return encode(sequence, {kind, explicitly(inside)}); }

buffer encrypted_content(bytes bags) {
    const buffer info = encode(sequence, {pkcs({7, 1}), pbes2(), encode(der::tag::context(0), {padded(join({bags}))})});
    return content(pkcs({7, 6}), encode(sequence, {make({2, 1, 0}), info}));
}

buffer bag(std::initializer_list<unsigned> kind, bytes value) {
    return encode(sequence, {pkcs(kind), explicitly(value)});
}

/// A file around contents, with or without a MAC that does not fit.
buffer pkcs12(bytes contents, bytes mac = {}) {
    const buffer safe = content(pkcs({7, 1}), octets(encode(sequence, {contents})));
    return encode(sequence, {make({2, 1, 3}), safe, mac});
}

buffer mac_data(bytes algorithm, std::size_t size, bool rounds = true) {
    const buffer info = encode(sequence, {algorithm, octets(buffer(size, std::byte{0xaa}))});
    return encode(sequence, {info, octets(make({1, 2, 3})), rounds ? integer(1024) : buffer()});
}

/// A MAC that fits what it is of.
buffer right_mac(bytes macced) {
    const buffer salt = make({1, 2, 3});
    buffer value(32);
    const auto passphrase = to_bmp_string("tlseam").value();
    const auto key = derive_mac_key(hash_kind::sha256, passphrase.bytes(), salt, 1024).value();
    FUZZ_CHECK(hmac(hash_kind::sha256, key.bytes(), macced, value).has_value());
    const buffer algorithm = encode(sequence, {oid({0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}), make({5, 0})});
    return encode(sequence, {encode(sequence, {algorithm, octets(value)}), octets(salt), integer(1024)});
}

buffer pbmac1(const buffer& key_size = make({2, 1, 32})) {
    const buffer hmac = encode(sequence, {oid({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9}), make({5, 0})});
    const buffer inner = encode(sequence, {octets(make({1, 2, 3})), integer(2048), key_size, hmac});
    return encode(sequence, {pkcs({5, 0x0e}), encode(sequence, {encode(sequence, {pkcs({5, 0x0c}), inner}), hmac})});
}

std::vector<buffer> pkcs12_seeds() {
    const buffer key = find_private_key(text(cert_file("server.key")), "").value().pkcs8.bytes().size() != 0
                           ? join({find_private_key(text(cert_file("server.key")), "").value().pkcs8.bytes()})
                           : buffer();
    const buffer sealed = encode(sequence, {pbes2(), octets(padded(key))});
    const buffer certificate =
        bag({0x0c, 0x0a, 1, 3}, encode(sequence, {pkcs({9, 0x16, 1}), explicitly(octets(leaf()))}));
    const buffer sdsi = bag({0x0c, 0x0a, 1, 3}, encode(sequence, {pkcs({9, 0x16, 2}), explicitly(octets({}))}));
    const buffer plain = bag({0x0c, 0x0a, 1, 1}, key), shrouded = bag({0x0c, 0x0a, 1, 2}, sealed);
    const auto in_clear = [&](bytes bags) { return content(pkcs({7, 1}), octets(encode(sequence, {bags}))); };
    const auto sha2 = [](unsigned arc) {
        return encode(sequence, {oid({0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc}), make({5, 0})});
    };
    buffer nested = encode(sequence, {certificate});
    for (int i = 0; i < 6; ++i) nested = encode(sequence, {bag({0x0c, 0x0a, 1, 6}, nested)});
    return {
        pkcs12(in_clear(join({certificate, plain}))),
        pkcs12(in_clear(join({sdsi, certificate, shrouded}))),
        pkcs12(encrypted_content(encode(sequence, {certificate, shrouded}))),
        pkcs12(in_clear(join({certificate, plain, plain}))),
        pkcs12(in_clear(bag({0x0c, 0x0a, 1, 6}, encode(sequence, {certificate, plain})))),
        pkcs12(in_clear(bag({0x0c, 0x0a, 1, 6}, nested))),
        pkcs12(in_clear(join({certificate, plain})),
               right_mac(encode(sequence, {in_clear(join({certificate, plain}))}))),
        pkcs12(in_clear(plain)),
        pkcs12(in_clear(certificate)),
        pkcs12(in_clear(bag({0x0c, 0x0a, 1, 5}, {}))),
        pkcs12(content(pkcs({7, 3}), octets({}))),
        pkcs12(in_clear(certificate), mac_data(sha2(1), 32)),
        pkcs12(in_clear(certificate), mac_data(pbmac1(), 32)),
        encode(sequence, {make({2, 1, 3}), content(pkcs({7, 2}), octets({}))}),
    };
}

std::vector<buffer> seeds() {
    std::vector<buffer> out;
    const auto add = [&](unsigned how, bytes file) { out.push_back(join({make({how}), file})); };
    for (const char* name : {"server.crt", "server.key", "server-leaf.der", "server.key.der", "server-encrypted.key",
                             "server-legacy-encrypted.key", "server-rsa-pkcs1.key", "server-sec1.key",
                             "server-ed25519.key", "ca-bundle.crt", "crl.pem"}) {
        add(0, cert_file(name));
    }
    for (const buffer& file : files_in(std::string(places::tree) + "/tests/conformance/loaders/files")) add(0, file);
    for (const auto& name : cert_names("pkcs12", ".p12")) add(129, cert_file(name));
    add(1, cert_file("server.p12"));
    for (const buffer& file : pkcs12_seeds()) {
        add(129, file);
        add(1, file);
    }
    // A sealed key of every hash and cipher.
    const auto server_key = find_private_key(text(cert_file("server.key")), "").value();
    for (const unsigned hash : {0U, 6U, 7U, 8U, 10U, 11U}) {
        add(0, encode(sequence, {pbes2(hash, hash == 7 ? 22 : 42), octets(padded(join({server_key.pkcs8.bytes()})))}));
    }
    add(0, encode(sequence, {pbes2(9, 2, true), octets(padded(join({server_key.pkcs8.bytes()})))}));
    add(0, encode(sequence, {pbes2(9, 3), octets(buffer(16))}));
    add(0, encode(sequence, {pbes2(), octets(buffer(16))}));
    for (const std::string_view file :
         {"\xef\xbb\xbf-----BEGIN A-----\r\nAAAA\r\n-----END A-----\r\n",
          "text\n-----BEGIN A-----\nAA==\n-----END A-----", "-----BEGIN A-----\nAAA=\n-----END B-----\n",
          "-----BEGIN A-----\nAA=A\n-----END A-----\n", "-----BEGIN A----\n", "-----END A-----\n",
          "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nX: y\n z\n\nAAAA\n-----END A-----\n",
          "-----BEGIN A-----\nAAA\n-----END A-----\n", "-----BEGIN A-----\n-----BEGIN B-----\n",
          "-----BEGIN A-----\nA=\n", "-----BEGIN A-----\n=AAA\n", "-----BEGIN A-----\n$\n",
          "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n",
          "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
          "-----BEGIN A-----\nab+/\n-----END A-----\n"}) {
        add(0, as_bytes(file));
    }
    add(2, as_bytes("p\xc3\xa4ssw\xe2\x82\xacrd\xf0\x9f\x94\x91"));
    add(2, as_bytes("\xc3"));
    add(2, as_bytes("\xed\xa0\x80"));
    add(2, cert_file("root.crt"));
    add(2, cert_file("root.crl.pem"));
    for (const unsigned arc : {1U, 2U, 3U, 4U, 5U}) {
        const std::size_t sizes[] = {32, 48, 64, 28, 32};
        const buffer algorithm = encode(sequence, {oid({0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc}), make({5, 0})});
        const buffer whole = mac_data(algorithm, sizes[arc - 1], arc != 2);
        add(3, der::single(whole, sequence)->content);
    }
    for (const buffer& size : {buffer(), make({2, 1, 19}), make({2, 1, 65}), make({2, 2, 8, 0})}) {
        add(3, der::single(mac_data(pbmac1(size), 32), sequence)->content);
    }
    const buffer sha256 = encode(sequence, {oid({0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}), make({5, 0})});
    const buffer info = encode(sequence, {sha256, octets(buffer(32))});
    add(3, join({info, octets({}), integer(1)}));
    add(3, join({info, octets(buffer(1025)), integer(1)}));
    add(3, join({info, octets(make({1})), make({2, 4, 0x7f, 0, 0, 0})}));
    add(3, join({encode(sequence, {sha256, octets(buffer(31))}), octets(make({1})), integer(1024)}));
    const buffer sha1 = mac_data(encode(sequence, {oid({0x2b, 0x0e, 3, 2, 0x1a})}), 20), pb = mac_data(pbmac1(), 32);
    add(3, der::single(sha1, sequence)->content);
    add(3, der::single(pb, sequence)->content);
    return out;
}

const registration here({"pem", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
