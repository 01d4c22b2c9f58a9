// SPDX-License-Identifier: Apache-2.0
// Files read whole, and the errors that name them.
#include "core/file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

#include <fstream>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;
namespace fs = std::filesystem;

/// A directory of its own, gone afterwards.
class File : public testing::Test {
protected:
    File() {
        std::string pattern = (fs::temp_directory_path() / "tlseam-file-XXXXXX").native();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        directory_ = pattern;
    }
    ~File() override {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    fs::path write(std::string_view name, std::string_view content) {
        const fs::path path = directory_ / name;
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    fs::path directory_;
};

TEST_F(File, IsReadWhole) {
    for (const std::size_t size : {0U, 1U, 4096U, 65536U, 65537U, 300000U}) {
        std::string content(size, '\0');
        for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 + i / 251);
        const auto read = seam::read_file(write("f", content));
        ASSERT_TRUE(read) << size;
        EXPECT_EQ(*read, content) << size;
    }
}

TEST_F(File, SizesUpTo16MiB) {
    constexpr std::size_t limit = 16 * 1024 * 1024;
    const fs::path path = write("f", "x");
    fs::resize_file(path, limit);
    const auto read = seam::read_file(path);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), limit);
    fs::resize_file(path, limit + 1);
    EXPECT_EQ(word(seam::read_file(path)), "too_large");
}

TEST_F(File, WithoutAKnownSizeIsReadToo) {
    const auto read = seam::read_file("/proc/self/status");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_NE(read->find("Pid:"), std::string::npos);
    EXPECT_EQ(word(seam::read_file("/dev/zero")), "file_unreadable") << "no end";
}

TEST_F(File, Missing) {
    const fs::path path = directory_ / "not there.crt";
    const auto read = seam::read_file(path);
    ASSERT_EQ(word(read), "file_not_found");
    EXPECT_EQ(read.error().system_code(), ENOENT);
    EXPECT_EQ(read.error().origin(), error_origin::system);
    EXPECT_NE(read.error().message().find("'" + path.native() + "'"), std::string::npos) << read.error().message();
    EXPECT_EQ(word(seam::read_file(write("file", "x") / "below")), "file_not_found") << "a file is no directory";
}

TEST_F(File, ADirectory) {
    const auto read = seam::read_file(directory_);
    ASSERT_EQ(word(read), "file_unreadable");
    EXPECT_EQ(read.error().system_code(), EISDIR);
}

TEST_F(File, ForbiddenByItsMode) {
    const fs::path path = write("f", "x");
    fs::permissions(path, fs::perms::none);
    const auto read = seam::read_file(path);
    if (geteuid() == 0) {
        EXPECT_EQ(word(read), "ok") << "root reads everything";
    } else {
        ASSERT_EQ(word(read), "file_unreadable");
        EXPECT_EQ(read.error().system_code(), EACCES);
    }
}

TEST_F(File, PathsThatAreNone) {
    EXPECT_EQ(word(seam::read_file("")), "invalid_argument");
    EXPECT_EQ(word(seam::certificate_files("")), "invalid_argument");
    const fs::path nul = write("a", "secret").native() + std::string("\0.crt", 5);
    EXPECT_EQ(word(seam::read_file(nul)), "invalid_argument");
    EXPECT_EQ(word(seam::certificate_files(nul)), "invalid_argument");
}

TEST_F(File, QuotedWithoutControlCharacters) {
    EXPECT_EQ(seam::quoted("a b.crt"), "'a b.crt'");
    EXPECT_EQ(seam::quoted("a\n\x1b[31m\x7f"), "'a??[31m?'");
    EXPECT_EQ(seam::quoted("b\xc3\xbc"), "'b\xc3\xbc'");
}

TEST_F(File, CertificatesOfADirectory) {
    for (const char* name : {"b.crt", "a.pem", "c.cer", "12ab.0", "key.key", "README", "x.crt.bak"}) write(name, "x");
    fs::create_directory(directory_ / "d.pem");
    write("d.pem/inner.pem", "x");
    fs::create_symlink(directory_ / "a.pem", directory_ / "e.pem");
    fs::create_symlink(directory_ / "nowhere", directory_ / "f.pem");
    const auto found = seam::certificate_files(directory_);
    ASSERT_TRUE(found);
    std::vector<std::string> names;
    for (const auto& path : *found) names.push_back(path.filename());
    EXPECT_EQ(names, (std::vector<std::string>{"12ab.0", "a.pem", "b.crt", "c.cer", "e.pem"}));
    EXPECT_EQ(word(seam::certificate_files(directory_ / "missing")), "file_not_found");
    EXPECT_EQ(word(seam::certificate_files(directory_ / "b.crt")), "file_not_found") << "a file is no directory";
}

// ---- and what is made of them ----

TEST_F(File, CredentialsNameTheFile) {
    const auto load = [](const fs::path& chain, const fs::path& key) {
        return credentials::load_cert_chain(chain, key);
    };
    const fs::path empty = write("empty", ""), chain = cert_path("server.crt"), key = cert_path("server.key");
    EXPECT_EQ(word(load(chain, key)), "ok");
    EXPECT_EQ(word(load(directory_ / "no", key)), "file_not_found");
    EXPECT_EQ(word(load(chain, directory_ / "no")), "file_not_found");
    EXPECT_EQ(word(load(directory_, key)), "file_unreadable");
    EXPECT_EQ(word(load(empty, key)), "no_certificate");
    EXPECT_EQ(word(load(chain, empty)), "no_private_key");
    EXPECT_NE(load(chain, empty).error().message().find(empty.native()), std::string::npos);
    EXPECT_EQ(word(load(cert_path("weak-key.crt"), cert_path("weak-key.key"))), "weak_key");
    EXPECT_EQ(word(load(chain, cert_path("server-encrypted.key"))), "passphrase_required");
    EXPECT_EQ(word(load(chain, cert_path("server-legacy-encrypted.key"))), "unsupported_key");
}

TEST_F(File, TrustStoresAreWholeOrNothing) {
    EXPECT_EQ(or_throw(trust_store::load_file(cert_path("ca-bundle.crt"))).size(), 2U);
    const fs::path good = write("good.pem", cert_file("root.crt"));
    write("again.crt", cert_file("root.crt") + cert_file("other-root.crt"));
    EXPECT_EQ(or_throw(trust_store::load_directory(directory_)).size(), 2U) << "twice the same is once";
    EXPECT_EQ(or_throw(trust_store::load({.files = {good}, .memory = {cert_file("root.crt")}})).size(), 1U);
    const fs::path bad = write("bad.pem", "no certificate");
    const auto refused = trust_store::load_directory(directory_);
    ASSERT_EQ(word(refused), "no_certificate");
    EXPECT_NE(refused.error().message().find(bad.native()), std::string::npos);
    EXPECT_EQ(word(trust_store::load_directory(directory_ / "missing")), "file_not_found");
    fs::create_directory(directory_ / "empty");
    EXPECT_EQ(word(trust_store::load_directory(directory_ / "empty")), "no_certificate");
    EXPECT_EQ(word(trust_store::parse("")), "no_certificate");
}

}  // namespace
