// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/front/report/page_parts.hpp"

namespace cli::front::report {
namespace {

std::string attribute(const char* name, const std::string& value) {
    return value.empty() ? std::string() : std::string(" ") + name + "=\"" + escaped(value) + "\"";
}

std::string html(const text& words) {
    std::string out;
    for (const auto& piece : words) {
        const std::string inside = escaped(piece.text);
        switch (piece.is) {
            case piece::kind::plain: out += inside; break;
            case piece::kind::code: out += "<code>" + inside + "</code>"; break;
            case piece::kind::reference: out += "<a href=\"#" + escaped(piece.target) + "\">" + inside + "</a>"; break;
            case piece::kind::address:
                // Whoever wrote it: an address of another kind is text.
                if (piece.target.starts_with("https://")) {
                    out += "<a href=\"" + escaped(piece.target) + "\" rel=\"noreferrer\">" + inside + "</a>";
                } else {
                    out += inside;
                }
                break;
        }
    }
    return out;
}

std::size_t length(const text& words) {
    std::size_t out = 0;
    for (const auto& piece : words) out += piece.text.size();
    return out;
}

std::string html(const table& table) {
    // Wider than a phone: it scrolls by itself, with the keyboard too.
    std::string out = "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"" + escaped(table.id) +
                      "-caption\">\n<table" + attribute("id", table.id) + (table.numbers ? " class=\"numbers\"" : "") +
                      ">\n<caption id=\"" + escaped(table.id) + "-caption\">" + escaped(table.caption) +
                      "</caption>\n<thead><tr>";
    for (const auto& column : table.columns) out += "<th scope=\"col\">" + escaped(column) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        out += "<tr" + attribute("id", row.id) + ">";
        for (std::size_t n = 0; n < row.cells.size(); ++n) {
            const bool is_no = row.cells[n].size() == 1 && row.cells[n].front().text == "no";
            const bool is_long = !table.numbers && length(row.cells[n]) > 60;
            if (n == 0) {
                out += "<th scope=\"row\">" + html(row.cells[n]) + "</th>";
            } else {
                out += std::string("<td") +
                       (is_no     ? " class=\"no\""
                        : is_long ? " class=\"long\""
                                  : "") +
                       ">" + html(row.cells[n]) + "</td>";
            }
        }
        out += "</tr>\n";
    }
    return out + "</tbody>\n</table>\n</div>\n";
}

std::string html(const charts& charts) {
    std::string out = "<div class=\"charts\">\n";
    for (const auto& chart : charts.each) {
        out += "<figure><figcaption>" + escaped(chart.title) + "<span>" + escaped(chart.unit) +
               (chart.note.empty() ? "" : "; " + escaped(chart.note)) +
               "</span></figcaption><div class=\"chart\" id=\"chart-" + escaped(chart.id) + "\"></div></figure>\n";
    }
    return out + "</div>\n<noscript><p>The charts are drawn by a script in this page; the <a href=\"#" +
           escaped(charts.table_id) + "\">table</a> has the same numbers.</p></noscript>\n";
}

struct block_to_html {
    std::string operator()(const paragraph& part) const { return "<p>" + html(part.words) + "</p>\n"; }
    std::string operator()(const heading& part) const {
        return "<h3" + attribute("id", part.id) + ">" + escaped(part.words) + "</h3>\n";
    }
    std::string operator()(const list& part) const {
        std::string out = "<ul>\n";
        for (const auto& item : part.items) out += "<li>" + html(item) + "</li>\n";
        return out + "</ul>\n";
    }
    std::string operator()(const table& part) const { return html(part); }
    std::string operator()(const charts& part) const { return html(part); }
    std::string operator()(const folded& part) const {
        std::string out = "<details><summary>" + escaped(part.summary) + "</summary>\n";
        if (!part.drawn.each.empty()) out += html(part.drawn);
        for (const auto& table : part.tables) out += html(table);
        return out + "</details>\n";
    }
};

std::string html(const section& section) {
    std::string out = "<section aria-labelledby=\"" + escaped(section.id) + "\">\n<h2 id=\"" + escaped(section.id) +
                      "\">" + escaped(section.heading) + "</h2>\n";
    for (const auto& part : section.blocks) out += std::visit(block_to_html{}, part);
    return out + "</section>\n";
}

std::vector<chart> all_charts(const document& document) {
    std::vector<chart> out;
    for (const auto& section : document.sections) {
        for (const auto& part : section.blocks) {
            const auto* found = std::get_if<charts>(&part);
            if (const auto* inside = std::get_if<folded>(&part)) found = &inside->drawn;
            if (found != nullptr) out.insert(out.end(), found->each.begin(), found->each.end());
        }
    }
    return out;
}

std::string head(const document& document) {
    const std::string policy = std::string("default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ") +
                               "style-src '" + page_style_hash + "'; script-src '" + page_script_hash + "'";
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
           policy + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
           escaped(document.title) + "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" + page_style +
           "</style>\n</head>\n";
}

std::string before_the_sections(const document& document) {
    std::string out = "<body>\n<header>\n<a class=\"skip\" href=\"#contents\">Skip to the contents</a>\n<h1>" +
                      escaped(document.title) + "</h1>\n";
    for (const auto& words : document.introduction) out += "<p>" + html(words) + "</p>\n";
    out += "<nav aria-label=\"Sections\">\n<ul>\n";
    for (const auto& section : document.sections) {
        out += "<li><a href=\"#" + escaped(section.id) + "\">" + escaped(section.heading) + "</a></li>\n";
    }
    return out + "</ul>\n</nav>\n</header>\n<main id=\"contents\">\n";
}

std::string after_the_sections(const document& document) {
    std::string data = as_json(all_charts(document));
    for (std::size_t at = 0; (at = data.find('<', at)) != std::string::npos;) data.replace(at, 1, "\\u003c");
    return "</main>\n<footer>\n<details><summary>Licences of what is in this page</summary>\n<pre>" +
           escaped(chart_licence) +
           "</pre></details>\n</footer>\n<script type=\"application/json\" id=\"chart-data\">" + data +
           "</script>\n<script>" + page_script + "</script>\n</body>\n</html>\n";
}

}  // namespace

std::string page(const document& document) {
    std::string out = head(document) + before_the_sections(document);
    for (const auto& section : document.sections) out += html(section);
    return out + after_the_sections(document);
}

std::string escaped(std::string_view text) {
    constexpr std::string_view unknown = "\xEF\xBF\xBD";
    std::string out;
    for (std::size_t n = 0; n < text.size(); ++n) {
        const auto c = static_cast<unsigned char>(text[n]);
        const auto three = text.substr(n, 3);
        // U+202A to U+202E, U+2066 to U+2069
        const bool turns = (three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE") ||
                           (three >= "\xE2\x81\xA6" && three <= "\xE2\x81\xA9");
        if (turns) {
            out += unknown;
            n += 2;
        } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
            out += unknown;
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '"') {
            out += "&quot;";
        } else {
            out += text[n];
        }
    }
    return out;
}

std::string as_json(const std::vector<chart>& charts) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& chart : charts) {
        auto bars = nlohmann::ordered_json::array();
        for (const auto& bar : chart.bars) {
            bars.push_back({{"label", bar.label},
                            {"value", bar.value},
                            {"spread", bar.spread},
                            {"colour", bar.colour},
                            {"text", bar.text}});
        }
        out.push_back({{"id", chart.id},
                       {"title", chart.title},
                       {"unit", chart.unit},
                       {"note", chart.note},
                       {"bars", std::move(bars)}});
    }
    return out.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace cli::front::report
