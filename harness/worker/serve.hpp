#pragma once
#include "harness/wire/descriptor.hpp"

namespace chipfit::worker {

enum class ServeEnd {
  closed,    ///< the judge has closed its end: the device was closed, the process may leave
  malformed  ///< something arrived that no judge sends
};

/// Serves calls (wire::Call) on the worker's end of the socket, one at a time on this thread, until the judge closes
/// its own. The plugin stays loaded. A crash, an exit or an exception in the plugin ends the process.
ServeEnd serve(wire::Descriptor socket);

}  // namespace chipfit::worker
