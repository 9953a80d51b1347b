#include "kernels/cpu/micro_kernel.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/problem/convert.hpp"
#include "tests/unit/cpu/whole_numbers.hpp"

namespace chipfit::cpu {
namespace {

/// Memory of panels, aligned as the contract says.
struct Panels {
  explicit Panels(std::int64_t size) : bytes(static_cast<std::size_t>(size) + 64, '\x7f') {}
  void* data() { return bytes.data() + (64 - reinterpret_cast<std::uintptr_t>(bytes.data()) % 64) % 64; }
  std::vector<char> bytes;
};

/// How the elements of one operand lie in memory.
enum class Lie { k_contiguous, lines_contiguous, scattered };

/// A matrix of whole numbers, lines × k, in memory that ends with its last element.
struct Operand {
  Operand(Dtype type, Lie lie, std::int64_t gap, std::int64_t lines, std::int64_t k, std::mt19937& random)
      : depth(k), values(whole_numbers(type, lines * k, random)) {
    if (lie == Lie::k_contiguous) line_stride = k + gap, k_stride = 1;
    if (lie == Lie::lines_contiguous) line_stride = 1, k_stride = lines + gap;
    if (lie == Lie::scattered) line_stride = 2, k_stride = 2 * lines + gap;
    const std::int64_t elements = (lines - 1) * line_stride + (k - 1) * k_stride + 1;
    memory = poisoned(type, elements);
    for (std::int64_t l = 0; l < lines; ++l)
      for (std::int64_t d = 0; d < k; ++d) store(type, memory.data(), l * line_stride + d * k_stride, at(l, d));
  }
  double at(std::int64_t line, std::int64_t d) const { return values[static_cast<std::size_t>(line * depth + d)]; }
  Source source() const { return {memory.data(), line_stride, k_stride}; }

  std::int64_t depth, line_stride = 0, k_stride = 0;
  std::vector<double> values;
  std::vector<char> memory;
};

class MicroKernels : public testing::TestWithParam<const MicroKernel*> {
 protected:
  void SetUp() override {
    if (!cpu_has(GetParam()->needs)) GTEST_SKIP() << "this processor has no " << GetParam()->isa;
  }
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  }

  /// One random tile against plain loops, equal in every element, and nothing around it written.
  void check(int rows, int cols) {
    const MicroKernel& kernel = *GetParam();
    const std::int64_t taps = pick(0, 3), k = kernel.padded(pick(1, 70));
    const auto lie_a = static_cast<Lie>(pick(0, 2)), lie_b = static_cast<Lie>(pick(0, 2));
    const bool k_major = lie_a == Lie::lines_contiguous && kernel.group == 1;
    const bool a_in_place = kernel.a_in_place && (lie_a == Lie::k_contiguous || k_major) && pick(0, 1) == 0;
    const bool b_in_place = kernel.b_in_place && lie_b == Lie::lines_contiguous && pick(0, 1) == 0;
    // Panels may be shorter than a multiple of the group; what is read in place may not.
    const std::int64_t filled = a_in_place ? k : k - pick(0, kernel.group - 1);

    std::vector<Operand> a, b;
    std::vector<Panels> panels;
    std::vector<Tap> terms;
    const std::int64_t gap_a = pick(0, 2), gap_b = pick(0, 2);
    for (std::int64_t t = 0; t < taps; ++t) {
      a.emplace_back(kernel.a, lie_a, gap_a, rows, filled, random);
      b.emplace_back(kernel.b, lie_b, gap_b, cols, filled, random);
      const void* from_a = a.back().memory.data();
      const void* from_b = b.back().memory.data();
      if (!a_in_place) {
        panels.emplace_back(kernel.a_panel_bytes(filled));
        kernel.pack_a(a.back().source(), rows, filled, kernel.a_panel_bytes(filled), panels.back().data());
        from_a = panels.back().data();
      }
      if (!b_in_place) {
        panels.emplace_back(kernel.b_panel_bytes(filled));
        kernel.pack_b(b.back().source(), cols, filled, kernel.b_panel_bytes(filled), panels.back().data());
        from_b = panels.back().data();
      }
      terms.push_back({from_a, from_b});
    }

    const std::int64_t c_stride = cols + pick(0, 5), elements = (rows - 1) * c_stride + cols;
    const std::vector<double> before = whole_numbers(kernel.acc, elements, random);
    std::vector<char> c(static_cast<std::size_t>(elements * info(kernel.acc).bytes));
    for (std::int64_t i = 0; i < elements; ++i) store(kernel.acc, c.data(), i, before[static_cast<std::size_t>(i)]);

    Tile tile{};
    tile.taps = terms.data(), tile.tap_count = taps, tile.k = k;
    tile.a_read = a_in_place && !k_major ? ARead::in_rows : ARead::k_major;
    tile.store = pick(0, 1) ? Store::add : Store::overwrite;
    tile.rows = rows, tile.cols = cols;
    tile.a_stride = std::int64_t{kernel.mr} * kernel.group;
    if (a_in_place && taps > 0) tile.a_stride = k_major ? a[0].k_stride : a[0].line_stride;
    tile.b_stride = b_in_place && taps > 0 ? b[0].k_stride : std::int64_t{kernel.nr} * kernel.group;
    tile.c = c.data(), tile.c_stride = c_stride;
    if (pick(0, 1)) tile.prefetch = c.data(), tile.prefetch_step = 64, tile.prefetch_lines = pick(0, 9);
    kernel.tile(tile);

    for (std::int64_t i = 0; i < elements; ++i) {
      const std::int64_t row = i / c_stride, column = i % c_stride;
      double expected = before[static_cast<std::size_t>(i)];
      if (column < cols) {
        if (tile.store == Store::overwrite) expected = 0;
        for (std::int64_t t = 0; t < taps; ++t)
          for (std::int64_t d = 0; d < filled; ++d)
            expected += a[static_cast<std::size_t>(t)].at(row, d) * b[static_cast<std::size_t>(t)].at(column, d);
      }
      ASSERT_EQ(load(kernel.acc, c.data(), i), expected)
          << kernel.isa << " " << kernel.name << " " << rows << "x" << cols << " k " << filled << " taps " << taps
          << " row " << row << " column " << column << " a " << static_cast<int>(lie_a) << a_in_place << " b "
          << static_cast<int>(lie_b) << b_in_place << " add " << static_cast<int>(tile.store);
    }
  }

  std::mt19937 random{20240229};
};

TEST_P(MicroKernels, EveryNumberOfRowsAndOfColumnsIsRightInEveryWayToReadTheOperands) {
  const int mr = GetParam()->mr, nr = GetParam()->nr;
  for (int rows = 1; rows <= mr; ++rows)
    for (int i = 0; i < 6; ++i) check(rows, static_cast<int>(pick(1, nr)));
  for (int cols = 1; cols <= nr; ++cols)
    for (int i = 0; i < 2; ++i) check(static_cast<int>(pick(1, mr)), cols);
}

TEST_P(MicroKernels, FullTilesAreRight) {
  for (int i = 0; i < 20; ++i) check(GetParam()->mr, GetParam()->nr);
}

TEST_P(MicroKernels, PacksManyLinesIntoManyPanels) {
  const MicroKernel& kernel = *GetParam();
  for (const Lie lie : {Lie::k_contiguous, Lie::lines_contiguous, Lie::scattered}) {
    const std::int64_t lines = 3 * kernel.nr + kernel.nr / 2, k = 37;
    const Operand b(kernel.b, lie, 1, lines, k, random);
    const std::int64_t panel = kernel.b_panel_bytes(k);
    Panels all(4 * panel), one(panel);
    kernel.pack_b(b.source(), lines, k, panel, all.data());
    for (std::int64_t i = 0; i < 4; ++i) {
      Source part = b.source();
      part.data = b.memory.data() + i * kernel.nr * b.line_stride * info(kernel.b).bytes;
      kernel.pack_b(part, std::min<std::int64_t>(kernel.nr, lines - i * kernel.nr), k, panel, one.data());
      const std::int64_t used = kernel.padded(k) * kernel.nr * kernel.b_bytes + kernel.nr * kernel.compensation_bytes;
      EXPECT_EQ(std::memcmp(static_cast<char*>(all.data()) + i * panel, one.data(), static_cast<std::size_t>(used)), 0)
          << kernel.isa << " " << kernel.name << " panel " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, MicroKernels, testing::ValuesIn(micro_kernels().begin(), micro_kernels().end()),
                         [](const auto& test) {
                           const MicroKernel& kernel = *test.param;
                           return std::string(kernel.isa) + "_" + std::string(kernel.name) + "_" +
                                  std::string(chipfit::info(kernel.a).name) + "_" +
                                  std::string(chipfit::info(kernel.b).name);
                         });

TEST(FindMicroKernel, NeverGivesWhatTheProcessorLacks) {
  for (const MicroKernel* kernel : micro_kernels()) {
    const MicroKernel* found = find_micro_kernel(kernel->a, kernel->b);
    ASSERT_NE(found, nullptr);
    EXPECT_TRUE(cpu_has(found->needs)) << found->isa;
  }
}

TEST(FindMicroKernel, HasNoneForTypesThatAreNotMultiplied) {
  EXPECT_EQ(find_micro_kernel(Dtype::f32, Dtype::f64), nullptr);
  EXPECT_EQ(find_micro_kernel(Dtype::i32, Dtype::i32), nullptr);
  EXPECT_EQ(find_micro_kernel(Dtype::f32, Dtype::f32, "abacus"), nullptr);
}

}  // namespace
}  // namespace chipfit::cpu
