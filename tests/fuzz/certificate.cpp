// SPDX-License-Identifier: Apache-2.0
// Certificates, revocation lists and OCSP responses: what is parsed lies in the input, what is shown is fit to be
// shown.
//   input: a byte that chooses the parser, then DER
#include <tlseam/certificate.hpp>

#include <algorithm>

#include "core/certificate_path.hpp"
#include "core/certificate_text.hpp"
#include "core/crl.hpp"
#include "core/ip.hpp"
#include "core/name_constraints.hpp"
#include "core/ocsp.hpp"
#include "core/pem.hpp"
#include "core/private_key.hpp"
#include "core/x509.hpp"
#include "core/x509_details.hpp"
#include "core/x509_extensions.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;
using namespace tlseam::seam;

/// Printable ASCII and whole UTF-8 sequences of no control characters.
bool is_fit_to_show(std::string_view shown) {
    for (std::size_t i = 0; i < shown.size();) {
        const auto c = static_cast<unsigned char>(shown[i]);
        const std::size_t size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xc2) || c > 0xf4 || shown.size() - i < size) return false;
        unsigned code = size == 1 ? c : c & (0x7fU >> size);
        for (std::size_t k = 1; k < size; ++k) {
            const auto next = static_cast<unsigned char>(shown[i + k]);
            if (next >> 6 != 2) return false;
            code = code << 6 | (next & 0x3fU);
        }
        constexpr unsigned lowest[] = {0, 0, 0xa0, 0x800, 0x10000};
        if (code < lowest[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
        i += size;
    }
    return true;
}

bool is_date(std::chrono::sys_seconds time) {
    using namespace std::chrono;
    return time >= sys_seconds(sys_days(year(0) / 1 / 1)) && time < sys_seconds(sys_days(year(10000) / 1 / 1));
}

void check_names(const general_names& names, bytes input) {
    for (const auto& list : {names.dns, names.ip, names.email, names.uri, names.directory}) {
        for (const bytes name : list) FUZZ_CHECK(lies_in(name, input));
    }
    for (const bytes name : names.directory) FUZZ_CHECK(is_name(name));
}

void check_fields(const x509_fields& it, bytes input) {
    for (const bytes part : {it.tbs, it.serial, it.issuer, it.subject, it.spki, it.key_algorithm, it.extensions,
                             it.signature_algorithm, it.signature, it.key_id, it.issuer_key_id}) {
        FUZZ_CHECK(lies_in(part, input));
    }
    FUZZ_CHECK(is_name(it.issuer) && is_name(it.subject) && der::is_integer(it.serial) &&
               der::is_oid(it.key_algorithm));
    FUZZ_CHECK(is_date(it.not_before) && is_date(it.not_after));
    FUZZ_CHECK(it.version >= 1 && it.version <= 3 && (it.version == 3 || it.extensions.empty()));
    FUZZ_CHECK(it.has_alt_name || (it.dns_names.empty() && it.ip_addresses.empty()));
    for (const bytes ip : it.ip_addresses) FUZZ_CHECK(ip.size() == 4 || ip.size() == 16);
    for (const bytes dns : it.dns_names) FUZZ_CHECK(text(dns).find('\0') == std::string_view::npos);
    check_names(it.alt_names, input);
    if (it.constraints) {
        check_names(it.constraints->permitted, input);
        check_names(it.constraints->excluded, input);
        (void)are_within(it, *it.constraints);
    }
    FUZZ_CHECK(it.malformed_extension || it.is_ca || !it.constraints);
    FUZZ_CHECK(it.is_self_issued() == could_have_issued({.issuer = {}, .subject = it.subject}, it));
}

void check_shown(const certificate& it, const x509_fields& fields) {
    for (const std::string& shown : {it.subject(), it.issuer(), it.serial(), it.key_type(), it.signature_algorithm()}) {
        FUZZ_CHECK(is_fit_to_show(shown));
    }
    for (const auto& list : {it.dns_names(), it.ip_addresses(), it.key_usage(), it.extended_key_usage(),
                             it.email_addresses(), it.uris(), it.ocsp_urls(), it.ca_issuer_urls(), it.crl_urls()}) {
        for (const std::string& shown : list) FUZZ_CHECK(is_fit_to_show(shown));
    }
    FUZZ_CHECK(it.dns_names().size() == fields.dns_names.size());
    FUZZ_CHECK(it.ip_addresses().size() == fields.ip_addresses.size());
    FUZZ_CHECK(it.serial().size() == 2 * fields.serial.size() && it.sha256_fingerprint().size() == 64);
    FUZZ_CHECK(it.not_before() == fields.not_before && it.not_after() == fields.not_after);
    FUZZ_CHECK(it.key_bits() == fields.key_bits && it.version() == fields.version && it.is_ca() == fields.is_ca);
    FUZZ_CHECK(it.public_key_pin().starts_with("sha256//"));
    const auto again = certificate::parse_all(it.to_pem());
    FUZZ_CHECK(again && again->size() == 1 && again->front() == it);
}

void check_certificate(bytes input) {
    const auto fields = parse_x509(input);
    const auto shown = certificate::from_der(input);
    FUZZ_CHECK(fields.has_value() == shown.has_value());
    (void)accept_public_key(input);
    if (!fields) return;
    FUZZ_CHECK(fields->tbs.size() < input.size());
    check_fields(*fields, input);
    check_shown(*shown, *fields);
}

void check_crl(bytes input) {
    const auto list = parse_crl(input);
    if (!list) return;
    for (const bytes part :
         {list->issuer, list->issuer_key_id, list->signed_part, list->signature_algorithm, list->signature}) {
        FUZZ_CHECK(lies_in(part, input));
    }
    FUZZ_CHECK(is_name(list->issuer) && is_date(list->this_update));
    FUZZ_CHECK(!list->next_update || is_date(*list->next_update));
    for (const bytes serial : list->revoked) {
        FUZZ_CHECK(lies_in(serial, input) && der::is_integer(serial) && list->lists(serial));
    }
    FUZZ_CHECK(!list->lists({}));
}

/// Somebody that the response may be about.
const x509_fields& somebody() {
    static const buffer der = cert_file("server-leaf.der");
    static const x509_fields fields = parse_x509(der).value();
    return fields;
}

void check_ocsp(bytes input) {
    const auto response = parse_ocsp_response(input);
    if (!response) {
        FUZZ_CHECK(response.error().what[0] != '\0');
        return;
    }
    FUZZ_CHECK(response->responder_name ? is_name(*response->responder_name) : response->responder_key.size() == 20);
    for (const bytes part : {response->responder_name.value_or(bytes()), response->responder_key, response->signed_part,
                             response->signature_algorithm, response->signature}) {
        FUZZ_CHECK(lies_in(part, input));
    }
    for (const bytes certificate : response->certificates) FUZZ_CHECK(lies_in(certificate, input));
    for (const ocsp_single& one : response->singles) {
        FUZZ_CHECK(lies_in(one.serial, input) && der::is_integer(one.serial));
        FUZZ_CHECK(is_date(one.this_update) && (!one.next_update || is_date(*one.next_update)));
        FUZZ_CHECK(one.hash || !one.is_about(somebody(), nullptr));
        FUZZ_CHECK(!one.is_about(somebody(), &somebody()) || one.is_about(somebody(), nullptr));
    }
    (void)response->names(somebody());
}

void check_text(bytes input) {
    const std::string name = name_text(input);
    FUZZ_CHECK(is_fit_to_show(name));
    FUZZ_CHECK(is_fit_to_show(dotted(input)));
    for (const std::string_view special : {separators, delimiters}) {
        std::string shown;
        append_escaped(shown, text(input), special);
        FUZZ_CHECK(is_fit_to_show(shown) && shown.size() >= input.size() && shown.size() <= 3 * input.size());
    }
    FUZZ_CHECK(ip_text(input).empty() == (input.size() != 4 && input.size() != 16));
    for (der::reader in(input); const auto element = in.any();) {
        FUZZ_CHECK(lies_in(element->content, element->whole) && lies_in(element->whole, input));
        const auto made = der::encode(element->tag, {element->content});
        FUZZ_CHECK(std::ranges::equal(made, element->whole));  // there is one encoding only
        FUZZ_CHECK(der::single(element->whole, element->tag).has_value());
        FUZZ_CHECK(!der::single(join({element->whole, make({0})}), element->tag));
        (void)parse_time(*element);
    }
    FUZZ_CHECK(!der::is_integer(input) || !input.empty());
}

void run(bytes input) {
    source in(input);
    switch (in.number() % 4) {
        case 0: check_certificate(in.rest()); break;
        case 1: check_crl(in.rest()); break;
        case 2: check_ocsp(in.rest()); break;
        default: check_text(in.rest()); break;
    }
}

// ---- seeds ----

using der::encode;
using der::tag::sequence;

/// What the first PEM block holds, sound or not.
buffer der_of(const buffer& file) {
    return join({split_pem(text(file), errc::malformed_certificate, "").value().front().der.bytes()});
}

/// certs/server.crt with other extensions: its signature does not matter here. instead: of tbs, by number.
struct changes {
    buffer extensions;
    buffer key;
    buffer validity;
    buffer version = make({0xa0, 3, 2, 1, 2});
    buffer identifiers;
};

buffer certificate_with(const changes& it) {
    static const buffer whole = cert_file("server-leaf.der");
    const x509_fields fields = parse_x509(whole).value();
    const buffer usual_dates =
        make({0x30, 0x20, 0x17, 0x0d, '2', '6', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z',
              0x18, 0x0f, '2',  '0',  '5', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z'});
    const buffer wrapped = it.extensions.empty()
                               ? buffer()
                               : encode(der::tag::context_constructed(3), {encode(sequence, {it.extensions})});
    const buffer tbs =
        encode(sequence, {it.version, make({2, 1, 1}), fields.signature_algorithm, encode(sequence, {fields.issuer}),
                          it.validity.empty() ? usual_dates : it.validity, encode(sequence, {fields.subject}),
                          it.key.empty() ? join({fields.spki}) : it.key, it.identifiers, wrapped});
    return encode(sequence, {tbs, fields.signature_algorithm, make({3, 2, 0, 1})});
}

buffer extension(bytes oid, bytes value, bool critical = false) {
    return encode(sequence, {encode(der::tag::oid, {oid}), critical ? make({1, 1, 0xff}) : buffer(),
                             encode(der::tag::octet_string, {value})});
}
buffer id_ce(unsigned last) { return make({0x55, 0x1d, last}); }
buffer id_pe(unsigned last) { return make({0x2b, 6, 1, 5, 5, 7, 1, last}); }

buffer names() {
    const buffer directory = make({0x31, 8, 0x30, 6, 6, 1, 0x55, 0x0c, 1, 'x'});
    return join({make({0x82, 5}), as_bytes("*.a.b"), make({0x87, 4, 192, 0, 2, 1}), make({0x81, 5}), as_bytes("a@b.c"),
                 make({0x86, 10}), as_bytes("http://a.b"), encode(0xa4, {encode(sequence, {directory})}),
                 make({0xa0, 2, 5, 0})});
}

std::vector<buffer> extension_seeds() {
    const auto list = [](bytes inside) { return encode(sequence, {inside}); };
    const buffer url = join({make({0x86, 10}), as_bytes("http://a.b")});
    const buffer subtree = encode(sequence, {make({0x82, 3}), as_bytes("a.b")});
    const buffer mask = encode(sequence, {make({0x87, 8, 10, 0, 0, 0, 255, 0, 0, 0})});
    const buffer ca = extension(id_ce(19), make({0x30, 6, 1, 1, 0xff, 2, 1, 3}), true);
    const buffer point = encode(sequence, {encode(0xa0, {encode(0xa0, {url, make({0x82, 1, 'x'})})})});
    const auto access = [&](unsigned method) {
        return encode(sequence, {make({6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, method}), url});
    };
    std::vector<buffer> out = {
        ca,
        extension(id_ce(19), make({0x30, 3, 1, 1, 1})),
        extension(id_ce(19), make({0x30, 3, 2, 1, 0x80})),
        extension(id_ce(19), make({0x30, 4, 1, 2, 0xff, 0xff})),
        extension(id_ce(19), make({0x30, 9, 1, 1, 0, 2, 4, 1, 0, 0, 0})),
        extension(id_ce(19), make({0x04, 0})),
        join({ca, extension(id_ce(15), make({3, 2, 1, 6}), true)}),
        extension(id_ce(15), make({3, 3, 7, 6, 0x80})),
        extension(id_ce(15), make({3, 1, 0})),
        extension(id_ce(15), make({3, 2, 2, 4})),
        extension(id_ce(37), list(make({6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1, 6, 8, 0x2b, 6,    1,    5, 5, 7, 3,   2,
                                        6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 9, 6, 4, 0x55, 0x1d, 0x25, 0, 6, 1, 0x2a}))),
        extension(id_ce(37), list(make({6, 1, 0x80}))),
        extension(id_ce(37), make({4, 0})),
        extension(id_ce(17), list(names())),
        extension(id_ce(17), list({})),
        extension(id_ce(17), list(make({0x87, 3, 1, 2, 3}))),
        extension(id_ce(17), list(make({0x82, 2, 'a', 0}))),
        extension(id_ce(17), list(make({0xa4, 2, 0x30, 5}))),
        join({ca, extension(id_ce(30), list(join({encode(0xa0, {subtree, mask}), encode(0xa1, {subtree})})), true)}),
        extension(id_ce(30), list(encode(0xa0, {subtree}))),
        join({ca, extension(id_ce(30), list(encode(0xa0, {encode(sequence, {make({0x82, 1, 'a', 0x80, 1, 1})})})))}),
        join({ca, extension(id_ce(30), list(encode(0xa1, {make({5, 0})})))}),
        join({ca, extension(id_ce(30), make({5, 0}))}),
        join({extension(id_ce(14), make({4, 2, 1, 2})), extension(id_ce(35), make({0x30, 4, 0x80, 2, 1, 2}))}),
        join({extension(id_ce(14), make({5, 0})), extension(id_ce(35), make({5, 0}))}),
        join({extension(id_ce(14), make({4, 0}), true), extension(id_ce(35), make({0x30, 0}), true)}),
        extension(id_ce(31), list(join({point, encode(sequence, {}), encode(sequence, {make({0xa0, 0})})}))),
        extension(id_ce(31), list(encode(sequence, {encode(0xa0, {encode(0xa0, {make({0x86, 9})})})}))),
        extension(id_ce(31), list(make({5, 0})), true),
        extension(id_ce(31), list({})),
        extension(id_pe(1), list(join({access(1), access(2), encode(sequence, {make({6, 1, 0x2a, 0x82, 1, 'x'})})}))),
        extension(id_pe(1), list(encode(sequence, {make({6, 1, 0x2a})}))),
        extension(id_pe(1), list(encode(sequence, {make({6, 1, 0x2a}), url, make({5, 0})}))),
        extension(id_pe(1), list({}), true),
        extension(id_pe(24), list(make({2, 1, 5, 2, 1, 17}))),
        extension(id_pe(24), list(make({2, 2, 0, 5})), true),
        extension(id_pe(24), make({5, 0})),
        extension(id_ce(99), {}, true),
        extension(make({0x80, 1}), {}),
        join({ca, ca}),
        encode(sequence, {make({6, 1, 0x2a, 1, 2, 0, 0, 4, 0})}),
        make({4, 0}),
        encode(sequence, {make({6, 1, 0x2a, 4, 0, 5, 0})}),
    };
    for (buffer& each : out) each = certificate_with({.extensions = each});
    return out;
}

std::vector<buffer> certificate_seeds() {
    std::vector<buffer> out = extension_seeds();
    const auto key = [](bytes algorithm, bytes bits) {
        return encode(sequence, {encode(sequence, {algorithm}), encode(der::tag::bit_string, {bits})});
    };
    const buffer rsa = make({6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0}),
                 pss = make({6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10});
    const buffer modulus = make({0, 0x30, 8, 2, 3, 0, 0x81, 1, 2, 1, 3}),
                 ec = make({6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1});
    for (const buffer& spki : {key(rsa, modulus),
                               key(pss, modulus),
                               key(rsa, make({0, 0x30, 3, 2, 1, 0})),
                               key(rsa, make({0, 0x30, 4, 2, 2, 0, 1})),
                               key(rsa, make({1})),
                               key(rsa, make({0, 5, 0})),
                               key(join({ec, make({6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1})}), make({0})),
                               key(join({ec, make({6, 5, 0x2b, 0x81, 4, 0, 0x21})}), make({0})),
                               key(join({ec, make({6, 5, 0x2b, 0x81, 4, 0, 0x22})}), make({0})),
                               key(join({ec, make({6, 5, 0x2b, 0x81, 4, 0, 0x23})}), make({0})),
                               key(join({ec, make({6, 5, 0x2b, 0x81, 4, 0, 0x0a})}), make({0})),
                               key(join({ec, make({6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7})}), make({0})),
                               key(join({ec, make({6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11})}), make({0})),
                               key(join({ec, make({6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13})}), make({0})),
                               key(join({ec, make({6, 1, 0x2a})}), make({0})),
                               key(ec, make({0})),
                               key(make({6, 3, 0x2b, 0x65, 0x70}), make({0})),
                               key(make({6, 3, 0x2b, 0x65, 0x71}), make({0})),
                               key(make({6, 1, 0x2a}), make({0})),
                               key(make({6, 1, 0x2a}), make({8})),
                               key(make({6, 1, 0x80}), make({0})),
                               make({0x30, 0})}) {
        out.push_back(certificate_with({.key = spki}));
    }
    const auto dates = [](std::string_view from, std::string_view to) {
        const auto time = [](std::string_view digits) {
            return encode(digits.size() == 13 ? 0x17 : 0x18, {as_bytes(digits)});
        };
        return encode(sequence, {time(from), time(to)});
    };
    for (const std::string_view time :
         {"500101000000Z", "490101000000Z", "260229000000Z", "260101240000Z", "260101006000Z", "260101000060Z",
          "2601010000000", "26010100000xZ", "20260101000000Z", "99991231235959Z"}) {
        out.push_back(certificate_with({.validity = dates(time, "99991231235959Z")}));
        out.push_back(certificate_with({.validity = dates("200101000000Z", time)}));
    }
    out.push_back(certificate_with({.validity = make({0x30, 4, 5, 0, 5, 0})}));
    out.push_back(certificate_with({.version = {}}));
    out.push_back(certificate_with({.extensions = extension(id_ce(99), {}), .version = {}}));
    for (const buffer& version :
         {make({0xa0, 3, 2, 1, 3}), make({0xa0, 3, 2, 1, 1}), make({0xa0, 2, 5, 0}), make({0xa0, 4, 2, 2, 0, 1})}) {
        out.push_back(certificate_with({.version = version}));
    }
    out.push_back(certificate_with({.identifiers = make({0x81, 1, 0, 0x82, 1, 0})}));
    out.push_back(certificate_with({.identifiers = make({5, 0})}));
    return out;
}

/// Lists by hand: every optional part, and each of them wrong.
std::vector<buffer> crl_seeds() {
    const buffer algorithm = make({0x30, 3, 6, 1, 0x2a}),
                 issuer = encode(sequence, {make({0x31, 8, 0x30, 6, 6, 1, 0x55, 0x0c, 1, 'x'})});
    const buffer time = encode(0x17, {as_bytes("260101000000Z")}), later = encode(0x18, {as_bytes("20600101000000Z")});
    const auto entry = [&](bytes serial, bytes more) { return encode(sequence, {serial, time, more}); };
    const auto list = [&](bytes version, bytes next, bytes entries, bytes extensions) {
        const buffer tbs = encode(sequence, {version, algorithm, issuer, time, next, entries, extensions});
        return encode(sequence, {tbs, algorithm, make({3, 2, 0, 1})});
    };
    const buffer v2 = make({2, 1, 1}),
                 entries = encode(sequence,
                                  {entry(make({2, 1, 9}), {}),
                                   entry(make({2, 1, 5}), encode(sequence, {extension(id_ce(21), make({10, 1, 1}))}))});
    const buffer key_id = encode(0xa0, {encode(sequence, {extension(id_ce(35), make({0x30, 4, 0x80, 2, 1, 2})),
                                                          extension(id_ce(20), make({2, 1, 1}))})});
    return {
        list(v2, later, entries, key_id),
        list({}, {}, {}, {}),
        list(make({2, 1, 0}), {}, {}, {}),
        list(v2, encode(0x17, {as_bytes("nonsense")}), {}, {}),
        list(v2, later, encode(sequence, {make({5, 0})}), {}),
        list(v2, later, encode(sequence, {entry(make({2, 2, 0, 1}), {})}), {}),
        list(v2, later, encode(sequence, {entry(make({2, 1, 1}), make({5, 0}))}), {}),
        list(v2, later, encode(sequence, {entry(make({2, 1, 1}), encode(sequence, {make({5, 0})}))}), {}),
        list(v2, later, encode(sequence, {entry(make({2, 1, 1}), encode(sequence, {extension(id_ce(29), {}, true)}))}),
             {}),
        list(v2, later, {}, encode(0xa0, {encode(sequence, {extension(id_ce(28), {}, true)})})),
        list(v2, later, {}, encode(0xa0, {encode(sequence, {extension(id_ce(35), make({5, 0}))})})),
        list(v2, later, {}, encode(0xa0, {encode(sequence, {extension(id_ce(35), make({0x30, 0}))})})),
        list(v2, later, {}, make({0xa0, 2, 5, 0})),
        list(v2, later, {}, make({5, 0})),
    };
}

/// Responses by hand, sound but for one part.
struct response {
    buffer version;
    buffer responder =
        make({0xa2, 0x16, 4, 0x14, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
    buffer serial = make({2, 1, 5});
    buffer behind_id;
    buffer next;
    buffer behind;

    [[nodiscard]] buffer build() const {
        const buffer algorithm = make({0x30, 3, 6, 1, 0x2a}), octets = make({4, 1, 1});
        const buffer time = encode(der::tag::generalized_time, {as_bytes("20260101000000Z")});
        const buffer id = encode(sequence, {algorithm, octets, octets, serial, behind_id});
        const buffer single = encode(sequence, {id, make({0x80, 0}), time, next});
        const buffer part = encode(sequence, {version, responder, time, encode(sequence, {single}), behind});
        const buffer basic = encode(sequence, {part, algorithm, make({3, 2, 0, 1})});
        const buffer kind = make({6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1});
        const buffer inner = encode(sequence, {kind, encode(der::tag::octet_string, {basic})});
        return encode(sequence, {make({10, 1, 0}), encode(0xa0, {inner})});
    }
};

std::vector<buffer> ocsp_seeds() {
    const buffer time = encode(der::tag::generalized_time, {as_bytes("20270101000000Z")});
    std::vector<buffer> out = {
        response{}.build(),
        response{.version = make({0xa0, 3, 2, 1, 0})}.build(),
        response{.version = make({0xa0, 3, 2, 1, 1})}.build(),
        response{.version = make({0xa0, 4, 2, 2, 0, 0})}.build(),
        response{.version = make({0xa0, 2, 5, 0})}.build(),
        response{.responder = make({0xa2, 3, 4, 1, 1})}.build(),
        response{.serial = make({2, 2, 0, 1})}.build(),
        response{.behind_id = make({5, 0})}.build(),
        response{.next = encode(0xa0, {time})}.build(),
        response{.next = encode(0xa0, {time, make({5, 0})})}.build(),
        response{.behind = encode(0xa1, {encode(sequence, {extension(id_ce(99), {}, true)}), make({5, 0})})}.build(),
        response{.behind = join({encode(0xa1, {encode(sequence, {extension(id_ce(99), {})})}), make({5, 0})})}.build(),
        make({0x30, 4, 10, 2, 0, 0}),
    };
    for (unsigned status = 0; status < 8; ++status) out.push_back(make({0x30, 3, 10, 1, status}));
    return out;
}

std::vector<buffer> seeds() {
    std::vector<buffer> out;
    const auto add = [&](unsigned how, bytes file) { out.push_back(join({make({how}), file})); };
    for (const buffer& each : certificate_seeds()) add(0, each);
    for (const char* directory : {"", "signatures"}) {
        for (const auto& name : cert_names(directory, ".crt")) add(0, der_of(cert_file(name)));
    }
    for (const auto& name : cert_names("names", ".crt")) {
        if (name != "names/many.crt") add(0, der_of(cert_file(name)));  // a thousand names make a slow seed
    }
    for (const buffer& each : crl_seeds()) add(1, each);
    for (const buffer& each : ocsp_seeds()) add(2, each);
    for (const auto& name : cert_names("ocsp", ".der")) add(2, cert_file(name));
    const x509_fields& leaf = somebody();
    add(3, leaf.subject);
    add(3, leaf.extensions);
    add(3, leaf.spki);
    add(3, make({0x31, 0x1a, 0x30, 0x0a, 6, 3,    0x55, 4,  3,    0x1e, 4,   0,    'A',  0x20,
                 0xac, 0x30, 0x0b, 6,    3, 0x55, 4,    10, 0x14, 3,    'a', 0xe4, 0x80, 0x80}));
    add(3, as_bytes("plain, \xc3\xa4 \xe2\x82\xac \xf0\x9f\x94\x91 \xc2\x80 \xed\xa0\x80 \xe0\x80\x80 \xf0\x80\x80\x80 "
                    "\xf4\x90\x80\x80 \xff \\"));
    add(3, make({0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1}));
    return out;
}

const registration here({"certificate", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
