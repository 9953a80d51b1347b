#include "harness/sandbox/bubblewrap.hpp"

#include <unistd.h>

#include <algorithm>

namespace chipfit::sandbox {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, other] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

Result<fs::path> find_bubblewrap() {
  for (const char* path : {"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"})
    if (access(path, X_OK) == 0) return fs::path(path);
  return fail(Error::Kind::unavailable, "bubblewrap is not installed", {}, "sudo apt install bubblewrap");
}

std::vector<std::string> bubblewrap_arguments(const Access& access, const fs::path& program,
                                              const fs::path& working_dir) {
  // Process 1, so that nobody inside can signal it, and all others end with it.
  std::vector<std::string> words = {"--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc",
                                    "--unshare-uts",  "--cap-drop",    "ALL",           "--die-with-parent",
                                    "--as-pid-1",     "--dev",         "/dev",          "--proc",
                                    "/proc",          "--tmpfs",       "/tmp",          "--tmpfs",
                                    "/dev/shm"};
  const auto bind = [&](const char* how, const fs::path& path) {
    words.insert(words.end(), {how, path.string(), path.string()});
  };
  for (const fs::path& path : system_read_paths()) {
    std::error_code failed;
    if (path == "/proc") continue;
    if (fs::is_symlink(path, failed) && path.parent_path() == "/")
      words.insert(words.end(), {"--symlink", fs::read_symlink(path, failed).string(), path.string()});
    else
      bind("--ro-bind-try", path);
  }
  for (const fs::path& path : access.read)
    if (!is_below(path, "/proc") && !is_below(path, "/usr")) bind("--ro-bind-try", path);
  for (const fs::path& path : access.devices) bind("--dev-bind-try", path);
  bind("--ro-bind", program);
  for (const fs::path& path : access.write) bind("--bind", path);
  words.insert(words.end(),
               {"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", working_dir.string(), "--", program.string()});
  return words;
}

}  // namespace chipfit::sandbox
