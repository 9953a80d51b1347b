#include "kernels/cpu/gemm.hpp"

#include <algorithm>

#include "kernels/cpu/narrow.hpp"

namespace chipfit::cpu {
namespace {

struct Range {
  std::int64_t begin, end;
  std::int64_t size() const { return end - begin; }
};

/// Part `i` of `parts` of [0, extent), cut at multiples of `unit`; the parts differ by one unit at most.
Range part_of(std::int64_t extent, std::int64_t unit, int parts, int i) {
  const std::int64_t units = (extent + unit - 1) / unit;
  return {std::min(units * i / parts * unit, extent), std::min(units * (i + 1) / parts * unit, extent)};
}

std::int64_t ceil_div(std::int64_t x, std::int64_t y) {
  return (x + y - 1) / y;
}

std::int64_t whole_pages(std::int64_t bytes) {
  return ceil_div(bytes, 4096) * 4096;
}

Source source_of_a(const GemmProblem& p, const void* a) {
  return p.trans_a == Transpose::no ? Source{a, p.k, 1} : Source{a, 1, p.m};
}
Source source_of_b(const GemmProblem& p, const void* b) {
  return p.trans_b == Transpose::no ? Source{b, 1, p.n} : Source{b, p.k, 1};
}

/// The same matrix from (line, k) on.
Source from(const Source& source, std::int64_t line, std::int64_t k, int bytes) {
  const auto* data = static_cast<const std::byte*>(source.data);
  return {data + (line * source.line_stride + k * source.k_stride) * bytes, source.line_stride, source.k_stride};
}

/// The split whose busiest thread has the least to do: multiply-adds, and what it packs at a price of some
/// multiply-adds for each element.
Grid choose_grid(const GemmProblem& p, const MicroKernel& kernel, int threads) {
  if (p.batch % threads == 0 || p.batch >= 4 * threads) return {threads, 1, 1};
  constexpr double price_of_packing = 16;
  Grid best;
  double least = 0;
  for (int m = 1; m <= threads; ++m) {
    const Grid grid{1, m, threads / m};
    const auto rows = static_cast<double>(ceil_div(ceil_div(p.m, kernel.mr), grid.m) * kernel.mr);
    const auto cols = static_cast<double>(ceil_div(ceil_div(p.n, kernel.nr), grid.n) * kernel.nr);
    const double work = rows * cols + price_of_packing * (rows + cols / grid.m);
    if (m == 1 || work < least) best = grid, least = work;
  }
  return best;
}

}  // namespace

Extents largest_share(const GemmPlan& plan) {
  const GemmProblem& p = plan.problem;
  const std::int64_t rows = ceil_div(ceil_div(p.m, plan.kernel->mr), plan.grid.m) * plan.kernel->mr;
  const std::int64_t cols = ceil_div(ceil_div(p.n, plan.kernel->nr), plan.grid.n) * plan.kernel->nr;
  return {std::min(rows, p.m), std::min(cols, p.n), p.k};
}

/// What one run gives its threads.
struct Gemm::Call {
  const std::byte* a;
  const std::byte* b;
  std::byte* c;
  bool pack_b;
};

/// One thread's share of one run.
class Gemm::Worker {
 public:
  Worker(const Gemm& gemm, const Call& call, int thread)
      : gemm_(gemm),
        call_(call),
        plan_(gemm.plan_),
        problem_(plan_.problem),
        kernel_(*plan_.kernel),
        m_index_(thread % plan_.grid.m),
        group_(thread / plan_.grid.m),
        rows_(part_of(problem_.m, kernel_.mr, plan_.grid.m, m_index_)),
        columns_(part_of(problem_.n, kernel_.nr, plan_.grid.n, group_ % plan_.grid.n)),
        batches_(part_of(problem_.batch, 1, plan_.grid.batch, group_ / plan_.grid.n)),
        narrow_(kernel_.acc != problem_.dtypes.out) {
    auto* workspace = const_cast<std::byte*>(gemm.workspace_.data());
    const std::int64_t groups = plan_.grid.batch * plan_.grid.n, threads = plan_.grid.threads();
    a_block_ = workspace + thread * gemm.a_block_bytes_;
    workspace += threads * gemm.a_block_bytes_;
    b_blocks_ = workspace + group_ * gemm.b_blocks_ * gemm.b_block_bytes_;
    workspace += groups * gemm.b_blocks_ * gemm.b_block_bytes_;
    sums_ = workspace + thread * gemm.sums_bytes_;
  }

  void run() {
    const Blocking& size = plan_.blocking;
    for (std::int64_t batch = batches_.begin; batch < batches_.end; ++batch) {
      a_ = source_of_a(problem_, call_.a + batch * problem_.m * problem_.k * info(problem_.dtypes.a).bytes);
      b_ = source_of_b(problem_, call_.b + batch * problem_.k * problem_.n * info(problem_.dtypes.b).bytes);
      c_ = call_.c + batch * problem_.m * problem_.n * info(problem_.dtypes.out).bytes;
      for (std::int64_t n = columns_.begin; n < columns_.end; n += size.nc) {
        cols_ = {n, std::min(n + size.nc, columns_.end)};
        for (std::int64_t k = 0; k < problem_.k; k += size.kc) {
          depth_ = {k, std::min(k + size.kc, problem_.k)};
          next_b_block();
          for (std::int64_t m = rows_.begin; m < rows_.end; m += size.mc)
            multiply_block({m, std::min(m + size.mc, rows_.end)});
        }
      }
    }
  }

 private:
  /// Moves on to the next kc × nc of B, packed by all threads of the group together. The blocks take turns in two
  /// buffers: a thread that packs into the one again has waited for all to leave it, when they packed the other.
  void next_b_block() {
    if (plan_.b == Reading::in_place) return;
    b_block_ = b_blocks_ + block_++ % gemm_.b_blocks_ * gemm_.b_block_bytes_;
    if (!call_.pack_b) return;
    const std::int64_t panel_bytes = kernel_.b_panel_bytes(depth_.size());
    const Range mine = part_of(cols_.size(), kernel_.nr, plan_.grid.m, m_index_);
    if (mine.size() > 0)
      kernel_.pack_b(from(b_, cols_.begin + mine.begin, depth_.begin, info(kernel_.b).bytes), mine.size(),
                     depth_.size(), panel_bytes, b_block_ + mine.begin / kernel_.nr * panel_bytes);
    if (plan_.grid.m > 1) gemm_.barriers_[static_cast<std::size_t>(group_)]->wait();
  }

  /// C[rows][cols_] gets what depth_ adds to it.
  void multiply_block(const Range& rows) {
    const std::int64_t depth = depth_.size(), a_panel_bytes = kernel_.a_panel_bytes(depth);
    const std::int64_t b_panel_bytes = kernel_.b_panel_bytes(depth);
    const Source a = from(a_, rows.begin, depth_.begin, info(kernel_.a).bytes);
    if (plan_.a == Reading::packed) kernel_.pack_a(a, rows.size(), depth, a_panel_bytes, a_block_);

    Tap tap{};
    Tile tile{};
    tile.taps = &tap;
    tile.tap_count = 1;
    tile.k = kernel_.padded(depth);
    tile.a_read = plan_.a == Reading::in_place && a.k_stride == 1 ? ARead::in_rows : ARead::k_major;
    tile.a_stride = plan_.a == Reading::packed ? kernel_.mr * kernel_.group : std::max(a.line_stride, a.k_stride);
    tile.b_stride = plan_.b == Reading::packed ? kernel_.nr * kernel_.group : problem_.n;
    const bool adds = depth_.begin > 0 || (!narrow_ && problem_.accumulate == Accumulate::add);
    tile.store = adds ? Store::add : Store::overwrite;

    const std::int64_t steps = tile.k / kernel_.group;
    const Range next_rows{rows.end, std::min(rows.end + plan_.blocking.mc, rows_.end)};
    std::int64_t next_row = plan_.a == Reading::packed && a.k_stride == 1 ? next_rows.begin : next_rows.end;
    for (std::int64_t n = cols_.begin; n < cols_.end; n += kernel_.nr) {
      tile.cols = static_cast<int>(std::min<std::int64_t>(kernel_.nr, cols_.end - n));
      const std::int64_t panel = (n - cols_.begin) / kernel_.nr;
      tap.b = plan_.b == Reading::packed ? b_block_ + panel * b_panel_bytes
                                         : from(b_, n, depth_.begin, info(kernel_.b).bytes).data;
      const bool has_next = plan_.b == Reading::packed && n + kernel_.nr < cols_.end;
      const auto* ahead = static_cast<const std::byte*>(tap.b) + b_panel_bytes;
      std::int64_t ahead_lines = has_next ? b_panel_bytes / 64 : 0;
      for (std::int64_t m = rows.begin; m < rows.end; m += kernel_.mr) {
        tile.rows = static_cast<int>(std::min<std::int64_t>(kernel_.mr, rows.end - m));
        tap.a = plan_.a == Reading::packed ? a_block_ + (m - rows.begin) / kernel_.mr * a_panel_bytes
                                           : from(a_, m, depth_.begin, info(kernel_.a).bytes).data;
        tile.prefetch = nullptr;
        if (ahead_lines > 0) {
          // The first tiles of a panel fetch the next one,
          tile.prefetch = ahead, tile.prefetch_step = 64;
          tile.prefetch_lines = std::min(ahead_lines, steps);
          ahead += steps * 64, ahead_lines -= steps;
        } else if (next_row < next_rows.end) {
          // the others a row each of the next block of A, which is packed when this one is done.
          tile.prefetch = from(a_, next_row++, depth_.begin, info(kernel_.a).bytes).data;
          tile.prefetch_step = 64;
          tile.prefetch_lines = std::min(steps, depth * info(kernel_.a).bytes / 64 + 1);
        }
        multiply_tile(tile, m, n);
      }
    }
  }

  void multiply_tile(Tile& tile, std::int64_t m, std::int64_t n) {
    std::byte* out = c_ + (m * problem_.n + n) * info(problem_.dtypes.out).bytes;
    if (!narrow_) {
      tile.c = out;
      tile.c_stride = problem_.n;
      kernel_.tile(tile);
      return;
    }
    // Sums of several blocks of k wait in f32 until the last, to be rounded once.
    const bool one_block = depth_.begin == 0 && depth_.end == problem_.k;
    auto* sums = reinterpret_cast<float*>(sums_);
    tile.c_stride = one_block ? kernel_.nr : plan_.blocking.nc;
    tile.c = one_block ? sums : sums + (m - rows_.begin) * tile.c_stride + n - cols_.begin;
    kernel_.tile(tile);
    if (depth_.end == problem_.k)
      narrow_tile({static_cast<const float*>(tile.c), tile.c_stride, out, problem_.n, tile.rows, tile.cols,
                   problem_.accumulate == Accumulate::add ? Store::add : Store::overwrite},
                  problem_.dtypes.out);
  }

  const Gemm& gemm_;
  const Call& call_;
  const GemmPlan& plan_;
  const GemmProblem& problem_;
  const MicroKernel& kernel_;
  const int m_index_, group_;
  const Range rows_, columns_, batches_;  ///< of this thread
  Range cols_{}, depth_{};                ///< of the block of B
  Source a_{}, b_{};                      ///< matrices of the batch
  std::byte* c_ = nullptr;
  std::byte *a_block_, *b_blocks_, *b_block_ = nullptr, *sums_;
  std::int64_t block_ = 0;
  const bool narrow_;  ///< the output is narrower than the accumulators
};

Result<GemmPlan> plan_gemm(const GemmProblem& problem, int threads, std::string_view isa) {
  GemmPlan plan{.problem = problem,
                .kernel = find_micro_kernel(problem.dtypes.a, problem.dtypes.b, isa),
                .grid = {},
                .a = Reading::packed,
                .b = Reading::packed,
                .blocking = {}};
  if (plan.kernel == nullptr || plan.kernel->acc != problem.dtypes.acc)
    return fail(Error::Kind::unavailable, to_string(problem.dtypes) + " is not multiplied here");
  plan.grid = choose_grid(problem, *plan.kernel, std::max(threads, 1));
  plan.blocking = analytic_blocking(*plan.kernel, caches_of_this_cpu(), largest_share(plan));
  return plan;
}

Gemm::Gemm(const GemmPlan& plan, ThreadTeam& team, Weights weights) : plan_(plan), team_(&team), weights_(weights) {
  const MicroKernel& kernel = *plan.kernel;
  const Blocking& size = plan.blocking;
  const Extents share = largest_share(plan);
  const std::int64_t k_blocks = ceil_div(plan.problem.k, size.kc);
  const std::int64_t n_blocks = ceil_div(share.n, size.nc);
  const std::int64_t batches = ceil_div(plan.problem.batch, plan.grid.batch);
  a_block_bytes_ =
      plan.a == Reading::packed ? whole_pages(ceil_div(size.mc, kernel.mr) * kernel.a_panel_bytes(size.kc)) : 0;
  b_block_bytes_ =
      plan.b == Reading::packed ? whole_pages(ceil_div(size.nc, kernel.nr) * kernel.b_panel_bytes(size.kc)) : 0;
  const std::int64_t all_blocks = batches * n_blocks * k_blocks;
  b_blocks_ = weights == Weights::prepacked ? all_blocks : std::min<std::int64_t>(all_blocks, plan.grid.m > 1 ? 2 : 1);
  sums_bytes_ = kernel.acc == plan.problem.dtypes.out
                    ? 0
                    : whole_pages(4 * (k_blocks > 1 ? ceil_div(share.m, kernel.mr) * kernel.mr * size.nc
                                                    : std::int64_t{kernel.mr} * kernel.nr));
  for (int i = 0; i < plan.grid.batch * plan.grid.n; ++i) barriers_.push_back(std::make_unique<Barrier>(plan.grid.m));
}

Result<Gemm> Gemm::make(const GemmPlan& plan, ThreadTeam& team, Weights weights) {
  Gemm gemm(plan, team, weights);
  const std::int64_t groups = plan.grid.batch * plan.grid.n;
  const std::int64_t bytes =
      plan.grid.threads() * (gemm.a_block_bytes_ + gemm.sums_bytes_) + groups * gemm.b_blocks_ * gemm.b_block_bytes_;
  if (bytes > 0) {
    gemm.workspace_ = HugeMemory(static_cast<std::size_t>(bytes));
    if (gemm.workspace_.data() == nullptr)
      return fail(Error::Kind::unavailable, "no memory for " + std::to_string(bytes) + " bytes of workspace");
    gemm.workspace_.touch();
  }
  return gemm;
}

void Gemm::run(const void* a, const void* b, void* c) {
  const bool packed = weights_ == Weights::prepacked && packed_from_ == b;
  const Call call{static_cast<const std::byte*>(a), static_cast<const std::byte*>(b), static_cast<std::byte*>(c),
                  !packed};
  packed_from_ = b;
  const auto work = [&](int thread) {
    if (thread < plan_.grid.threads()) Worker(*this, call, thread).run();
  };
  if (plan_.grid.threads() == 1)
    work(0);
  else
    team_->run(work);
}

std::string Gemm::algorithm() const {
  const MicroKernel& kernel = *plan_.kernel;
  const Blocking& size = plan_.blocking;
  return std::string(kernel.isa) + " " + std::string(kernel.name) + " " + std::to_string(kernel.mr) + "x" +
         std::to_string(kernel.nr) + " mc=" + std::to_string(size.mc) + " kc=" + std::to_string(size.kc) +
         " nc=" + std::to_string(size.nc) + (plan_.a == Reading::in_place ? " A in place" : "") +
         (plan_.b == Reading::in_place ? " B in place" : "") + (plan_.measured ? " (tuned)" : "");
}

}  // namespace chipfit::cpu
