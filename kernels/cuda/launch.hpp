#pragma once
#include "kernels/cuda/choose.hpp"

namespace chipfit::cuda {

/// Loads the plan's kernel into the current context and sets it up; once, before its first launch.
/// Error (internal) with the CUDA runtime's words.
Result<void> prepare(const Plan&);

/// Enqueues out = … on `stream` (a cudaStream_t of the current context): operands in the order of the plugin ABI,
/// device addresses that are multiples of 16; `workspace` of plan.workspace_bytes, free again when the work is done.
Result<void> launch(const Plan&, const Capability&, const void* in0, const void* in1, void* out, void* workspace,
                    void* stream);

}  // namespace chipfit::cuda
