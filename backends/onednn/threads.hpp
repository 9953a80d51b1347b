#pragma once

// OpenMP's own header belongs to the compiler, and clang's is not always installed.
extern "C" void omp_set_num_threads(int);

namespace onednn {

/// What oneDNN describes, creates and runs from now on in this thread uses so many threads. The number must be the same
/// for all three: the library divides work and scratchpads when it describes.
inline void use_threads(unsigned threads) {
  omp_set_num_threads(static_cast<int>(threads));
}

}  // namespace onednn
