// SPDX-License-Identifier: Apache-2.0
// `connect --session`: a file with the session of the last connection, which only its owner can read.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include <tlseam/session.hpp>

namespace cli {

class session_file {
public:
    /// An empty name: there is none, and nothing below does anything.
    explicit session_file(std::string name) : name_(std::move(name)) {}

    /// Nothing when the file does not exist. Throws tlseam::exception, whose sentence names the file.
    [[nodiscard]] std::optional<tlseam::session> read();

    /// For client_settings::on_session: keeps the newest. Empty without a file. This object must outlive it.
    [[nodiscard]] std::function<void(const tlseam::session&)> sink();

    /// Puts the newest, if one came, in the place of the file, whole or not at all: mode 0600 from the beginning. If
    /// none came, and the one of the file was declined or is used up, the file goes. Throws as read().
    void write(bool resumed) const;

    /// The file goes: its connection failed, and nothing of that is used again.
    void forget() const;

private:
    std::string name_;
    bool was_there_ = false;
    bool used_up_ = false;      // once it was offered
    mutable std::mutex mutex_;  // sessions come from the thread that reads
    std::optional<tlseam::session> newest_;
};

}  // namespace cli
