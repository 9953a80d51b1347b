#pragma once

namespace chipfit::sandbox {

/// Makes the judge's memory unreadable for other processes of the same user (PR_SET_DUMPABLE 0). For the life of the
/// process; debuggers cannot attach afterwards.
void protect_self();

/// In the worker: when memory runs out the kernel ends this process before any other.
void volunteer_for_oom();

}  // namespace chipfit::sandbox
