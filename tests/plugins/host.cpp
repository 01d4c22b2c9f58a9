// SPDX-License-Identifier: Apache-2.0
// Several backends in one process, each in a plug-in of its own: they do not mix, whatever the order and however the
// plug-ins are loaded. host CERTS PLUGIN...
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <future>
#include <string>
#include <vector>

#include "tests/plugins/plugin.hpp"

namespace {

/// The plug-in of a backend is plugin-<backend>.so.
std::string backend_of(const std::string& path) {
    const auto begin = path.rfind("plugin-") + 7;
    return path.substr(begin, path.rfind(".so") - begin);
}

struct plugin {
    std::string backend;
    converse_function converse;
};

plugin load(const std::string& path, int flags) {
    void* const handle = dlopen(path.c_str(), RTLD_NOW | flags);
    if (handle == nullptr) {
        std::printf("Bail out! %s\n", dlerror());
        std::exit(1);
    }
    return {backend_of(path), reinterpret_cast<converse_function>(dlsym(handle, "tlseam_plugin_converse"))};
}

std::string answer_of(const plugin& plugin, const char* certs) {
    std::array<char, 200> answer = {};
    plugin.converse(certs, answer.data(), answer.size());
    return answer.data();
}

/// Every plug-in on a thread of its own, several times.
std::string all_at_once(const std::vector<plugin>& plugins, const char* certs) {
    std::vector<std::future<std::string>> running;
    for (const auto& each : plugins) {
        running.push_back(std::async(std::launch::async, [&each, certs] {
            for (int i = 0; i < 5; ++i) {
                if (auto answer = answer_of(each, certs); answer != each.backend) return each.backend + ": " + answer;
            }
            return std::string();
        }));
    }
    std::string problems;
    for (auto& one : running) problems += one.get();
    return problems;
}

}  // namespace

int main(int argc, char** argv) {
    const char* certs = argv[1];
    std::vector<std::string> paths(argv + 2, argv + argc);
    // The first goes into the process's global scope: its symbols are those that others would be mixed up with.
    std::vector<plugin> plugins;
    for (const auto& path : paths) plugins.push_back(load(path, plugins.empty() ? RTLD_GLOBAL : RTLD_LOCAL));

    int number = 0, failures = 0;
    const auto report = [&](const std::string& what, const std::string& problem) {
        std::printf("%s %d - %s\n", problem.empty() ? "ok" : "not ok", ++number, what.c_str());
        if (!problem.empty()) std::printf("# %s\n", problem.c_str());
        failures += problem.empty() ? 0 : 1;
    };
    for (int round = 1; round <= 2; ++round) {
        for (const auto& each : plugins) {
            const auto answer = answer_of(each, certs);
            report(each.backend + " converses as itself, round " + std::to_string(round),
                   answer == each.backend ? "" : answer);
        }
        std::ranges::reverse(plugins);
    }
    report("all of them at once", all_at_once(plugins, certs));
    std::printf("1..%d\n", number);
    return failures == 0 ? 0 : 1;
}
