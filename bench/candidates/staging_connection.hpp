// SPDX-License-Identifier: Apache-2.0
// The writing half of a tuned connection: small writes become full records, records become large sends.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "bench/candidate.hpp"
#include "bench/candidates/batched_socket.hpp"

namespace bench {

class staging_connection : public connection {
public:
    explicit staging_connection(int socket) : socket_(socket) {}

    void write(std::span<const std::byte> data) final {
        encrypt_staged();
        encrypt(data);
        socket_.flush();
    }
    void gather(std::span<const std::byte> data) final {
        while (!data.empty()) {
            if (staged_.size() == record) encrypt_staged();
            if (staged_.empty() && data.size() >= record) {
                encrypt(data.first(record));
                data = data.subspan(record);
                continue;
            }
            if (staged_.capacity() == 0) staged_.reserve(record);
            const auto part = data.first(std::min(data.size(), record - staged_.size()));
            staged_.insert(staged_.end(), part.begin(), part.end());
            data = data.subspan(part.size());
        }
    }
    void flush() final {
        encrypt_staged();
        socket_.flush();
    }

protected:
    /// To socket().send(), in records.
    virtual void encrypt(std::span<const std::byte> data) = 0;
    [[nodiscard]] batched_socket& socket() { return socket_; }

private:
    static constexpr std::size_t record = 16384;
    void encrypt_staged() {
        if (!staged_.empty()) encrypt(staged_);
        staged_.clear();
    }

    batched_socket socket_;
    std::vector<std::byte> staged_;
};

}  // namespace bench
