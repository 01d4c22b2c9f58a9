// SPDX-License-Identifier: Apache-2.0
// Malformed, unusual and unacceptable files: one documented answer each. loaders/expected.txt is the table. KEY-001 to
// KEY-007, KEY-016
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/places.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/temp_dir.hpp"

using namespace tlseam;
using namespace tlseam_test;
namespace fs = std::filesystem;

namespace {

const fs::path here = fs::path(places::tree) / "tests/conformance/loaders";

fs::path path_of(std::string_view name) { return here / "files" / name; }

std::string content(std::string_view name) {
    std::ifstream in(path_of(name), std::ios::binary);
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>(in), {}};
}

struct table_row {
    std::string line, loader, file, partner, expected;
    std::optional<std::string> passphrase;
};

table_row parse_row(const std::string& line) {
    std::vector<std::string> fields(1);
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line.compare(at, 3, " | ") == 0) {
            fields.emplace_back();
            at += 2;
        } else {
            fields.back() += line[at];
        }
    }
    if (fields.size() != 5) throw std::runtime_error("not a row: " + line);
    table_row out{line, fields[0], fields[1], fields[2], fields[4], std::nullopt};
    if (fields[3] != "-") out.passphrase = fields[3].substr(1, fields[3].size() - 2);
    return out;
}

std::vector<table_row> table(std::string_view loader) {
    std::vector<table_row> out;
    std::ifstream in(here / "expected.txt");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        if (auto row = parse_row(line); row.loader == loader) out.push_back(std::move(row));
    }
    return out;
}

template <class T>
std::string verdict(const result<T>& r) {
    return r ? "ok" : name(r.error().code());
}

result<credentials> load_files(const table_row& row) {
    const bool is_key = row.loader == "key";
    return credentials::load_cert_chain(path_of(is_key ? row.partner : row.file),
                                        path_of(is_key ? row.file : row.partner), row.passphrase);
}

result<credentials> load_memory(const table_row& row) {
    const bool is_key = row.loader == "key";
    return credentials::parse_cert_chain(content(is_key ? row.partner : row.file),
                                         content(is_key ? row.file : row.partner), row.passphrase);
}

/// An error says which file it is about: the certificate's, when both are wrong.
template <class T>
void expect_named(const result<T>& r, const table_row& row) {
    if (r) return;
    const auto message = r.error().message();
    const auto names = [&](const std::string& file) { return message.find(path_of(file).native()) != message.npos; };
    EXPECT_TRUE(names(row.file) || (row.partner != "-" && names(row.partner))) << row.line << "\n  " << describe(r);
}

void expect_rows(std::string_view loader, std::size_t at_least) {
    const auto rows = table(loader);
    ASSERT_GE(rows.size(), at_least);
    for (const auto& row : rows) {
        const auto from_file = load_files(row);
        EXPECT_EQ(verdict(from_file), row.expected) << row.line << "\n  " << describe(from_file);
        EXPECT_EQ(verdict(load_memory(row)), row.expected) << row.line << ", from memory";
        expect_named(from_file, row);
    }
}

TEST(loaders, give_the_documented_answer_to_every_chain) { expect_rows("chain", 100); }
TEST(loaders, give_the_documented_answer_to_every_key) { expect_rows("key", 200); }

TEST(loaders, give_the_documented_answer_to_every_trust_store) {
    const auto rows = table("trust");
    ASSERT_GE(rows.size(), 50U);
    for (const auto& row : rows) {
        const auto from_file = trust_store::load_file(path_of(row.file));
        EXPECT_EQ(verdict(from_file), row.expected) << row.line << "\n  " << describe(from_file);
        EXPECT_EQ(verdict(trust_store::parse(content(row.file))), row.expected) << row.line << ", from memory";
        expect_named(from_file, row);
    }
}

TEST(loaders, have_a_row_for_every_file) {
    std::set<std::string> named;
    for (const auto* loader : {"chain", "key", "trust"}) {
        for (const auto& row : table(loader)) named.insert({row.file, row.partner});
    }
    for (const auto& entry : fs::directory_iterator(here / "files")) {
        EXPECT_TRUE(named.contains(entry.path().filename().native())) << entry.path();
    }
}

// ---- every offset ----

void each_prefix(const std::string& whole, const std::function<void(const std::string&)>& look) {
    for (std::size_t size = 0; size < whole.size(); ++size) look(whole.substr(0, size));
}

TEST(loaders, refuse_der_that_is_cut_at_any_byte) {
    const auto crt = content("plain.der"), key = content("plain.key.der"), sec1 = content("sec1.key.der");
    const auto sealed = content("sealed.der");
    each_prefix(crt, [&](const std::string& cut) {
        const auto expected = cut.empty() ? errc::no_certificate : errc::malformed_certificate;
        EXPECT_TRUE(fails_with(credentials::parse_cert_chain(cut, key), expected)) << cut.size();
        EXPECT_TRUE(fails_with(trust_store::parse(cut), expected)) << cut.size();
    });
    for (const auto& whole : {key, sec1, sealed}) {
        each_prefix(whole, [&](const std::string& cut) {
            const auto expected = cut.empty() ? errc::no_private_key : errc::malformed_key;
            EXPECT_TRUE(fails_with(credentials::parse_cert_chain(crt, cut, "tlseam"), expected)) << cut.size();
        });
    }
}

TEST(loaders, refuse_pem_that_is_cut_at_any_byte) {
    const auto crt = content("plain.crt"), key = content("plain.key");
    const auto begins = [](const std::string& cut, const std::string& whole) {
        return cut.size() > std::string_view("-----BEGIN ").size() && whole.starts_with(cut);
    };
    const auto ends = [](const std::string& cut, const std::string& whole) { return cut.size() + 1 == whole.size(); };
    each_prefix(crt, [&](const std::string& cut) {
        const auto r = credentials::parse_cert_chain(cut, key);
        if (ends(cut, crt)) {
            EXPECT_TRUE(ok(r)) << "no line end behind END";
        } else {
            EXPECT_TRUE(fails_with(r, begins(cut, crt) ? errc::malformed_certificate : errc::no_certificate))
                << cut.size();
        }
    });
    each_prefix(key, [&](const std::string& cut) {
        const auto r = credentials::parse_cert_chain(crt, cut);
        if (ends(cut, key)) {
            EXPECT_TRUE(ok(r)) << "no line end behind END";
        } else {
            EXPECT_TRUE(fails_with(r, begins(cut, key) ? errc::malformed_key : errc::no_private_key)) << cut.size();
        }
    });
}

/// One letter per changed byte: what loading gave. Libraries that draw a line elsewhere give another text.
std::string verdicts(const std::string& whole, const std::function<result<credentials>(const std::string&)>& load) {
    std::string out;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x80}) {
            auto changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            const auto r = load(changed);
            switch (r ? errc::want_read : r.error().code()) {
                case errc::want_read: out += '.'; break;
                case errc::malformed_certificate:
                case errc::malformed_key: out += 'm'; break;
                case errc::no_certificate:
                case errc::no_private_key: out += 'n'; break;
                case errc::key_mismatch: out += 'k'; break;
                case errc::unsupported_key: out += 'u'; break;
                case errc::weak_key: out += 'w'; break;
                case errc::wrong_passphrase: out += 'p'; break;
                default: out += '!'; break;
            }
        }
    }
    return out;
}

/// Compares with loaders/flips.txt, which holds one line per file. "?": the libraries differ, loaders/README.md says
/// why.
void expect_recorded(const std::string& file, const std::string& seen) {
    std::ifstream in(here / "flips.txt");
    for (std::string name, recorded; in >> name >> recorded;) {
        if (name != file) continue;
        ASSERT_EQ(seen.size(), recorded.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (recorded[i] == '?') {
                EXPECT_TRUE(seen[i] == '.' || seen[i] == 'm') << file << ": byte " << i / 2;
                continue;
            }
            EXPECT_EQ(seen[i], recorded[i]) << file << ": byte " << i / 2 << (i % 2 == 0 ? ", bit 0" : ", bit 7");
        }
        return;
    }
    ADD_FAILURE() << "no line in flips.txt:\n" << file << ' ' << seen;
}

TEST(loaders, give_one_answer_to_every_changed_byte_of_a_certificate) {
    const auto key = content("plain.key.der");
    expect_recorded("plain.der", verdicts(content("plain.der"), [&](const std::string& changed) {
                        return credentials::parse_cert_chain(changed, key);
                    }));
}

TEST(loaders, give_one_answer_to_every_changed_byte_of_a_key) {
    const auto crt = content("plain.der");
    for (const auto* file : {"plain.key.der", "sec1.key.der", "sealed.der"}) {
        expect_recorded(file, verdicts(content(file), [&](const std::string& changed) {
                            return credentials::parse_cert_chain(crt, changed, "tlseam");
                        }));
    }
}

// ---- what is no ordinary file ----

void expect_refused(const fs::path& path, errc expected) {
    const auto crt = path_of("p256.crt"), key = path_of("p256.key");
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(path, key), expected)) << path;
    EXPECT_TRUE(fails_with(credentials::load_cert_chain(crt, path), expected)) << path;
    EXPECT_TRUE(fails_with(trust_store::load_file(path), expected)) << path;
}

TEST(loader_files, that_are_none_are_unreadable) {
    const temp_dir dir;
    const auto fifo = dir.path() / "fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    expect_refused(fifo, errc::file_unreadable);  // nobody writes: opening it as usual would never end
    expect_refused(dir.path(), errc::file_unreadable);
    expect_refused("/dev/zero", errc::file_unreadable);
    expect_refused("/dev/null", errc::file_unreadable);
    fs::create_symlink(fifo, dir.path() / "link");
    expect_refused(dir.path() / "link", errc::file_unreadable);
    fs::create_symlink("itself", dir.path() / "itself");
    expect_refused(dir.path() / "itself", errc::file_unreadable);
    fs::create_symlink("nowhere", dir.path() / "dangling");
    expect_refused(dir.path() / "dangling", errc::file_not_found);
}

TEST(loader_files, that_fail_while_they_are_read_are_unreadable) {
    expect_refused("/proc/self/mem", errc::file_unreadable);
}

TEST(loader_files, above_the_limit_are_too_large) {
    const temp_dir dir;
    const auto file = dir.write("large.pem", content("plain.crt") + content("plain.key"));
    fs::resize_file(file, 16 * 1024 * 1024);  // of zeros, in no block
    EXPECT_TRUE(ok(credentials::load_cert_chain(file, file)));
    EXPECT_TRUE(ok(trust_store::load_file(file)));
    fs::resize_file(file, 16 * 1024 * 1024 + 1);
    expect_refused(file, errc::too_large);
}

// What a shell makes of <(command): the program holds the pipe already.
TEST(loader_files, may_be_pipes_that_are_open_already) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const auto both = content("plain.key");
    ASSERT_EQ(write(ends[1], both.data(), both.size()), static_cast<ssize_t>(both.size()));
    close(ends[1]);
    const auto r = credentials::load_cert_chain(path_of("plain.crt"), "/dev/fd/" + std::to_string(ends[0]));
    EXPECT_TRUE(ok(r));
    close(ends[0]);
}

}  // namespace
