// SPDX-License-Identifier: Apache-2.0
#include "cli/front/machine.hpp"

#include <sched.h>
#include <sys/utsname.h>

#include <fstream>
#include <thread>

namespace cli::front {
namespace {

/// "model name : AMD EPYC"; empty where the architecture has nothing like it.
std::string model_name() {
    std::ifstream lines("/proc/cpuinfo");
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return {};
}

unsigned cores_for_us() {
    cpu_set_t allowed = {};
    const bool known = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0;
    return known ? static_cast<unsigned>(CPU_COUNT(&allowed)) : std::thread::hardware_concurrency();
}

}  // namespace

machine this_machine() {
    utsname names = {};
    ::uname(&names);
    std::string cpu = model_name();
    if (cpu.empty()) cpu = names.machine;
    return {.cpu = std::move(cpu), .cores = cores_for_us(), .kernel = std::string(names.sysname) + " " + names.release};
}

}  // namespace cli::front
