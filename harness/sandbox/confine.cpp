#include "harness/sandbox/confine.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace chipfit::sandbox {
namespace {

tl::unexpected<Error> refused(const char* call) {
  return fail(Error::Kind::unavailable, std::string(call) + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<void> drop_capabilities() {
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // only a process with CAP_SETPCAP has any to lose
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capset, &header, none) != 0) return refused("capset");
  return {};
}

Result<void> confine_self(const Confinement& confinement) {
  if (!has_seccomp(confinement.level)) return {};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS");
  if (auto dropped = drop_capabilities(); !dropped) return dropped;
  if (has_landlock(confinement.level)) {
    const Tmp tmp = has_namespaces(confinement.level) ? Tmp::own : Tmp::shared;
    if (auto restricted = restrict_files(confinement.access, tmp); !restricted) return restricted;
  }
  return install_call_filter(confinement.access);
}

}  // namespace chipfit::sandbox
