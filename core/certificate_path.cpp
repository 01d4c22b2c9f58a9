// SPDX-License-Identifier: Apache-2.0
#include "core/certificate_path.hpp"

#include <algorithm>

namespace tlseam::seam {
namespace {

/// Enough for every chain that was made in earnest. Each way costs a signature check per certificate.
constexpr std::size_t most_paths = 16;
constexpr std::size_t most_steps = 256;

class search {
public:
    search(std::span<const parsed_certificate> others, const anchor_set& anchors)
        : others_(others), anchors_(anchors) {}

    std::vector<certificate_path> run(const parsed_certificate& leaf) {
        path_.push_back(&leaf);
        extend();
        if (found_.empty()) found_.push_back({std::move(longest_), false});
        return std::move(found_);
    }

private:
    void extend() {
        if (found_.size() >= most_paths || ++steps_ > most_steps) return;
        if (path_.size() > longest_.size()) longest_ = path_;
        const parsed_certificate& top = *path_.back();
        if (anchors_.contains(top)) return add(nullptr);
        if (path_.size() == longest_path) return;
        for (const parsed_certificate& anchor : anchors_.named(top.fields.issuer)) {
            if (could_have_issued(anchor.fields, top.fields)) add(&anchor);
        }
        for (const parsed_certificate& next : others_) {
            if (!could_have_issued(next.fields, top.fields) || in_path(next)) continue;
            path_.push_back(&next);
            extend();
            path_.pop_back();
        }
    }

    /// By key and name: another certificate for the same authority does not make a path longer.
    [[nodiscard]] bool in_path(const parsed_certificate& other) const {
        return std::ranges::any_of(path_, [&](const parsed_certificate* in) {
            return std::ranges::equal(in->fields.subject, other.fields.subject) &&
                   std::ranges::equal(in->fields.spki, other.fields.spki);
        });
    }

    void add(const parsed_certificate* anchor) {
        if (found_.size() >= most_paths) return;
        auto& path = found_.emplace_back(path_, true);
        if (anchor != nullptr) path.certificates.push_back(anchor);
    }

    std::span<const parsed_certificate> others_;
    const anchor_set& anchors_;
    std::vector<const parsed_certificate*> path_;
    std::vector<const parsed_certificate*> longest_;
    std::vector<certificate_path> found_;
    std::size_t steps_ = 0;
};

}  // namespace

bool could_have_issued(const x509_fields& issuer, const x509_fields& issued) noexcept {
    if (!std::ranges::equal(issuer.subject, issued.issuer)) return false;
    return issued.issuer_key_id.empty() || issuer.key_id.empty() ||
           std::ranges::equal(issued.issuer_key_id, issuer.key_id);
}

std::vector<certificate_path> find_paths(const parsed_certificate& leaf, std::span<const parsed_certificate> others,
                                         const anchor_set& anchors) {
    return search(others, anchors).run(leaf);
}

}  // namespace tlseam::seam
