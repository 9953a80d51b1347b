#include "harness/judge/worker_peer.hpp"

#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

#include "harness/worker/serve.hpp"

namespace chipfit::judge {
namespace {

using sandbox::Exit;

class ProcessPeer final : public Peer {
 public:
  explicit ProcessPeer(sandbox::Process process) : process_(std::move(process)) {}
  int pid() const override { return process_.pid(); }
  int exit_fd() const override { return process_.exit_fd(); }
  int log_fd() const override { return process_.log_fd(); }
  std::optional<Exit> ended() override { return process_.ended(); }
  std::optional<Exit> kill(double timeout_s) override { return process_.kill(timeout_s); }

 private:
  sandbox::Process process_;
};

class ThreadPeer final : public Peer {
 public:
  explicit ThreadPeer(wire::Descriptor socket)
      : finished_(std::make_shared<std::atomic<bool>>(false)),
        thread_([socket = std::move(socket), finished = finished_]() mutable {
          worker::serve(std::move(socket));
          finished->store(true);
        }) {}
  ~ThreadPeer() override {
    if (!thread_.joinable()) return;
    if (finished_->load())
      thread_.join();
    else
      thread_.detach();
  }
  int pid() const override { return getpid(); }
  int exit_fd() const override { return -1; }
  int log_fd() const override { return -1; }
  std::optional<Exit> ended() override {
    if (!finished_->load()) return std::nullopt;
    return Exit{Exit::How::exited, 0};
  }
  std::optional<Exit> kill(double) override { return Exit{}; }

 private:
  std::shared_ptr<std::atomic<bool>> finished_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Peer> make_process_peer(sandbox::Process process) {
  return std::make_unique<ProcessPeer>(std::move(process));
}

std::unique_ptr<Peer> make_thread_peer(wire::Descriptor socket) {
  return std::make_unique<ThreadPeer>(std::move(socket));
}

}  // namespace chipfit::judge
