// SPDX-License-Identifier: Apache-2.0
#include <tlseam/trust_store.hpp>

#include <algorithm>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/pem.hpp"
#include "core/system_store.hpp"

namespace tlseam {
namespace {

using namespace seam;
using der_list = std::vector<std::vector<std::byte>>;

result<void> add_file(const std::filesystem::path& file, der_list& out) {
    auto text = read_file(file);
    if (!text) return std::unexpected(text.error());
    auto found = split_certificates(*text, quoted(file));
    if (!found) return std::unexpected(found.error());
    std::ranges::move(*found, std::back_inserter(out));
    return {};
}

result<void> add_sources(const trust_sources& sources, der_list& out) {
    if (sources.system) {
        auto bundle = system_bundle();
        if (!bundle) return std::unexpected(bundle.error());
        if (auto added = add_file(*bundle, out); !added) return added;
    }
    for (const auto& file : sources.files) {
        if (auto added = add_file(file, out); !added) return added;
    }
    for (const auto& directory : sources.directories) {
        auto files = certificate_files(directory);
        if (!files) return std::unexpected(files.error());
        if (files->empty())
            return fail(errc::no_certificate, "the directory " + quoted(directory) + " has no certificates");
        for (const auto& file : *files) {
            if (auto added = add_file(file, out); !added) return added;
        }
    }
    for (const auto& memory : sources.memory) {
        auto found = split_certificates(memory, "the trust anchors in memory");
        if (!found) return std::unexpected(found.error());
        std::ranges::move(*found, std::back_inserter(out));
    }
    return {};
}

}  // namespace

inline namespace v0 {

result<trust_store> trust_store::load(const trust_sources& sources) noexcept {
    return guarded([&]() -> result<trust_store> {
        der_list anchors;
        if (auto added = add_sources(sources, anchors); !added) return std::unexpected(added.error());
        std::ranges::sort(anchors);
        const auto twice = std::ranges::unique(anchors);
        anchors.erase(twice.begin(), twice.end());

        auto data = std::make_shared<const detail::trust_data>(std::move(anchors));
        return trust_store(std::move(data));
    });
}

result<trust_store> trust_store::load_file(const std::filesystem::path& file) noexcept {
    return guarded([&] { return load({.files = {file}}); });
}

result<trust_store> trust_store::load_directory(const std::filesystem::path& directory) noexcept {
    return guarded([&] { return load({.directories = {directory}}); });
}

result<trust_store> trust_store::parse(std::string_view pem_or_der) noexcept {
    return guarded([&] { return load({.memory = {std::string(pem_or_der)}}); });
}

result<trust_store> trust_store::system() noexcept {
    return guarded([]() -> result<trust_store> {
        auto data = share_system_store([](const std::filesystem::path& bundle) -> result<shared_trust> {
            const auto loaded = load_file(bundle);
            if (!loaded) return std::unexpected(loaded.error());
            return loaded->data();
        });
        if (!data) return std::unexpected(data.error());
        return trust_store(std::move(*data));
    });
}

std::size_t trust_store::size() const noexcept { return data_->anchors.size(); }

}  // namespace v0
}  // namespace tlseam
