// SPDX-License-Identifier: Apache-2.0
#include "cli/time.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace cli {
namespace {

/// Reads what the pattern says: "0" stands for a digit, which is appended to its number; anything else for itself.
class reader {
public:
    explicit reader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        for (; digits > 0; --digits) value = value * 10 + (is_digit() ? take() - '0' : fail());
        return value;
    }
    void expect(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
            fail();
        } else {
            take();
        }
    }
    void skip_fraction() {
        if (rest_.empty() || rest_.front() != '.') return;
        take();
        if (!is_digit()) fail();
        while (is_digit()) take();
    }
    char take() {
        if (rest_.empty()) return static_cast<char>(fail());
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    [[nodiscard]] bool good() const { return good_ && rest_.empty(); }

private:
    [[nodiscard]] bool is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    int fail() {
        good_ = false;
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

std::string time_text(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<long>(clock.hours().count()), static_cast<long>(clock.minutes().count()),
                  static_cast<long>(clock.seconds().count()));
    return text;
}

std::optional<std::chrono::sys_seconds> parse_time(const std::string& text) {
    reader in(text);
    const int year = in.number(4);
    in.expect("-");
    const int month = in.number(2);
    in.expect("-");
    const int day = in.number(2);
    in.expect("Tt ");
    const int hour = in.number(2);
    in.expect(":");
    const int minute = in.number(2);
    in.expect(":");
    const int second = in.number(2);
    in.skip_fraction();
    int offset = 0;
    if (const char zone = in.take(); zone == '+' || zone == '-') {
        const int hours = in.number(2);
        in.expect(":");
        const int minutes = in.number(2);
        if (hours > 23 || minutes > 59) return std::nullopt;
        offset = (hours * 60 + minutes) * (zone == '+' ? 1 : -1);
    } else if (zone != 'Z' && zone != 'z') {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!in.good() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute - offset) +
           std::chrono::seconds(std::min(second, 59));  // a leap second is the one before
}

}  // namespace cli
