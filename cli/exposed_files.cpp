// SPDX-License-Identifier: Apache-2.0
#include "cli/exposed_files.hpp"

#include <sys/stat.h>

#include <utility>

namespace cli {
namespace {

class list {
public:
    void look_at(const char* what, const std::string& file) {
        struct stat about;
        if (file.empty() || ::stat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return;
        constexpr mode_t permissions = 07777;
        if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) found_.push_back({what, file, about.st_mode & permissions});
    }
    void look_at(const char* what, const std::vector<std::string>& files) {
        for (const std::string& each : files) look_at(what, each);
    }
    void look_at(const identity_files& files) {
        look_at("private key file", files.key_files.empty() ? files.chain_files : files.key_files);
        look_at("PKCS#12 file", files.pkcs12_files);
        look_at("passphrase file", files.passphrase_file);
    }
    std::vector<exposed_file> take() { return std::move(found_); }

private:
    std::vector<exposed_file> found_;
};

}  // namespace

std::vector<exposed_file> find_exposed_files(const serve_command& command) {
    list out;
    out.look_at(command.tls.identity);
    out.look_at("pre-shared key file", command.psk_file);
    out.look_at("ticket key file", command.ticket_key_files);
    return out.take();
}

std::vector<exposed_file> find_exposed_files(const connect_command& command) {
    list out;
    out.look_at(command.tls.identity);
    out.look_at("pre-shared key file", command.psk_file);
    out.look_at("session file", command.session_file);
    return out.take();
}

}  // namespace cli
