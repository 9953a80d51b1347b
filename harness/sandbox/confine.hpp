#pragma once
#include "harness/sandbox/isolation.hpp"

namespace chipfit::sandbox {

/// Confines this process for the rest of its life, in the worker before any code of a plugin runs: no new privileges,
/// no capabilities (as root too), Landlock and system call filter as the level has them. Nothing for l0. Namespaces
/// are made outside, by bubblewrap. Errors (unavailable): what the kernel refused.
Result<void> confine_self(const Confinement&);

/// The system call filter alone: EPERM for what a plugin has no business with: other processes (ptrace, process_vm_*,
/// signals that do not go to itself, leaving its process group), mounts, namespaces, the clock, the kernel's own
/// machinery (bpf, perf, io_uring, modules, keys), sockets that are not local, and, unless it may, other programs.
/// clone3 answers ENOSYS, so that threads are made by clone, whose flags a filter can see.
Result<void> install_call_filter(const Access&);

/// Landlock's ABI version in this kernel; 0: it has none.
int landlock_abi();

/// Files outside of system_read_paths() and `access` cannot be opened any more, nothing but access.write (and, with
/// `private_tmp`, /tmp) can be changed; from ABI 4 on no TCP, from 5 on no ioctl on other devices, from 6 on no signal
/// and no abstract socket leads out.
enum class Tmp { shared, own };
Result<void> restrict_files(const Access&, Tmp);

/// All capability sets empty, the bounding set too where that is allowed. Error (unavailable).
Result<void> drop_capabilities();

}  // namespace chipfit::sandbox
