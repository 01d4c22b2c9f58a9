// SPDX-License-Identifier: Apache-2.0
// What a report says, before it is a page or a Markdown file. All text is plain: who writes it out escapes it.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cli::front::report {

/// A piece of a sentence.
struct piece {
    enum class kind { plain, code, reference, address };
    std::string text;
    kind is = kind::plain;
    std::string target;  ///< of a reference: an id in this document; of an address: https://...
};

/// A sentence, or the contents of a cell.
struct text : std::vector<piece> {
    text() = default;
    text(const char* plain) : std::vector<piece>{{plain, piece::kind::plain, {}}} {}
    text(std::string plain) : std::vector<piece>{{std::move(plain), piece::kind::plain, {}}} {}
    text& add(std::string more) { return add({std::move(more), piece::kind::plain, {}}); }
    text& code(std::string more) { return add({std::move(more), piece::kind::code, {}}); }
    text& refer(std::string more, std::string id) {
        return add({std::move(more), piece::kind::reference, std::move(id)});
    }
    text& link(std::string more, std::string address) {
        return add({std::move(more), piece::kind::address, std::move(address)});
    }
    text& add(piece more) {
        push_back(std::move(more));
        return *this;
    }
};

/// Words in which `this` is code.
[[nodiscard]] text with_code(const std::string& words);

struct paragraph {
    text words;
};

struct heading {  // one level below a section's
    std::string words;
    std::string id;
};

struct list {
    std::vector<text> items;
};

struct row {
    std::string id;  ///< what a sentence may refer to; may be empty
    std::vector<text> cells;
};

struct table {
    std::string id;
    std::string caption;
    std::vector<std::string> columns;
    std::vector<row> rows;  ///< the first cell of each is its heading
    bool numbers = false;   ///< the other cells are
};

struct bar {
    std::string label;
    double value = 0;
    double spread = 0;  ///< relative to value; 0: there is none
    int colour = 0;     ///< the same for a backend wherever it appears
    std::string text;   ///< the value as people write it
};

/// Horizontal bars from zero.
struct chart {
    std::string id;
    std::string title;
    std::string unit;
    std::string note;  ///< such as which way is better
    std::vector<bar> bars;
};

/// Charts side by side where there is room; table_id has their numbers.
struct charts {
    std::string table_id;
    std::vector<chart> each;
};

/// Shown when somebody asks for it.
struct folded {
    std::string summary;
    std::vector<table> tables;
    charts drawn = {};  ///< none, or what comes before the tables
};

using block = std::variant<paragraph, heading, list, table, charts, folded>;

struct section {
    std::string id;
    std::string heading;
    std::vector<block> blocks;
};

struct document {
    std::string title;
    std::vector<text> introduction;
    std::vector<section> sections;
};

}  // namespace cli::front::report
