#pragma once
// The functional model of kernels/cuda/ptx/device.cuh: the same names, on Block.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/cuda/emulate/block.hpp"
#include "kernels/cuda/index/fragments.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::cuda::ptx {

using emulate::Block;

inline int thread() {
  return Block::current().thread();
}
inline std::uint32_t block() {
  return Block::current().block();
}
inline std::uint32_t blocks() {
  return Block::current().launch().blocks;
}
inline void sync_threads() {
  Block::current().meet(0, Block::current().launch().threads);
}
template <class T>
T load_shared(int offset) {
  T value;
  std::memcpy(&value, Block::current().shared_at(offset, sizeof(T), alignof(T)), sizeof(T));
  return value;
}
template <class T>
void store_shared(int offset, const T& value) {
  std::memcpy(Block::current().shared_at(offset, sizeof(T), alignof(T)), &value, sizeof(T));
}

template <int kBytes>
void copy_async(int offset, const void* from, bool valid) {
  Block& block = Block::current();
  unsigned char* to = block.shared_at(offset, kBytes, kBytes);
  if (valid) block.check_readable(from, kBytes, kBytes);
  block.defer(Block::Queue::copies, [to, from, valid] {
    if (valid)
      std::memcpy(to, from, kBytes);
    else
      std::memset(to, 0, kBytes);
  });
}
inline void copy_async_commit() {
  Block::current().commit(Block::Queue::copies);
}
template <int kPending>
void copy_async_wait() {
  Block::current().wait_groups(Block::Queue::copies, kPending);
}

/// A warp-wide instruction: every lane leaves `mine`, the last one to come calls work(all).
template <class T, class Work>
void with_warp(T& mine, Work work) {
  Block& block = Block::current();
  void** slots = block.warp_slots();
  slots[block.thread() % 32] = &mine;
  block.meet(1000 + block.thread() / 32, 32, [&] { work(reinterpret_cast<T**>(slots)); });
}

namespace detail {
struct Ldmatrix {
  int offset;
  std::uint32_t* r;
};
inline void ldmatrix(std::uint32_t* r, int offset, bool transposed) {
  Ldmatrix mine{offset, r};
  with_warp(mine, [transposed](Ldmatrix** lanes) {
    for (int matrix = 0; matrix < 4; ++matrix) {
      std::uint16_t m[8][8];
      for (int row = 0; row < 8; ++row)
        std::memcpy(m[row], Block::current().shared_at(lanes[matrix * 8 + row]->offset, 16, 16), 16);
      for (int lane = 0; lane < 32; ++lane) {
        const int i = lane / 4, j = lane % 4 * 2;
        const std::uint32_t low = transposed ? m[j][i] : m[i][j], high = transposed ? m[j + 1][i] : m[i][j + 1];
        lanes[lane]->r[matrix] = low | high << 16;
      }
    }
  });
}

/// Element `byte / bytes` of a 16-byte-per-lane fragment, as the matrix instruction takes it.
inline float bf16_of(std::uint32_t word, int i) {
  return static_cast<float>(widen(Bf16{static_cast<std::uint16_t>(word >> (16 * i))}));
}
inline float f16_of(std::uint32_t word, int i) {
  return static_cast<float>(widen(F16{static_cast<std::uint16_t>(word >> (16 * i))}));
}
inline float tf32_of(std::uint32_t word, int) {
  word &= ~0x1fffu;  // the low 13 bits are not looked at
  float value;
  std::memcpy(&value, &word, 4);
  return value;
}
inline std::int64_t i8_of(std::uint32_t word, int i) {
  return static_cast<std::int8_t>(word >> (8 * i));
}

template <class Sum>
struct Mma {
  Sum* d;
  const std::uint32_t* a;
  std::uint32_t b[2];
};
/// Operands of 32 bytes of k: word 0 (of A: for rows g and, word 1, g + 8) is the first half of k, lane % 4 of it.
template <int kPerWord, class Sum, class Wide, class Decode>
void mma(Sum (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1, Decode decode) {
  Mma<Sum> mine{d, a, {b0, b1}};
  with_warp(mine, [decode](Mma<Sum>** lanes) {
    constexpr int kK = 8 * kPerWord;
    Wide left[16][kK], right[kK][8];
    for (int lane = 0; lane < 32; ++lane)
      for (int e = 0; e < kPerWord; ++e)
        for (int half = 0; half < 2; ++half) {
          const int k = half * kK / 2 + lane % 4 * kPerWord + e, g = lane / 4;
          left[g][k] = decode(lanes[lane]->a[half * 2], e);
          left[g + 8][k] = decode(lanes[lane]->a[half * 2 + 1], e);
          right[k][g] = decode(lanes[lane]->b[half], e);
        }
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < 4; ++i) {
        const Position at = accumulator_m16n8(lane, i);
        Wide sum = 0;
        for (int k = 0; k < kK; ++k) sum += left[at.row][k] * right[k][at.col];
        // Integers wrap.
        lanes[lane]->d[i] = static_cast<Sum>(static_cast<Wide>(lanes[lane]->d[i]) + sum);
      }
  });
}
template <int kM, int kK, int kA, int kB, int kD>
void dmma(double (&d)[kD], const double (&a)[kA], const double (&b)[kB], Position (*at_a)(int, int),
          Position (*at_b)(int, int), Position (*at_d)(int, int)) {
  struct Mine {
    double* d;
    const double *a, *b;
  } mine{d, a, b};
  with_warp(mine, [=](Mine** lanes) {
    double left[kM][kK], right[kK][8];
    for (int lane = 0; lane < 32; ++lane) {
      for (int i = 0; i < kA; ++i) left[at_a(lane, i).row][at_a(lane, i).col] = lanes[lane]->a[i];
      for (int i = 0; i < kB; ++i) right[at_b(lane, i).col][at_b(lane, i).row] = lanes[lane]->b[i];
    }
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < kD; ++i) {
        const Position at = at_d(lane, i);
        for (int k = 0; k < kK; ++k) lanes[lane]->d[i] = std::fma(left[at.row][k], right[k][at.col], lanes[lane]->d[i]);
      }
  });
}
}  // namespace detail

inline void ldmatrix(std::uint32_t (&r)[4], int offset) {
  detail::ldmatrix(r, offset, false);
}
inline void ldmatrix_transposed(std::uint32_t (&r)[4], int offset) {
  detail::ldmatrix(r, offset, true);
}
inline std::uint32_t round_to_tf32(std::uint32_t bits) {
  const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
  return finite ? (bits + 0x1000u) & ~0x1fffu : bits;
}
inline void mma_bf16(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  detail::mma<2, float, double>(d, a, b0, b1, detail::bf16_of);
}
inline void mma_f16(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  detail::mma<2, float, double>(d, a, b0, b1, detail::f16_of);
}
inline void mma_tf32(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  detail::mma<1, float, double>(d, a, b0, b1, detail::tf32_of);
}
inline void mma_i8(std::int32_t (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  detail::mma<4, std::int32_t, std::int64_t>(d, a, b0, b1, detail::i8_of);
}
inline void mma_f64_m8n8k4(double (&d)[2], double a, double b) {
  const double left[1] = {a}, right[1] = {b};
  detail::dmma<8, 4>(
      d, left, right, [](int lane, int) { return dmma_a_m8n8k4(lane); },
      [](int lane, int) { return dmma_b_m8n8k4(lane); }, accumulator_m8n8);
}
inline void mma_f64_m16n8k16(double (&d)[4], const double (&a)[8], const double (&b)[4]) {
  detail::dmma<16, 16>(d, a, b, dmma_a_m16n8k16, dmma_b_m16n8k16, accumulator_m16n8);
}

inline float from_bf16(std::uint16_t bits) {
  return static_cast<float>(widen(Bf16{bits}));
}
inline std::uint16_t to_bf16(float x) {
  return narrow<Bf16>(x).bits;
}
inline float from_f16(std::uint16_t bits) {
  return static_cast<float>(widen(F16{bits}));
}
inline std::uint16_t to_f16(float x) {
  return narrow<F16>(x).bits;
}

}  // namespace chipfit::cuda::ptx

#include "kernels/cuda/emulate/hopper.hpp"
