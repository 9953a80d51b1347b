// The same promises, as C++ sees them.
#include "tests/abi/locks_1_0.c"  // NOLINT(bugprone-suspicious-include)
