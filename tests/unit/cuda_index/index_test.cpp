// Index arithmetic against numbers that can be checked by hand.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "kernels/cuda/index/fast_divide.hpp"
#include "kernels/cuda/index/fragments.hpp"
#include "kernels/cuda/index/hopper_work.hpp"
#include "kernels/cuda/index/schedule.hpp"
#include "kernels/cuda/index/tensor_map.hpp"
#include "kernels/cuda/index/tile_layout.hpp"
#include "kernels/cuda/index/wgmma_descriptor.hpp"

namespace chipfit::cuda {
namespace {

TEST(FastDivide, AgreesWithDivisionUpToTheEdges) {
  std::mt19937 random(1);
  const std::uint32_t top = (1u << 31) - 1;
  for (const std::uint32_t d : {1u, 2u, 3u, 5u, 7u, 56u, 641u, 65537u, (1u << 30) - 1, 1u << 30, (1u << 30) + 1, top})
    for (int i = 0; i < 1000; ++i) {
      const std::uint32_t any = random() & top, whole = any / d * d;
      for (const std::uint32_t n : {any, whole, whole == 0 ? 0 : whole - 1, top, std::uint32_t{0}, d - 1, d & top})
        ASSERT_EQ(FastDivide::by(d).quotient(n), n / d) << n << " / " << d;
    }
}

/// Every offset once, none outside of the tile.
template <class Layout>
void expect_bijection() {
  std::set<int> seen;
  for (int mn = 0; mn < Layout::mn; ++mn)
    for (int k = 0; k < Layout::k; ++k) {
      const int offset = Layout::offset(mn, k);
      ASSERT_TRUE(offset >= 0 && offset + Layout::element_bytes <= Layout::bytes &&
                  offset % Layout::element_bytes == 0);
      ASSERT_TRUE(seen.insert(offset).second);
    }
}
TEST(TileLayout, GivesEveryElementAPlaceOfItsOwn) {
  expect_bijection<TileLayout<Major::k, 128, 32, 2>>();
  expect_bijection<TileLayout<Major::mn, 128, 32, 2>>();
  expect_bijection<TileLayout<Major::k, 128, 64, 1>>();
  expect_bijection<TileLayout<Major::mn, 128, 16, 4>>();
  expect_bijection<TileLayout<Major::k, 128, 16, 8, Swizzle::pairs>>();
}

/// The 16-byte groups of banks (0 … 7) of eight accesses.
template <class Offset>
int groups_of_banks(Offset offset) {
  std::set<int> groups;
  for (int i = 0; i < 8; ++i) groups.insert(offset(i) / 16 % 8);
  return static_cast<int>(groups.size());
}
TEST(TileLayout, LdmatrixReadsEightRowsFromAllBanks) {
  using K = TileLayout<Major::k, 128, 32, 2>;
  using Mn = TileLayout<Major::mn, 128, 32, 2>;
  for (int chunk = 0; chunk < 4; ++chunk) {
    EXPECT_EQ(groups_of_banks([&](int row) { return K::chunk_offset(row, chunk); }), 8);
    EXPECT_EQ(groups_of_banks([&](int row) { return Mn::chunk_offset(row, chunk); }), 8);
  }
}
TEST(TileLayout, ADmmaFragmentReadsFourRowsFromAllBanks) {
  // Half a warp reads 16 doubles at once: rows 0–3, k 0–3, which is two chunks of each row.
  using F64 = TileLayout<Major::k, 128, 16, 8, Swizzle::pairs>;
  EXPECT_EQ(groups_of_banks([](int i) { return F64::chunk_offset(i / 2, i % 2); }), 8);
}

TEST(Fragments, AsThePtxIsaDrawsThem) {
  // mma.m16n8k16: c0, c1 of lane 5 (group 1, thread 1 of it) are row 1, columns 2 and 3; c2 is row 9.
  EXPECT_EQ(accumulator_m16n8(5, 0).row, 1);
  EXPECT_EQ(accumulator_m16n8(5, 1).col, 3);
  EXPECT_EQ(accumulator_m16n8(5, 2).row, 9);
  // wgmma m64: thread 37 is lane 5 of warp 1: row 17; d2 is eight rows below, d4 eight columns on.
  EXPECT_EQ(accumulator_m64(37, 0).row, 17);
  EXPECT_EQ(accumulator_m64(37, 2).row, 25);
  EXPECT_EQ(accumulator_m64(37, 4).row, 17);
  EXPECT_EQ(accumulator_m64(37, 4).col, 10);
  EXPECT_EQ(accumulator_m64(127, 127).row, 63);
  EXPECT_EQ(accumulator_m64(127, 127).col, 255);
  // dmma m16n8k16: a3 of lane 6 (group 1, thread 2): row 9, k 6; b3: column 1, k 14.
  EXPECT_EQ(dmma_a_m16n8k16(6, 3).row, 9);
  EXPECT_EQ(dmma_a_m16n8k16(6, 3).col, 6);
  EXPECT_EQ(dmma_b_m16n8k16(6, 3).row, 1);
  EXPECT_EQ(dmma_b_m16n8k16(6, 3).col, 14);
}

TEST(Schedule, ComputesEveryTileOfEveryPartOnce) {
  Schedule s = Schedule::of(1000, 300, 25, 3, 128, 128, 4);
  s.group_m = 3;  // does not divide the 8 rows of tiles
  ASSERT_EQ(s.tiles_m, 8);
  ASSERT_EQ(s.tiles_n, 3);
  ASSERT_EQ(s.total(), 8 * 3 * 4 * 3);
  std::set<std::tuple<int, int, int, std::int64_t>> seen;
  std::int64_t slices = 0;
  for (std::int64_t i = 0; i < s.total(); ++i) {
    const WorkTile w = s.at(i);
    ASSERT_TRUE(w.tile_m < 8 && w.tile_n < 3 && w.batch < 3 && w.k_begin < w.k_end && w.k_end <= 25);
    seen.insert({w.tile_m, w.tile_n, w.split, w.batch});
    slices += w.k_end - w.k_begin;
  }
  EXPECT_EQ(seen.size(), 8u * 3 * 4 * 3);
  EXPECT_EQ(slices, 8 * 3 * 25 * 3);
}
TEST(Schedule, NoPartOfASumIsEmpty) {
  // 10 slices in 7 parts would be 2 each: five parts are enough.
  EXPECT_EQ(Schedule::of(1, 1, 10, 1, 128, 128, 7).splits, 5);
}
TEST(Schedule, NeighboursInTimeShareRowsOfTiles) {
  Schedule s = Schedule::of(128 * 16, 128 * 16, 1, 1, 128, 128, 1);
  s.group_m = 4;
  std::set<int> rows, columns;
  for (int i = 0; i < 16; ++i) rows.insert(s.at(i).tile_m), columns.insert(s.at(i).tile_n);
  EXPECT_EQ(rows.size(), 4u);  // 4 + 4 panels instead of 1 + 16
  EXPECT_EQ(columns.size(), 4u);
}

TEST(WgmmaDescriptor, HoldsItsFieldsWhereThePtxIsaSays) {
  const std::uint64_t d = wgmma_descriptor(0x12340, 16, 1024);
  EXPECT_EQ(d & 0x3fff, 0x1234u);
  EXPECT_EQ(d >> 16 & 0x3fff, 1u);
  EXPECT_EQ(d >> 32 & 0x3fff, 64u);
  EXPECT_EQ(d >> 62, 1u);
}

TEST(Im2colBox, StartsAtTheFirstPixelsFirstTap) {
  ConvGeometry g{};
  g.n = 2, g.h = 9, g.w = 11, g.p = 5, g.q = 4, g.r = 3, g.s = 2, g.c = 100, g.k = 8, g.c_total = 200, g.k_total = 16;
  g.pad_h = 1, g.pad_w = 2, g.stride_h = 2, g.stride_w = 3, g.dil_h = 1, g.dil_w = 2;
  g.by_p = FastDivide::by(5), g.by_q = FastDivide::by(4), g.by_s = FastDivide::by(2);
  // Pixel 27 is n = 1, p = 1, q = 3. Two slices of 64 channels per tap: slice 7 is tap 3 = (1, 1), channels 64 on.
  const Im2colBox box = im2col_box(g, 1, 27, 7, 64);
  EXPECT_EQ(box.n, 1);
  EXPECT_EQ(box.h, 1 * 2 - 1);
  EXPECT_EQ(box.w, 3 * 3 - 2);
  EXPECT_EQ(box.channel, 164);
  EXPECT_EQ(box.filter_channel, 64);
  EXPECT_EQ(box.tap, 3);
  EXPECT_EQ(box.tap_h, 1);
  EXPECT_EQ(box.tap_w, 2);
}

TEST(TensorMapPlan, NamesTheRuleThatItBreaks) {
  TensorMapPlan map;
  map.extent[0] = 64, map.extent[1] = 10, map.stride_bytes[1] = 128, map.box[0] = 64, map.box[1] = 128;
  EXPECT_EQ(rule_broken(map), nullptr);
  EXPECT_EQ(map.box_bytes(), 128 * 128);
  map.stride_bytes[1] = 126;
  EXPECT_STREQ(rule_broken(map), "a stride is not a multiple of 16 bytes below 2^40");
  map.stride_bytes[1] = 128, map.box[1] = 257;
  EXPECT_STREQ(rule_broken(map), "a box has more than 256 elements in one dimension");
  map.mode = TensorMapPlan::Mode::im2col, map.rank = 4, map.channels_per_pixel = 64, map.lower[0] = -129;
  EXPECT_STREQ(rule_broken(map), "a corner is not in -128 … 127");
}

}  // namespace
}  // namespace chipfit::cuda
