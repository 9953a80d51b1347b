#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "harness/sandbox/confine.hpp"
#include "harness/wire/descriptor.hpp"

// The kernel's interface by its numbers: the headers of older systems lack parts of it.
// Source: include/uapi/linux/landlock.h of Linux 6.12.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

namespace chipfit::sandbox {
namespace {

struct RulesetAttributes {
  std::uint64_t fs, net, scoped;
};
struct __attribute__((packed)) PathRule {
  std::uint64_t allowed;
  std::int32_t parent_fd;
};
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t bit(int number) {
  return std::uint64_t{1} << number;
}
constexpr std::uint64_t fs_execute = bit(0), fs_write_file = bit(1), fs_read_file = bit(2), fs_read_dir = bit(3),
                        fs_truncate = bit(14), fs_ioctl_dev = bit(15);
constexpr std::uint64_t fs_abi_1 = bit(13) - 1, fs_abi_2 = bit(14) - 1, fs_abi_3 = bit(15) - 1, fs_abi_5 = bit(16) - 1;
constexpr std::uint64_t net_tcp = bit(0) | bit(1);         // bind, connect; from ABI 4
constexpr std::uint64_t scope_outwards = bit(0) | bit(1);  // abstract sockets, signals; from ABI 6
constexpr std::uint64_t of_files = fs_execute | fs_write_file | fs_read_file | fs_truncate | fs_ioctl_dev;

tl::unexpected<Error> refused(const std::string& call) {
  return fail(Error::Kind::unavailable, call + ": " + std::generic_category().message(errno));
}

class Ruleset {
 public:
  explicit Ruleset(int abi) {
    attributes_.fs = abi >= 5 ? fs_abi_5 : abi >= 3 ? fs_abi_3 : abi == 2 ? fs_abi_2 : fs_abi_1;
    attributes_.net = abi >= 4 ? net_tcp : 0;
    attributes_.scoped = abi >= 6 ? scope_outwards : 0;
    const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    fd_ = wire::Descriptor(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes_, size, 0)));
  }
  explicit operator bool() const { return static_cast<bool>(fd_); }

  /// A path that is not there needs no rule.
  Result<void> allow(const std::filesystem::path& path, std::uint64_t rights) {
    const wire::Descriptor at(open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!at) return {};
    struct stat file {};
    if (fstat(at.get(), &file) != 0) return refused(path.string());
    rights &= attributes_.fs;
    if (!S_ISDIR(file.st_mode)) rights &= of_files;
    PathRule rule{rights, at.get()};
    if (syscall(SYS_landlock_add_rule, fd_.get(), rule_path_beneath, &rule, 0) != 0)
      return refused("landlock_add_rule " + path.string());
    return {};
  }
  Result<void> restrict_self() {
    if (syscall(SYS_landlock_restrict_self, fd_.get(), 0) != 0) return refused("landlock_restrict_self");
    return {};
  }

 private:
  RulesetAttributes attributes_{};
  wire::Descriptor fd_;
};

}  // namespace

int landlock_abi() {
  constexpr unsigned version = 1;
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, version);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

Result<void> restrict_files(const Access& access, Tmp tmp) {
  const int abi = landlock_abi();
  if (abi == 0)
    return fail(Error::Kind::unavailable, "this kernel has no Landlock (from 5.13 on, where it is enabled)");
  Ruleset rules(abi);
  if (!rules) return refused("landlock_create_ruleset");

  const std::uint64_t read = fs_read_file | fs_read_dir | (access.may_start_programs ? fs_execute : 0);
  const std::uint64_t device = fs_read_file | fs_read_dir | fs_write_file | fs_ioctl_dev;
  const std::uint64_t anything = fs_abi_5;
  struct Part {
    std::vector<std::filesystem::path> paths;
    std::uint64_t rights;
  };
  std::vector<Part> parts = {{system_read_paths(), read},
                             {access.read, read},
                             {access.write, anything},
                             {access.devices, device},
                             {{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}, device},
                             {{"/proc/self"}, fs_read_file | fs_read_dir | fs_write_file}};  // names of threads
  if (tmp == Tmp::own) parts.push_back({{"/tmp", "/dev/shm"}, anything});
  for (const Part& part : parts)
    for (const auto& path : part.paths)
      if (auto allowed = rules.allow(path, part.rights); !allowed) return allowed;
  return rules.restrict_self();
}

}  // namespace chipfit::sandbox
