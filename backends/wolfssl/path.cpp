// SPDX-License-Identifier: Apache-2.0
// The search for chains: which certificates could have issued which, by name. Nothing is decided here; verify.cpp has
// wolfSSL check every step. (wolfSSL's own search works on a store that grows by what peers send, so that its answer
// would depend on earlier connections.)
#include <algorithm>
#include <array>

#include "backends/wolfssl/native.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t longest_path = 16;
constexpr std::size_t most_paths = 16;
constexpr std::size_t most_steps = 256;

struct candidate {
    der_bytes der;
    x509_fields fields;
};

class search {
public:
    search(std::span<const der_buffer> sent, const native_trust& trust) : trust_(trust) {
        for (const der_buffer& der : sent) {
            if (auto fields = parse_x509(der)) candidates_.push_back({der, std::move(*fields)});
        }
        readable_ = !candidates_.empty() && candidates_.front().der.data() == sent.front().data();
    }

    std::vector<certificate_path> run() {
        if (!readable_) return {};
        path_.push_back(&candidates_.front());
        extend();
        if (!found_.empty()) return std::move(found_);
        return {{std::move(longest_), false}};
    }

private:
    void extend() {
        if (found_.size() >= most_paths || ++steps_ > most_steps) return;
        if (path_.size() > longest_.size()) longest_ = ders();
        const candidate& top = *path_.back();
        const auto same_name = std::ranges::equal_range(trust_.anchors, top.fields.subject, less, subject);
        for (const auto& anchor : same_name) {
            if (std::ranges::equal(anchor.der, top.der)) return add_complete({});
        }
        for (const auto& anchor : std::ranges::equal_range(trust_.anchors, top.fields.issuer, less, subject)) {
            add_complete(anchor.der);
        }
        if (top.fields.is_self_issued() || path_.size() == longest_path) return;
        for (const candidate& next : candidates_) {
            if (!std::ranges::equal(next.fields.subject, top.fields.issuer) || in_path(next)) continue;
            path_.push_back(&next);
            extend();
            path_.pop_back();
        }
    }

    static bool less(der::bytes a, der::bytes b) { return std::ranges::lexicographical_compare(a, b); }
    static der::bytes subject(const native_trust::anchor& anchor) { return anchor.subject; }

    /// By key and name: another certificate for the same authority does not make a path longer.
    [[nodiscard]] bool in_path(const candidate& other) const {
        return std::ranges::any_of(path_, [&](const candidate* in) {
            return std::ranges::equal(in->fields.subject, other.fields.subject) &&
                   std::ranges::equal(in->fields.spki, other.fields.spki);
        });
    }

    [[nodiscard]] std::vector<der_bytes> ders() const {
        std::vector<der_bytes> out;
        for (const candidate* in : path_) out.push_back(in->der);
        return out;
    }

    void add_complete(der_bytes anchor) {
        auto& path = found_.emplace_back(ders(), true);
        if (!anchor.empty()) path.certificates.push_back(anchor);
    }

    const native_trust& trust_;
    std::vector<candidate> candidates_;
    bool readable_ = false;
    std::vector<const candidate*> path_;
    std::vector<certificate_path> found_;
    std::vector<der_bytes> longest_;
    std::size_t steps_ = 0;
};

}  // namespace

std::vector<certificate_path> find_paths(std::span<const der_buffer> sent, const native_trust& trust) {
    return sent.empty() ? std::vector<certificate_path>() : search(sent, trust).run();
}

}  // namespace tlseam::seam
