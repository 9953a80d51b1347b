#pragma once
#include "kernels/cuda/index/host_device.hpp"

namespace chipfit::cuda {

/// Where in a matrix an element of a fragment lies.
struct Position {
  int row, col;
};

/// mma.sync m16n8 accumulators: element i (0…3) of a lane (PTX ISA, "Matrix Fragments for mma.m16n8k16", and alike for
/// every other k, type and f64).
CHIPFIT_HD Position accumulator_m16n8(int lane, int i) {
  return {lane / 4 + (i / 2) * 8, (lane % 4) * 2 + (i & 1)};
}
/// mma.sync m8n8k4 f64: element i (0…1).
CHIPFIT_HD Position accumulator_m8n8(int lane, int i) {
  return {lane / 4, (lane % 4) * 2 + i};
}

/// ldmatrix.x4: lane `lane` names row lane % 8 of the 8×16-byte matrix lane / 8. The four matrices of a 16-row operand
/// A are ordered rows 0–7, rows 8–15, then both again for the next 16 bytes of k; those of two 8-column blocks of B are
/// ordered k-low, k-high of the first block, then of the second. `mn` in rows of the operand, `k_chunk` 0 or 1.
struct MatrixOfLane {
  int mn_block, k_chunk, row;  ///< mn_block: which eight rows (A) or columns (B)
};
CHIPFIT_HD MatrixOfLane ldmatrix_a(int lane) {
  return {(lane / 8) & 1, lane / 16, lane % 8};
}
CHIPFIT_HD MatrixOfLane ldmatrix_b(int lane) {
  return {lane / 16, (lane / 8) & 1, lane % 8};
}

/// f64 operands. m8n8k4: one element of A (row, k) and of B (column, k) per lane. m16n8k16: eight of A, four of B.
/// Position{row or column, k}.
CHIPFIT_HD Position dmma_a_m8n8k4(int lane) {
  return {lane / 4, lane % 4};
}
CHIPFIT_HD Position dmma_b_m8n8k4(int lane) {
  return {lane / 4, lane % 4};
}
CHIPFIT_HD Position dmma_a_m16n8k16(int lane, int i) {
  return {lane / 4 + (i & 1) * 8, lane % 4 + (i / 2) * 4};
}
CHIPFIT_HD Position dmma_b_m16n8k16(int lane, int i) {
  return {lane / 4, lane % 4 + i * 4};
}

/// wgmma m64nN accumulators: element i (0 … N/2−1) of a thread (0…127) of the warpgroup (PTX ISA, "Register Fragments
/// for wgmma.mma_async.m64nNk16", the same for f32 and s32).
CHIPFIT_HD Position accumulator_m64(int thread, int i) {
  return {thread / 32 * 16 + thread % 32 / 4 + ((i / 2) & 1) * 8, i / 4 * 8 + thread % 4 * 2 + (i & 1)};
}

}  // namespace chipfit::cuda
