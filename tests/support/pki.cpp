// SPDX-License-Identifier: Apache-2.0
// Reads the test PKI of certs/.
#include "tests/support/pki.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "tests/places.hpp"

namespace tlseam_test::pki {
namespace {

/// What load(name) gave the first time. What is kept is never freed: the libraries have exit handlers of their own,
/// which may come first.
template <class Load>
auto once(const std::string& name, Load load) {
    static std::mutex mutex;
    static auto& known = *new std::map<std::string, decltype(load(name))>();
    const std::scoped_lock lock(mutex);
    if (const auto found = known.find(name); found != known.end()) return found->second;
    return known.emplace(name, load(name)).first->second;
}

}  // namespace

std::filesystem::path file(std::string_view name) { return std::filesystem::path(places::tree) / "certs" / name; }

std::string bytes(std::string_view name) {
    std::ifstream in(file(name), std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file(name).string());
    return {std::istreambuf_iterator<char>(in), {}};
}

tlseam::credentials identity(std::string_view name) {
    return once(std::string(name), [](const std::string& base) {
        return tlseam::or_throw(tlseam::credentials::load_cert_chain(file(base + ".crt"), file(base + ".key")));
    });
}

bool usable(std::string_view name) {
    if (identity(name).chain().front().key_type() != "Ed25519") return true;
    const auto schemes = tlseam::backend().signature_schemes();
    return std::ranges::find(schemes, "ed25519") != schemes.end();
}

tlseam::trust_store trust(std::string_view name) {
    return once(std::string(name), [](const std::string& base) {
        return tlseam::or_throw(tlseam::trust_store::load_file(file(base + ".crt")));
    });
}

tlseam::trust_store no_trust() { return tlseam::or_throw(tlseam::trust_store::load({})); }

tlseam::wall_clock always(std::chrono::sys_seconds time) {
    return [time] { return time; };
}

tlseam::wall_clock always(std::chrono::year_month_day day) {
    return always(std::chrono::sys_seconds(std::chrono::sys_days(day)));
}

}  // namespace tlseam_test::pki
