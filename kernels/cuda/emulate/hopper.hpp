#pragma once
// The functional model of kernels/cuda/ptx/hopper.cuh: mbarriers, the copy engine and wgmma.
#include <stdexcept>
#include <vector>

#include "kernels/cuda/emulate/block.hpp"
#include "kernels/cuda/emulate/ptx.hpp"
#include "kernels/cuda/index/tensor_map.hpp"

namespace chipfit::cuda::ptx {

using TensorMap = TensorMapPlan;

inline std::uint32_t shared_address(int offset) {
  return static_cast<std::uint32_t>(offset);
}
inline void mbarrier_init(int offset, int count) {
  Block::current().mbarrier_init(offset, count);
}
inline void fence_mbarrier_init() {}
inline void mbarrier_arrive(int offset) {
  Block::current().mbarrier_change(Block::current().rank(), offset, 1, 0);
}
inline void mbarrier_arrive_at(int rank, int offset) {
  Block::current().mbarrier_change(rank, offset, 1, 0);
}
inline void mbarrier_arrive_expect(int offset, int bytes) {
  Block::current().mbarrier_change(Block::current().rank(), offset, 1, bytes);
}
inline int cluster_rank() {
  return Block::current().rank();
}
inline void cluster_sync() {
  Block::current().meet_cluster();
}
inline void mbarrier_wait(int offset, std::uint32_t parity) {
  Block::Mbarrier& barrier = Block::current().mbarrier(offset);
  Block::current().wait_until([&barrier, parity] { return (barrier.phase & 1) != parity; });
}
inline void named_barrier(int id, int threads) {
  Block::current().meet(id, threads);
}
template <int kRegisters>
void give_registers() {}
template <int kRegisters>
void take_registers() {}
inline void fence_proxy_async() {}

namespace detail {
/// Where byte `byte` of row `row` of a box stands: the swizzle permutes by bits of the address itself.
inline unsigned char* swizzled(Block& block, int rank, int box, int row, int byte) {
  const int linear = box + row * 128 + byte;
  return block.shared_at(rank, linear ^ (linear >> 7 & 7) << 4, 1, 1);
}
/// Reads one element of a tensor, zeros outside of it.
inline void read_element(const TensorMap& map, const std::int64_t (&at)[4], unsigned char* to) {
  const int bytes = bytes_of(map.element);
  std::int64_t offset = 0;
  for (int d = 0; d < map.rank; ++d) {
    if (at[d] < 0 || at[d] >= map.extent[d]) return std::memset(to, 0, static_cast<std::size_t>(bytes)), void();
    offset += at[d] * (d == 0 ? bytes : map.stride_bytes[d]);
  }
  Block::current().check_readable(static_cast<const unsigned char*>(map.data) + offset, bytes, 1);
  std::memcpy(to, static_cast<const unsigned char*>(map.data) + offset, static_cast<std::size_t>(bytes));
}
}  // namespace detail

namespace detail {
/// The box at (c0, c1, c2), row after row, into block `rank`; then its bytes are counted at `barrier` there.
inline void load_box(int rank, const TensorMap& map, int offset, int c0, int c1, int c2, int barrier) {
  Block& block = Block::current();
  block.shared_at(rank, offset, static_cast<int>(map.box_bytes()), 1024);
  block.later([&block, &map, rank, offset, c0, c1, c2, barrier] {
    const int bytes = bytes_of(map.element);
    for (int row = 0; row < map.box[1] * map.box[2]; ++row)
      for (int i = 0; i < map.box[0]; ++i) {
        const std::int64_t at[4] = {c0 + i, c1 + row % map.box[1], c2 + row / map.box[1], 0};
        unsigned char element[8];
        detail::read_element(map, at, element);
        for (int e = 0; e < bytes; ++e) *detail::swizzled(block, rank, offset, row, i * bytes + e) = element[e];
      }
    block.mbarrier_change(rank, barrier, 0, -map.box_bytes());
  });
}
}  // namespace detail

inline void tma_load(const TensorMap& map, int offset, int c0, int c1, int c2, int barrier) {
  detail::load_box(Block::current().rank(), map, offset, c0, c1, c2, barrier);
}
inline void tma_load_multicast(const TensorMap& map, int offset, int c0, int c1, int c2, int barrier,
                               std::uint16_t ranks) {
  for (int rank = 0; rank < Block::current().launch().cluster; ++rank)
    if (ranks >> rank & 1) detail::load_box(rank, map, offset, c0, c1, c2, barrier);
}

/// Pixels in the order w, h, n inside of the bounding box, from (w, h, n) on (PTX ISA, "im2col mode").
inline void tma_load_im2col(const TensorMap& map, int offset, int c, int w, int h, int n, std::uint16_t tap_w,
                            std::uint16_t tap_h, int barrier) {
  Block& block = Block::current();
  block.shared_at(offset, static_cast<int>(map.box_bytes()), 1024);
  const int rank = block.rank();
  block.later([=, &block, &map] {
    const int bytes = bytes_of(map.element);
    std::int64_t x = w, y = h, image = n;
    for (int row = 0; row < map.pixels_per_column; ++row) {
      for (int i = 0; i < map.channels_per_pixel; ++i) {
        const std::int64_t at[4] = {c + i, x + tap_w, y + tap_h, image};
        unsigned char element[8];
        detail::read_element(map, at, element);
        for (int e = 0; e < bytes; ++e) *detail::swizzled(block, rank, offset, row, i * bytes + e) = element[e];
      }
      x += map.step[0];
      if (x > map.extent[1] - 1 + map.upper[0]) x = map.lower[0], y += map.step[1];
      if (y > map.extent[2] - 1 + map.upper[1]) y = map.lower[1], ++image;
    }
    block.mbarrier_change(rank, barrier, 0, -map.box_bytes());
  });
}

inline void tma_store(const TensorMap& map, int offset, int c0, int c1, int c2) {
  Block& block = Block::current();
  block.shared_at(offset, static_cast<int>(map.box_bytes()), 1024);
  block.defer(Block::Queue::stores, [&block, &map, rank = block.rank(), offset, c0, c1, c2] {
    const int bytes = bytes_of(map.element);
    for (int row = 0; row < map.box[1]; ++row)
      for (int i = 0; i < map.box[0]; ++i) {
        if (c0 + i >= map.extent[0] || c1 + row >= map.extent[1] || c2 >= map.extent[2]) continue;
        unsigned char* to = static_cast<unsigned char*>(const_cast<void*>(map.data)) + std::int64_t{c0 + i} * bytes +
                            (c1 + row) * map.stride_bytes[1] + c2 * map.stride_bytes[2];
        for (int e = 0; e < bytes; ++e) to[e] = *detail::swizzled(block, rank, offset, row, i * bytes + e);
      }
  });
}
inline void bulk_commit() {
  Block::current().commit(Block::Queue::stores);
}
inline void bulk_wait_read() {
  Block::current().wait_groups(Block::Queue::stores, 0);
}

inline void stmatrix(int offset, const std::uint32_t (&r)[4]) {
  struct Mine {
    int offset;
    const std::uint32_t* r;
  } mine{offset, r};
  with_warp(mine, [](Mine** lanes) {
    for (int matrix = 0; matrix < 4; ++matrix)
      for (int lane = 0; lane < 32; ++lane) {
        unsigned char* row = Block::current().shared_at(lanes[matrix * 8 + lane / 4]->offset, 16, 16);
        std::memcpy(row + lane % 4 * 4, &lanes[lane]->r[matrix], 4);
      }
  });
}

inline void wgmma_fence() {}
inline void wgmma_commit() {
  Block::current().commit(Block::Queue::products);
}
template <int kPending>
void wgmma_wait() {
  Block::current().wait_groups(Block::Queue::products, kPending);
}
template <class Sum, int kCount>
void hold(Sum (&)[kCount]) {}

namespace detail {
/// Element (mn, k) of the matrix that a descriptor names, as bytes in shared memory. The canonical layouts of the PTX
/// ISA ("Strides"), in units of the descriptor's fields.
template <int kBytes>
std::uint32_t operand_word(Block& block, std::uint64_t descriptor, bool mn_major, int mn, int k) {
  if (descriptor >> 62 != 1) throw std::logic_error("wgmma: not the 128-byte swizzle");
  const int start = static_cast<int>(descriptor & 0x3fff) * 16,
            leading = static_cast<int>(descriptor >> 16 & 0x3fff) * 16;
  const int stride = static_cast<int>(descriptor >> 32 & 0x3fff) * 16;
  const int linear = mn_major ? start + mn / 64 * leading + k / 8 * stride + k % 8 * 128 + mn % 64 * kBytes
                              : start + mn / 8 * stride + mn % 8 * 128 + k * kBytes;
  std::uint32_t word = 0;
  std::memcpy(&word, block.shared_at(linear ^ (linear >> 7 & 7) << 4, kBytes, kBytes), kBytes);
  return word;
}

inline float e4m3_of(std::uint32_t bits, int) {
  return static_cast<float>(widen(E4m3{static_cast<std::uint8_t>(bits)}));
}
inline float e5m2_of(std::uint32_t bits, int) {
  return static_cast<float>(widen(E5m2{static_cast<std::uint8_t>(bits)}));
}

template <int kN, int kBytes, class Sum, class Wide, class DecodeA, class DecodeB>
void wgmma(Sum* d, std::uint64_t a, std::uint64_t b, bool mn_a, bool mn_b, int add, DecodeA decode_a,
           DecodeB decode_b) {
  Block& block = Block::current();
  constexpr int kK = 32 / kBytes;
  const int group = block.thread() / 128;  // of its block
  // All threads of the warpgroup issue it together; each has its own accumulators.
  void** slots = block.group_slots();
  slots[block.thread() % 128] = d;
  block.meet(2000 + group, 128, [&] {
    std::vector<Sum*> sums(128);
    for (int t = 0; t < 128; ++t) sums[static_cast<std::size_t>(t)] = static_cast<Sum*>(slots[t]);
    block.set_group_work([=, &block] {
      std::vector<Wide> left(64 * kK), right(static_cast<std::size_t>(kN * kK));
      for (int i = 0; i < 64 * kK; ++i)
        left[static_cast<std::size_t>(i)] = decode_a(operand_word<kBytes>(block, a, mn_a, i / kK, i % kK), 0);
      for (int i = 0; i < kN * kK; ++i)
        right[static_cast<std::size_t>(i)] = decode_b(operand_word<kBytes>(block, b, mn_b, i / kK, i % kK), 0);
      for (int t = 0; t < 128; ++t)
        for (int i = 0; i < kN / 2; ++i) {
          const Position at = accumulator_m64(t, i);
          Wide sum = add ? static_cast<Wide>(sums[static_cast<std::size_t>(t)][i]) : Wide{0};
          for (int k = 0; k < kK; ++k)
            sum += left[static_cast<std::size_t>(at.row * kK + k)] * right[static_cast<std::size_t>(at.col * kK + k)];
          sums[static_cast<std::size_t>(t)][i] = static_cast<Sum>(sum);
        }
    });
  });
  block.defer_group_work();
}
}  // namespace detail

template <int kN, bool kMnA, bool kMnB>
void wgmma_bf16(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 2, float, double>(d, a, b, kMnA, kMnB, add, detail::bf16_of, detail::bf16_of);
}
template <int kN, bool kMnA, bool kMnB>
void wgmma_f16(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 2, float, double>(d, a, b, kMnA, kMnB, add, detail::f16_of, detail::f16_of);
}
template <int kN>
void wgmma_tf32(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 4, float, double>(d, a, b, false, false, add, detail::tf32_of, detail::tf32_of);
}
template <int kN>
void wgmma_i8(std::int32_t (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 1, std::int32_t, std::int64_t>(d, a, b, false, false, add, detail::i8_of, detail::i8_of);
}
template <int kN>
void wgmma_e4m3(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 1, float, double>(d, a, b, false, false, add, detail::e4m3_of, detail::e4m3_of);
}
template <int kN>
void wgmma_e5m2(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 1, float, double>(d, a, b, false, false, add, detail::e5m2_of, detail::e5m2_of);
}
template <int kN>
void wgmma_e4m3_e5m2(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 1, float, double>(d, a, b, false, false, add, detail::e4m3_of, detail::e5m2_of);
}
template <int kN>
void wgmma_e5m2_e4m3(float (&d)[kN / 2], std::uint64_t a, std::uint64_t b, int add) {
  detail::wgmma<kN, 1, float, double>(d, a, b, false, false, add, detail::e5m2_of, detail::e4m3_of);
}

}  // namespace chipfit::cuda::ptx
