#pragma once

namespace chipfit::judge {

/// Whether a process computes, or would if a busy machine let it, though nothing is asked of it: in ten looks of 20 ms
/// never two that find it at rest, and over a tenth of a processor used or a thread that stood ready in eight of them.
/// 40 ms where the process is at rest, half a second where it is not.
bool is_busy_when_idle(int pid);

}  // namespace chipfit::judge
