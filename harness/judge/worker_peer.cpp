#include "harness/judge/worker_peer.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

#include "harness/wire/text.hpp"
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

/// Waits until the process of a pidfd has ended, whoever its parent is.
bool has_ended(int pidfd, double timeout_s) {
  pollfd process{pidfd, POLLIN, 0};
  return poll(&process, 1, static_cast<int>(std::clamp(timeout_s, 0.0, 3600.0) * 1000)) == 1;
}

/// The judge's child is bubblewrap or the worker itself; how the worker ended, process 1 of its namespace tells.
class ConfinedPeer final : public Peer {
 public:
  ConfinedPeer(sandbox::Process process, wire::Descriptor news, int worker_pid)
      : process_(std::move(process)),
        news_(std::move(news)),
        worker_pid_(worker_pid),
        worker_(worker_pid != process_.pid() ? static_cast<int>(syscall(SYS_pidfd_open, worker_pid, 0)) : -1) {}
  int pid() const override { return worker_pid_; }
  int exit_fd() const override { return process_.exit_fd(); }
  int log_fd() const override { return process_.log_fd(); }
  std::optional<Exit> ended() override {
    const auto exit = process_.ended();
    if (!exit) return std::nullopt;
    if (!told_)
      if (const auto news = sandbox::read_news(news_.get(), 0); news && news->kind == sandbox::News::Kind::ended)
        told_ = news->exit;
    return told_ ? told_ : exit;
  }
  std::optional<Exit> kill(double timeout_s) override {
    if (!process_.kill(timeout_s)) return std::nullopt;
    // Bubblewrap ends at once; the worker may be stuck in a driver.
    if (worker_ && !has_ended(worker_.get(), timeout_s)) return std::nullopt;
    return ended();
  }

 private:
  sandbox::Process process_;
  wire::Descriptor news_;
  int worker_pid_;
  wire::Descriptor worker_;  // none where the worker is the judge's own child
  std::optional<Exit> told_;
};

/// The last line of what a process has printed so far.
std::string last_words(const sandbox::Process& process) {
  std::array<char, 4096> text;
  const ssize_t got = read(process.log_fd(), text.data(), text.size());
  std::string_view words(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  while (words.ends_with('\n')) words.remove_suffix(1);
  return wire::clean_text(words.substr(words.rfind('\n') + 1));
}

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

Result<std::unique_ptr<Peer>> make_confined_peer(sandbox::Process process, wire::Descriptor news, double timeout_s) {
  const auto first = sandbox::read_news(news.get(), timeout_s);
  if (first && first->kind == sandbox::News::Kind::confined)
    return std::make_unique<ConfinedPeer>(std::move(process), std::move(news), first->sender);
  std::string why = first ? first->text : last_words(process);
  if (why.empty()) why = process.ended() ? "the worker left without a word" : "the worker did not get ready in time";
  return fail(Error::Kind::unavailable, std::move(why));
}

std::unique_ptr<Peer> make_thread_peer(wire::Descriptor socket) {
  return std::make_unique<ThreadPeer>(std::move(socket));
}

}  // namespace chipfit::judge
