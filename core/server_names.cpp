// SPDX-License-Identifier: Apache-2.0
#include "core/server_names.hpp"

#include <algorithm>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/names.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

constexpr std::string_view any_label = "*.";

template <class Entries>
[[nodiscard]] server_names::chosen look_up(const Entries& entries, std::string_view name) noexcept {
    const auto at =
        std::ranges::lower_bound(entries, name, {}, [](const auto& e) { return std::string_view(e.first); });
    return at != entries.end() && at->first == name ? at->second : nullptr;
}

/// Puts it where it belongs in the order; false when the name is there.
template <class Entries>
[[nodiscard]] bool insert(Entries& entries, std::string name, server_names::chosen context) {
    const auto at =
        std::ranges::lower_bound(entries, name, {}, [](const auto& e) { return std::string_view(e.first); });
    if (at != entries.end() && at->first == name) return false;
    entries.insert(at, {std::move(name), std::move(context)});
    return true;
}

}  // namespace

result<server_names> server_names::make(const server_settings& settings) {
    server_names out;
    for (const named_context& named : settings.names) {
        if (auto added = out.add(named); !added) return std::unexpected(added.error());
    }
    for (const credentials& identity : settings.credentials) out.own_.push_back(identity.chain().front());
    out.unknown_ = settings.unknown_name;
    out.on_hello_ = settings.on_hello;
    return out;
}

result<void> server_names::add(const named_context& named) {
    const bool wildcard = named.name.starts_with(any_label);
    auto name = parse_peer_name(std::string_view(named.name).substr(wildcard ? any_label.size() : 0));
    if (!name) return fail(errc::invalid_argument, "names: " + name.error().message());
    const std::string& host = name->dns;
    if (name->kind != peer_name::kind::dns) {
        return fail(errc::invalid_argument, "names: '" + name->text() + "' is an address, which no client asks for");
    }
    if (wildcard && host.find('.') == std::string::npos) {
        return fail(errc::invalid_argument, "names: '*." + host + "' needs two labels behind the star");
    }
    const auto& context = named.context.data();
    if (context->role != role::server) {
        return fail(errc::invalid_argument, "names: the context for '" + named.name + "' is a client's");
    }
    if (context->names.chooses()) {
        return fail(errc::invalid_argument,
                    "names: the context for '" + named.name +
                        "' has names, unknown_name or on_hello of its own, which would not count");
    }
    if (!insert(wildcard ? wildcards_ : exact_, host, context)) {
        return fail(errc::invalid_argument, "names: '" + named.name + "' is given twice");
    }
    return {};
}

server_names::chosen server_names::find(std::string_view name) const noexcept {
    if (auto own = look_up(exact_, name)) return own;
    const std::size_t dot = name.find('.');
    return dot == std::string_view::npos ? nullptr : look_up(wildcards_, name.substr(dot + 1));
}

bool server_names::has_certificate_for(std::string_view name) const {
    const auto wanted = parse_peer_name(name);
    return wanted && std::ranges::any_of(own_, [&](const certificate& leaf) {
               const auto fields = parse_x509(leaf.der());
               return fields && matches(*wanted, *fields);
           });
}

}  // namespace tlseam::seam
