// SPDX-License-Identifier: Apache-2.0
// Values side by side, as plain text of at most 100 columns. Nothing that a peer chose can do more to a terminal than
// be seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cli::front {

/// What could do so becomes '?': controls of ASCII and C1, marks that turn the direction of text, what is no UTF-8.
[[nodiscard]] std::string printable(const std::string& text);

/// What one column has in one row: no item, one, or a list.
using cell = std::vector<std::string>;

enum class spread : std::uint8_t {
    when_different,  ///< one value that all have is said once, across the columns
    always,
};

class side_by_side {
public:
    explicit side_by_side(std::vector<std::string> columns);

    void section(const std::string& title);
    /// Cells in the order of the columns.
    void row(bool marked, const std::string& title, const std::vector<cell>& cells,
             spread how = spread::when_different);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    void columns_of(const std::string& label, const std::vector<cell>& cells);
    void lines_of(const std::string& label, const std::vector<cell>& cells);

    std::vector<std::string> columns_;
    std::size_t width_;  // of a column, with what is between two
    std::string text_;
};

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string>& words);

/// Words broken into lines of at most so many columns, each but the first indented; no word is cut.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent, std::size_t width = 100);

}  // namespace cli::front
