// SPDX-License-Identifier: Apache-2.0
// Which context of a server belongs to which name: server_settings::names, checked and sorted.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tlseam/settings.hpp>

namespace tlseam::inline v0::detail {
struct context_data;
}

namespace tlseam::seam {

class server_names {
public:
    using chosen = std::shared_ptr<const detail::context_data>;

    server_names() = default;  // of a client, and of a server without any
    /// Errors: invalid_argument.
    [[nodiscard]] static result<server_names> make(const server_settings& settings);

    /// The context for a host name in lower case: its own, else the one of a wildcard; null when there is none.
    [[nodiscard]] chosen find(std::string_view name) const noexcept;
    /// Whether one of the server's own certificates is for this name. Parses them: throws std::bad_alloc.
    [[nodiscard]] bool has_certificate_for(std::string_view name) const;

    [[nodiscard]] tlseam::unknown_name unknown() const noexcept { return unknown_; }
    [[nodiscard]] const hello_callback& on_hello() const noexcept { return on_hello_; }
    /// Whether there is anything to choose: a context that another one refers to must leave the choice to that.
    [[nodiscard]] bool chooses() const noexcept {
        return !exact_.empty() || !wildcards_.empty() || unknown_ != tlseam::unknown_name::accept || on_hello_;
    }

private:
    using entry = std::pair<std::string, chosen>;
    [[nodiscard]] result<void> add(const named_context& named);

    std::vector<entry> exact_, wildcards_;  // sorted; wildcards without their "*."
    std::vector<certificate> own_;
    tlseam::unknown_name unknown_ = tlseam::unknown_name::accept;
    hello_callback on_hello_;
};

}  // namespace tlseam::seam
