#pragma once
#include "harness/sandbox/isolation.hpp"

namespace chipfit::sandbox {

/// The program bwrap of this system; never looked for in PATH. Error (unavailable) with the package to install.
Result<std::filesystem::path> find_bubblewrap();

/// The words behind `bwrap` that start `program` as process 1 of namespaces of its own (user, pid, net, ipc, uts), with
/// an own /tmp and /dev, the system's libraries and access.read read-only, access.devices and access.write as they are,
/// and nothing else. All capabilities are dropped, as root too. It dies with its parent. `working_dir` is entered.
std::vector<std::string> bubblewrap_arguments(const Access&, const std::filesystem::path& program,
                                              const std::filesystem::path& working_dir);

}  // namespace chipfit::sandbox
