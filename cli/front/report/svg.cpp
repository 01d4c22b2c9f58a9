// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/svg.hpp"

#include "cli/front/child.hpp"
#include "cli/front/programs.hpp"
#include "cli/front/report/data.hpp"
#include "cli/front/report/page.hpp"
#include "cli/front/report/page_parts.hpp"

namespace cli::front::report {

std::vector<std::string> draw(const std::vector<chart>& charts, const std::stop_token& stop) {
    // A context of its own: nothing there makes d3 look for modules.
    const std::string program =
        "const vm = require('vm'), page = vm.createContext({});\n"
        "vm.runInContext(" +
        json(page_script).dump(-1, ' ', true) +
        ", page);\n"
        "page.charts = " +
        as_json(charts) +
        ";\n"
        "console.log(vm.runInContext('JSON.stringify(charts.map((c) => drawChart(c, true)))', page));\n";
    const auto done = run_child("/usr/bin/env", {"node", "-"}, {.input = program, .stop = stop});
    const auto drawn = json::parse(done.output, nullptr, false);
    const auto out = texts_at(json{{"drawn", drawn}}, {"drawn"});
    if (done.exit_code != 0 || out.size() != charts.size()) {
        throw usage_error(
            "the charts of a Markdown file are drawn by Node.js, and `node` did not do it (Debian: nodejs): " +
            done.errors.substr(0, done.errors.find('\n')));
    }
    return out;
}

}  // namespace cli::front::report
