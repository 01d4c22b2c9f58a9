// SPDX-License-Identifier: Apache-2.0
// `verify`: the verdict on a chain without a connection; one, or one per line of standard input.
#include "cli/verify.hpp"

#include "cli/commands.hpp"
#include "cli/descriptors.hpp"
#include "cli/files.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::error;

/// What cannot be read as a certificate is one that is refused; the name of no certificate at all is a mistake.
error as_refusal(const error& e) {
    if (e.code() != errc::malformed_certificate) return e;
    return {errc::certificate_refused,
            {.message = e.message(), .certificate = tlseam::cert_errc::malformed, .origin = e.origin()}};
}

template <class Get>
verify_answer answer_with(std::string id, Get&& get) {
    verify_answer out{.id = std::move(id), .verdict = {}};
    try {
        out.verdict = get();
    } catch (const tlseam::exception& problem) {
        out.verdict = std::unexpected(problem.error());
    }
    out.undecided = !out.verdict && out.verdict.error().code() != errc::certificate_refused;
    return out;
}

int exit_code_of(const verify_answer& answer) {
    if (answer.verdict) return exit_done;
    return answer.undecided ? exit_usage : exit_failed;
}

/// One line of standard input without its end; nothing at the end of the input.
class lines {
public:
    std::optional<std::string> next() {
        for (;;) {
            if (const auto end = have_.find('\n', searched_); end != std::string::npos) return cut(end + 1);
            searched_ = have_.size();
            char buffer[65536];
            const ssize_t count = read_bytes(0, std::as_writable_bytes(std::span(buffer)));
            if (count <= 0) return have_.empty() ? std::nullopt : std::optional(cut(have_.size()));
            have_.append(buffer, static_cast<std::size_t>(count));
        }
    }

private:
    std::string cut(std::size_t size) {
        std::string line = have_.substr(0, size);
        have_.erase(0, size);
        searched_ = 0;
        if (line.ends_with('\n')) line.pop_back();
        return line;
    }

    std::string have_;
    std::size_t searched_ = 0;
};

/// Answers every request in order, whatever became of those before.
int answer_all(reporter& report) {
    verifier verifier;
    lines in;
    while (const auto line = in.next()) {
        if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
        verify_request request;
        if (const auto parsed = parse_verify_request(*line, request); !parsed) {
            report.verdict({.id = request.id, .verdict = std::unexpected(parsed.error()), .undecided = true});
            continue;
        }
        report.verdict(answer_with(request.id, [&] { return verifier.verify(request); }));
    }
    return exit_done;
}

}  // namespace

tlseam::result<std::vector<tlseam::certificate>> verifier::verify(const verify_request& request) {
    std::vector<tlseam::certificate> chain;
    for (const auto* source : {&request.leaf, &request.untrusted}) {
        for (const std::string& text : *source) {
            auto parsed = is_pem(text) ? tlseam::certificate::parse_all(text) : tlseam::certificate::load_all(text);
            if (!parsed) return std::unexpected(as_refusal(parsed.error()));
            chain.insert(chain.end(), parsed->begin(), parsed->end());
        }
    }
    tlseam::verify_options options;
    if (!request.trust.empty()) options.trust = trust_of(request.trust);
    options.peer = request.purpose;
    options.name = request.name;
    if (request.time) options.clock = [time = *request.time] { return time; };
    options.verification = {.crls = crls_of(request.crls), .crl_scope = request.crl_scope, .pins = request.pins};
    return tlseam::verify_chain(chain, options);
}

/// Stores are kept: whoever asks ten thousand times asks about the same few.
const tlseam::trust_store& verifier::trust_of(const std::vector<std::string>& sources) {
    constexpr std::size_t most = 64;
    if (const auto known = stores_.find(sources); known != stores_.end()) return known->second;
    tlseam::trust_sources from;
    for (const std::string& text : sources) {
        if (is_pem(text)) {
            from.memory.push_back(text);
        } else {
            from.files.emplace_back(text);
        }
    }
    auto loaded = tlseam::or_throw(tlseam::trust_store::load(from));
    if (stores_.size() >= most) stores_.clear();
    return stores_.emplace(sources, std::move(loaded)).first->second;
}

std::optional<tlseam::crl_store> verifier::crls_of(const std::vector<std::string>& sources) {
    std::vector<std::string> files;
    std::string texts;
    for (const std::string& text : sources) {
        if (is_pem(text)) {
            texts += text + "\n";
        } else {
            files.push_back(text);
        }
    }
    if (texts.empty()) return load_crls(files);
    if (!files.empty()) {
        tlseam::throw_error({errc::invalid_argument, {.message = "crl: all of them as text, or all of them as files"}});
    }
    return tlseam::or_throw(tlseam::crl_store::parse(texts));
}

bool is_pem(const std::string& text) { return text.find("-----BEGIN") != std::string::npos; }

int verify(const verify_command& command, reporter& report) {
    if (command.batch) return answer_all(report);
    verify_request request;
    request.leaf = {command.leaf_file};
    request.untrusted = command.untrusted_files;
    request.trust = command.trust_files;
    request.crls = command.crl_files;
    request.crl_scope = command.crl_scope;
    request.pins = command.pins;
    request.name = command.name;
    request.time = command.time;
    request.purpose = command.purpose;
    const auto answer = answer_with("null", [&] { return verifier().verify(request); });
    report.verdict(answer);
    return exit_code_of(answer);
}

}  // namespace cli
