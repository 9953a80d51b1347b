#pragma once

namespace chipfit::bench {

/// Prints the processor, and a warning where others use it now: intervals are wide then, and libraries whose threads
/// wait for each other busily lose more than the rest. Takes a second.
void print_machine();

}  // namespace chipfit::bench
