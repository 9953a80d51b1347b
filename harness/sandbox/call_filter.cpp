#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>
#include <system_error>

#include "harness/sandbox/confine.hpp"

namespace chipfit::sandbox {
namespace {

constexpr std::array denied_always = {
    // Other processes.
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(tkill),
    // The judge kills the process group: nobody leaves it.
    SCMP_SYS(setsid), SCMP_SYS(setpgid),
    // Namespaces and mounts.
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
    SCMP_SYS(chroot), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr), SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    // Clocks and the machine.
    SCMP_SYS(clock_settime), SCMP_SYS(clock_settime64), SCMP_SYS(clock_adjtime), SCMP_SYS(clock_adjtime64),
    SCMP_SYS(settimeofday), SCMP_SYS(stime), SCMP_SYS(adjtimex), SCMP_SYS(sethostname), SCMP_SYS(setdomainname),
    SCMP_SYS(reboot), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
    SCMP_SYS(delete_module), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog),
    SCMP_SYS(vhangup), SCMP_SYS(iopl), SCMP_SYS(ioperm),
    // Parts of the kernel that are large, or that see more than one process.
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register), SCMP_SYS(userfaultfd), SCMP_SYS(fanotify_init), SCMP_SYS(lookup_dcookie),
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl)};

constexpr std::array<unsigned, 8> new_namespace = {CLONE_NEWNS,     CLONE_NEWUTS, CLONE_NEWIPC,
                                                   CLONE_NEWUSER,   CLONE_NEWPID, CLONE_NEWNET,
                                                   CLONE_NEWCGROUP, 0x00000080 /* CLONE_NEWTIME */};

/// libseccomp's filter under construction: the first failure is kept, and later rules are not added.
class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release) {
    if (!context_) error_ = ENOMEM;
    // The process may have threads already (a sanitizer's): all of them are confined.
    note(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1));
    // System calls of another architecture (32-bit on x86-64) would pass by the rules.
    note(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }
  void deny(int call, int with = EPERM) { add(call, with, {}); }
  void deny_if(int call, scmp_arg_cmp condition) { add(call, EPERM, {condition}); }
  /// 0 or errno.
  int load() {
    if (error_ == 0) note(seccomp_load(context_.get()));
    return error_;
  }

 private:
  void add(int call, int with, std::initializer_list<scmp_arg_cmp> conditions) {
    if (error_ != 0) return;
    const int result = seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(static_cast<std::uint16_t>(with)), call,
                                              static_cast<unsigned>(conditions.size()), conditions.begin());
    if (result != -EDOM) note(result);  // EDOM: this architecture has no such call
  }
  void note(int result) {
    if (error_ == 0 && result < 0) error_ = -result;
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int error_ = 0;
};

}  // namespace

Result<void> install_call_filter(const Access& access) {
  Filter filter;
  for (const int call : denied_always) filter.deny(call);
  filter.deny(SCMP_SYS(clone3), ENOSYS);
  for (const unsigned flag : new_namespace) filter.deny_if(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
  filter.deny_if(SCMP_SYS(socket), SCMP_A0(SCMP_CMP_NE, AF_UNIX));
  const auto self = static_cast<scmp_datum_t>(getpid());
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)})
    filter.deny_if(call, SCMP_A0(SCMP_CMP_NE, self));
  // Of its own pages a process may ask (libnuma does).
  for (const int call : {SCMP_SYS(migrate_pages), SCMP_SYS(move_pages)}) filter.deny_if(call, SCMP_A0(SCMP_CMP_NE, 0));
  // It dies with the judge, and the judge can read which libraries it has loaded.
  for (const int option : {PR_SET_PDEATHSIG, PR_SET_DUMPABLE})
    filter.deny_if(SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(option)));
  if (!access.may_start_programs) {
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork)}) filter.deny(call);
    filter.deny_if(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  }
  if (const int error = filter.load(); error != 0)
    return fail(Error::Kind::unavailable, "seccomp: " + std::generic_category().message(error));
  return {};
}

}  // namespace chipfit::sandbox
