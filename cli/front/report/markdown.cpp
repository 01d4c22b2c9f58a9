// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/markdown.hpp"

#include <algorithm>
#include <string_view>

namespace cli::front::report {
namespace {

using image_of = std::function<std::string(const chart&)>;

/// Plain text stays plain, also in a table.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("\\`*_[]<>|#&").find(c) != std::string_view::npos) out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}

std::string code(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c == '`' || c == '|' || c < 0x20; }, '?');
    return "`" + text + "`";
}

std::string written(const text& words) {
    std::string out;
    for (const auto& piece : words) {
        switch (piece.is) {
            case piece::kind::plain: out += escaped(piece.text); break;
            case piece::kind::code: out += code(piece.text); break;
            // Rows have no anchors here: a sentence says enough without one.
            case piece::kind::reference: out += escaped(piece.text); break;
            case piece::kind::address: out += "[" + escaped(piece.text) + "](" + piece.target + ")"; break;
        }
    }
    return out;
}

std::string written(const table& table) {
    std::string out = "**" + escaped(table.caption) + "**\n\n|";
    for (const auto& column : table.columns) out += " " + escaped(column) + " |";
    out += "\n|";
    for (std::size_t n = 0; n < table.columns.size(); ++n) out += table.numbers && n > 0 ? "---:|" : "---|";
    out += "\n";
    for (const auto& row : table.rows) {
        out += "|";
        for (const auto& cell : row.cells) out += " " + written(cell) + " |";
        out += "\n";
    }
    return out + "\n";
}

struct block_to_markdown {
    const image_of& image;
    std::string operator()(const paragraph& part) const { return written(part.words) + "\n\n"; }
    std::string operator()(const heading& part) const { return "### " + escaped(part.words) + "\n\n"; }
    std::string operator()(const list& part) const {
        std::string out;
        for (const auto& item : part.items) out += "- " + written(item) + "\n";
        return out + "\n";
    }
    std::string operator()(const table& part) const { return written(part); }
    std::string operator()(const charts& part) const {
        std::string out;
        for (const auto& chart : part.each) {
            const std::string file = image(chart);
            if (!file.empty()) out += "![" + escaped(chart.title + ", " + chart.unit) + "](" + file + ")\n\n";
        }
        return out;
    }
    std::string operator()(const folded& part) const {
        std::string out;
        for (const auto& table : part.tables) out += written(table);
        return out;
    }
};

}  // namespace

std::string markdown(const document& document, const image_of& image) {
    std::string out = "<!-- SPDX-License-Identifier: Apache-2.0 -->\n# " + escaped(document.title) + "\n\n";
    for (const auto& words : document.introduction) out += written(words) + "\n\n";
    for (const auto& section : document.sections) {
        out += "## " + escaped(section.heading) + "\n\n";
        for (const auto& part : section.blocks) out += std::visit(block_to_markdown{image}, part);
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

}  // namespace cli::front::report
