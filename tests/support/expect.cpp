// SPDX-License-Identifier: Apache-2.0
// How results look in failure messages.
#include "tests/support/expect.hpp"

namespace tlseam {
inline namespace v0 {
void PrintTo(errc code, std::ostream* out) { *out << name(code); }
void PrintTo(cert_errc code, std::ostream* out) { *out << name(code); }
void PrintTo(protocol_version version, std::ostream* out) { *out << name(version); }
}  // namespace v0
}  // namespace tlseam

namespace tlseam_test {

std::string describe(const tlseam::error& e) {
    std::string text = tlseam::name(e.code());
    if (e.certificate() != tlseam::cert_errc::none) text += std::string("/") + tlseam::name(e.certificate());
    if (e.alert()) text += std::string(", alert ") + tlseam::alert_name(*e.alert());
    if (e.system_code() != 0) text += ", errno " + std::to_string(e.system_code());
    text += ": " + e.message();
    if (e.detail() != nullptr && !e.detail()->native_text.empty()) text += " [" + e.detail()->native_text + "]";
    return text;
}

}  // namespace tlseam_test
