#pragma once
#include <memory>
#include <optional>

#include "harness/sandbox/keeper.hpp"
#include "harness/sandbox/process.hpp"
#include "harness/wire/descriptor.hpp"
#include "kernels/base/result.hpp"

namespace chipfit::judge {

/// Whoever serves the other end of the socket. The destructor ends it.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual int pid() const = 0;
  virtual int exit_fd() const = 0;  ///< readable once it has ended; -1: ask ended() from time to time
  virtual int log_fd() const = 0;   ///< -1: it writes to this process's own standard error
  virtual std::optional<sandbox::Exit> ended() = 0;
  /// Nothing: it could not be ended.
  virtual std::optional<sandbox::Exit> kill(double timeout_s) = 0;
};

/// A worker process.
std::unique_ptr<Peer> make_process_peer(sandbox::Process);

/// A worker process that confines itself, in namespaces with bubblewrap around it; `news` is the judge's end of
/// sandbox::make_news_socket(). Waits until the worker says that it is confined. Error (unavailable): what the worker
/// or bubblewrap says, or that nothing came in time.
Result<std::unique_ptr<Peer>> make_confined_peer(sandbox::Process, wire::Descriptor news, double timeout_s);

/// A thread of this process that serves `socket`. kill() only disowns it: it lives on, with what it holds, until its
/// call returns.
std::unique_ptr<Peer> make_thread_peer(wire::Descriptor socket);

}  // namespace chipfit::judge
