// SPDX-License-Identifier: Apache-2.0
// Running a test once per protocol version.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include <tlseam/types.hpp>

namespace tlseam_test {

/// Fixture of tests that must hold in TLS 1.2 and 1.3 alike. Derive one per topic: the name is the suite's.
class in_each_version : public testing::TestWithParam<tlseam::protocol_version> {
protected:
    [[nodiscard]] static tlseam::protocol_version version() { return GetParam(); }
    [[nodiscard]] static bool is_tls1_3() { return GetParam() == tlseam::protocol_version::tls1_3; }
};

[[nodiscard]] inline auto both_versions() {
    return testing::Values(tlseam::protocol_version::tls1_2, tlseam::protocol_version::tls1_3);
}

/// "tls1_2", "tls1_3": parts of test names.
[[nodiscard]] inline std::string short_name(tlseam::protocol_version version) {
    return version == tlseam::protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
}

struct version_name {
    std::string operator()(const testing::TestParamInfo<tlseam::protocol_version>& info) const {
        return short_name(info.param);
    }
};

}  // namespace tlseam_test
