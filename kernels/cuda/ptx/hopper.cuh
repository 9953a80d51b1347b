#pragma once
// Instructions of compute capability 9.0 (sm_90a), as functions. PTX ISA 9.0; each function is one instruction unless
// said otherwise. The functional model of the same names is kernels/cuda/emulate/hopper.hpp.
#include <cuda.h>

#include "kernels/cuda/ptx/device.cuh"
#include "kernels/cuda/ptx/wgmma.cuh"

namespace chipfit::cuda::ptx {

using TensorMap = CUtensorMap;

CHIPFIT_DEVICE void mbarrier_init(int offset, int count) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(offset)), "r"(count) : "memory");
}
/// Makes mbarrier_init visible to the copy engine.
CHIPFIT_DEVICE void fence_mbarrier_init() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
CHIPFIT_DEVICE void mbarrier_arrive(int offset) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(offset)) : "memory");
}
/// At the mbarrier of the same place in block `rank` of the cluster.
CHIPFIT_DEVICE void mbarrier_arrive_at(int rank, int offset) {
  asm volatile(
      "{\n"
      ".reg .b32 there;\n"
      "mapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [there];\n"
      "}" ::"r"(shared_address(offset)),
      "r"(rank)
      : "memory");
}
CHIPFIT_DEVICE int cluster_rank() {
  std::uint32_t rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return static_cast<int>(rank);
}
/// All threads of all blocks of the cluster meet; two instructions.
CHIPFIT_DEVICE void cluster_sync() {
  asm volatile("barrier.cluster.arrive.release;\nbarrier.cluster.wait.acquire;" ::: "memory");
}
CHIPFIT_DEVICE void mbarrier_arrive_expect(int offset, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(offset)), "r"(bytes)
               : "memory");
}
/// Waits until the phase of this parity is over; a loop around try_wait.
CHIPFIT_DEVICE void mbarrier_wait(int offset, std::uint32_t parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@done bra over;\n"
      "bra again;\n"
      "over:\n"
      "}" ::"r"(shared_address(offset)),
      "r"(parity)
      : "memory");
}
CHIPFIT_DEVICE void named_barrier(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

template <int kRegisters>
CHIPFIT_DEVICE void give_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}
template <int kRegisters>
CHIPFIT_DEVICE void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

/// The box at (c0, c1, c2), counted at `barrier` when it has arrived.
CHIPFIT_DEVICE void tma_load(const TensorMap& map, int offset, int c0, int c1, int c2, int barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], [%5];" ::
          "r"(shared_address(offset)),
      "l"(&map), "r"(c0), "r"(c1), "r"(c2), "r"(shared_address(barrier))
      : "memory");
}
/// The same into every block of the cluster whose bit is set in `ranks`, counted at each one's own mbarrier.
CHIPFIT_DEVICE void tma_load_multicast(const TensorMap& map, int offset, int c0, int c1, int c2, int barrier,
                                       std::uint16_t ranks) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%2, "
      "%3, %4}], [%5], %6;" ::"r"(shared_address(offset)),
      "l"(&map), "r"(c0), "r"(c1), "r"(c2), "r"(shared_address(barrier)), "h"(ranks)
      : "memory");
}
CHIPFIT_DEVICE void tma_load_im2col(const TensorMap& map, int offset, int c, int w, int h, int n, std::uint16_t tap_w,
                                    std::uint16_t tap_h, int barrier) {
  asm volatile(
      "cp.async.bulk.tensor.4d.shared::cluster.global.im2col.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4, "
      "%5}], "
      "[%6], {%7, %8};" ::"r"(shared_address(offset)),
      "l"(&map), "r"(c), "r"(w), "r"(h), "r"(n), "r"(shared_address(barrier)), "h"(tap_w), "h"(tap_h)
      : "memory");
}
CHIPFIT_DEVICE void tma_store(const TensorMap& map, int offset, int c0, int c1, int c2) {
  asm volatile("cp.async.bulk.tensor.3d.global.shared::cta.bulk_group [%0, {%1, %2, %3}], [%4];" ::"l"(&map), "r"(c0),
               "r"(c1), "r"(c2), "r"(shared_address(offset))
               : "memory");
}
CHIPFIT_DEVICE void bulk_commit() {
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}
/// Waits until all of this thread's stores have read shared memory.
CHIPFIT_DEVICE void bulk_wait_read() {
  asm volatile("cp.async.bulk.wait_group.read 0;" ::: "memory");
}
/// Orders ordinary writes to shared memory before what the copy engine reads.
CHIPFIT_DEVICE void fence_proxy_async() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

CHIPFIT_DEVICE void stmatrix(int offset, const std::uint32_t (&r)[4]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(shared_address(offset)),
               "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3])
               : "memory");
}

CHIPFIT_DEVICE void wgmma_fence() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
CHIPFIT_DEVICE void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
template <int kPending>
CHIPFIT_DEVICE void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

/// Keeps the compiler from reading accumulators before the wait that this follows.
template <int kCount>
CHIPFIT_DEVICE void hold(float (&sums)[kCount]) {
  CHIPFIT_UNROLL
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+f"(sums[i])::"memory");
}
template <int kCount>
CHIPFIT_DEVICE void hold(std::int32_t (&sums)[kCount]) {
  CHIPFIT_UNROLL
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+r"(sums[i])::"memory");
}

}  // namespace chipfit::cuda::ptx
