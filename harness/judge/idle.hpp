#pragma once

namespace chipfit::judge {

/// Whether a process computes though nothing is asked of it: more than a tenth of a processor over four looks of 20 ms
/// (a busy machine may not give it more), no two of which find it at rest. 40 ms where the process is at rest.
bool is_busy_when_idle(int pid);

}  // namespace chipfit::judge
