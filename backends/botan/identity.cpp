// SPDX-License-Identifier: Apache-2.0
// Which certificate Botan shows: the one that core has chosen. No certificate authorities: their names would go to
// every client.
#include <algorithm>

#include "backends/botan/native.hpp"

namespace tlseam::seam {
namespace {

using Botan::AlgorithmIdentifier;
using Botan::Private_Key;
using Botan::X509_Certificate;
using Botan::X509_DN;

class identity final : public Botan::Credentials_Manager {
public:
    explicit identity(std::shared_ptr<const native_credentials> credentials) : credentials_(std::move(credentials)) {}

    std::vector<X509_Certificate> find_cert_chain(const std::vector<std::string>& key_types,
                                                  const std::vector<AlgorithmIdentifier>&, const std::vector<X509_DN>&,
                                                  const std::string&, const std::string&) override {
        const bool wanted =
            credentials_ && std::ranges::find(key_types, credentials_->key->algo_name()) != key_types.end();
        return wanted ? credentials_->chain : std::vector<X509_Certificate>();
    }
    std::shared_ptr<Private_Key> private_key_for(const X509_Certificate&, const std::string&,
                                                 const std::string&) override {
        return credentials_ ? credentials_->key : nullptr;
    }

private:
    std::shared_ptr<const native_credentials> credentials_;
};

class chooser final : public Botan::Credentials_Manager {
public:
    explicit chooser(const native_engine& engine) : engine_(engine) {}

    std::vector<X509_Certificate> find_cert_chain(const std::vector<std::string>&,
                                                  const std::vector<AlgorithmIdentifier>&, const std::vector<X509_DN>&,
                                                  const std::string&, const std::string&) override {
        return engine_.client_choice != nullptr ? engine_.client_choice->chain : std::vector<X509_Certificate>();
    }
    std::shared_ptr<Private_Key> private_key_for(const X509_Certificate&, const std::string&,
                                                 const std::string&) override {
        return engine_.client_choice != nullptr ? engine_.client_choice->key : nullptr;
    }

private:
    const native_engine& engine_;
};

}  // namespace

std::shared_ptr<Botan::Credentials_Manager> make_identity(std::shared_ptr<const native_credentials> credentials) {
    return std::make_shared<identity>(std::move(credentials));
}

std::shared_ptr<Botan::Credentials_Manager> make_chooser(const native_engine& engine) {
    return std::make_shared<chooser>(engine);
}

}  // namespace tlseam::seam
