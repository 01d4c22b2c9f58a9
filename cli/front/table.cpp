// SPDX-License-Identifier: Apache-2.0
#include "cli/front/table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cli::front {
namespace {

constexpr std::size_t page = 100, label_width = 24, narrowest = 16, gap = 2;

/// Code points: close enough to columns.
std::size_t length(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t have = length(text);
    return text + std::string(have < width ? width - have : 0, ' ');
}

std::string joined(const cell& items) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "" : ", ") + each;
    return items.empty() ? "-" : out;
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

/// The length of the UTF-8 sequence that begins there; 0 for none.
std::size_t sequence_at(const std::string& text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t size = byte < 0x80                   ? 1
                             : byte >= 0xc2 && byte < 0xe0 ? 2
                             : byte >= 0xe0 && byte < 0xf0 ? 3
                             : byte >= 0xf0 && byte < 0xf5 ? 4
                                                           : 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
    }
    return size;
}

/// The items that all have; none when not all have them in one order.
cell common_part(const std::vector<cell>& cells) {
    const auto has = [](const cell& in, const std::string& item) { return std::ranges::find(in, item) != in.end(); };
    const auto shared = [&](cell items) {
        std::erase_if(items, [&](const auto& item) {
            return !std::ranges::all_of(cells, [&](const cell& each) { return has(each, item); });
        });
        return items;
    };
    const cell first = shared(cells.front());
    return std::ranges::all_of(cells, [&](const cell& each) { return shared(each) == first; }) ? first : cell();
}

/// U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: what follows would be read in another order, or elsewhere.
bool turns_text(std::string_view sequence) {
    return (sequence >= "\u200e" && sequence <= "\u200f") || (sequence >= "\u2028" && sequence <= "\u202e") ||
           (sequence >= "\u2066" && sequence <= "\u2069");
}

}  // namespace

std::string printable(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = sequence_at(text, at);
        const auto first = static_cast<unsigned char>(text[at]);
        const bool ascii_control = size == 1 && (first < 0x20 || first == 0x7f);
        const bool c1_control = size == 2 && first == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0;
        if (size == 0 || ascii_control || c1_control || turns_text(std::string_view(text).substr(at, size))) {
            out += '?';
        } else {
            out += text.substr(at, size);
        }
        at += std::max<std::size_t>(size, 1);
    }
    return out;
}

side_by_side::side_by_side(std::vector<std::string> columns)
    : columns_(std::move(columns)), width_((page - label_width) / std::max<std::size_t>(columns_.size(), 1)) {
    std::string line(label_width, ' ');
    for (const auto& each : columns_) line += padded(each, width_);
    if (width_ >= narrowest) text_ += without_trailing_blanks(line);
}

void side_by_side::section(const std::string& title) { text_ += "\n" + title + "\n"; }

void side_by_side::row(bool marked, const std::string& title, const std::vector<cell>& cells, spread how) {
    const std::string label = padded((marked ? "* " : "  ") + title, label_width);
    const bool same = std::ranges::all_of(cells, [&](const cell& each) { return each == cells.front(); });
    const bool fit = std::ranges::all_of(cells, [&](const cell& each) {
        return std::ranges::all_of(each, [&](const auto& item) { return length(item) + gap <= width_; });
    });
    if (same && how == spread::when_different) {
        text_ += wrapped(label + joined(cells.front()), label_width);
    } else if (fit && width_ >= narrowest) {
        columns_of(label, cells);
    } else {
        lines_of(label, cells);
    }
}

/// One item below the other.
void side_by_side::columns_of(const std::string& label, const std::vector<cell>& cells) {
    std::size_t height = 1;
    for (const auto& each : cells) height = std::max(height, each.size());
    for (std::size_t i = 0; i < height; ++i) {
        std::string line = i == 0 ? label : std::string(label_width, ' ');
        for (const auto& each : cells) {
            const std::string nothing = i == 0 ? "-" : "";
            line += padded(i < each.size() ? each[i] : nothing, width_);
        }
        text_ += without_trailing_blanks(line);
    }
}

/// For what is too wide for columns: what all have, and what some have besides; or each value with those who have it.
void side_by_side::lines_of(const std::string& label, const std::vector<cell>& cells) {
    auto line = [&, start = label](const std::string& who, const cell& items) mutable {
        text_ += wrapped(start + who + ": " + joined(items), label_width + gap);
        start = std::string(label_width, ' ');
    };
    const cell common = common_part(cells);
    if (!common.empty()) line("all", common);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::vector<std::string> names;
        for (std::size_t other = 0; other < cells.size(); ++other) {
            if (cells[other] == cells[i]) names.push_back(columns_[other]);
        }
        const bool said = std::ranges::find(cells, cells[i]) != cells.begin() + static_cast<std::ptrdiff_t>(i);
        cell rest = cells[i];
        std::erase_if(rest, [&](const auto& item) { return std::ranges::find(common, item) != common.end(); });
        if (!said && !rest.empty()) line(enumerate(names) + (common.empty() ? "" : " also"), rest);
    }
}

std::string enumerate(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    }
    return out;
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::string out, rest = text;
    while (length(rest) > width) {
        const std::size_t at = rest.rfind(' ', width);
        const bool breakable = at != std::string::npos && rest.find_first_not_of(' ') < at && at > indent;
        const std::size_t cut = breakable ? at : rest.find(' ', width);
        if (cut == std::string::npos) break;
        out += without_trailing_blanks(rest.substr(0, cut));
        rest = std::string(indent, ' ') + rest.substr(cut + 1);
    }
    return out + without_trailing_blanks(rest);
}

}  // namespace cli::front
