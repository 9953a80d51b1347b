#include "kernels/cpu/skinny_gemm.hpp"

#include <algorithm>

#include "kernels/cpu/narrow.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::cpu {
namespace {

// Sums that are added to again and again stay in the second-level cache.
constexpr std::int64_t kLinesAtOnce = 4096;

std::int64_t whole_lines(std::int64_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// The small operand as [line][k] of the type of the sums, lines beyond `lines` zero.
template <class Sum>
void widen_small(const GemmProblem& p, Dtype type, bool is_a, std::int64_t lines, int count, const void* from,
                 Sum* to) {
  const Transpose transposed = is_a ? p.trans_a : p.trans_b;
  const bool k_contiguous = is_a == (transposed == Transpose::no);
  with_element(type, [&]<class T>(T*) {
    const auto* data = static_cast<const T*>(from);
    for (std::int64_t line = 0; line < count; ++line)
      for (std::int64_t k = 0; k < p.k; ++k) {
        const T x = line < lines ? data[k_contiguous ? line * p.k + k : k * lines + line] : T{};
        if constexpr (std::is_integral_v<T>)
          to[line * p.k + k] = static_cast<Sum>(static_cast<std::int32_t>(x));
        else
          to[line * p.k + k] = static_cast<Sum>(widen(x));
      }
  });
}

/// Rows of sums to their place in C.
template <class Sum>
void write_rows(const GemmProblem& p, const Sum* from, std::int64_t from_stride, std::byte* c, std::int64_t rows,
                std::int64_t cols) {
  const Store store = p.accumulate == Accumulate::add ? Store::add : Store::overwrite;
  if constexpr (std::is_same_v<Sum, float>) {
    if (p.dtypes.out != Dtype::f32) {
      narrow_tile({from, from_stride, c, p.n, rows, cols, store}, p.dtypes.out);
      return;
    }
  }
  auto* to = reinterpret_cast<Sum*>(c);
  for (std::int64_t row = 0; row < rows; ++row, from += from_stride, to += p.n) {
    if (store == Store::add)
      for (std::int64_t i = 0; i < cols; ++i) to[i] += from[i];
    else
      std::copy_n(from, cols, to);
  }
}

/// Sums of `stream` to the matrix `c`, whose lines they are from `first` on.
template <class Sum>
void write_sums(const GemmProblem& p, bool are_rows, std::int64_t count, const Stream& stream, std::int64_t first,
                std::byte* c) {
  const int bytes = info(p.dtypes.out).bytes;
  const auto* sums = static_cast<const Sum*>(stream.sums);
  if (are_rows) {
    write_rows(p, sums, stream.sums_stride, c + first * bytes, count, stream.lines);
    return;
  }
  constexpr std::int64_t some = 64;
  Sum turned[some * kMostStreamed];
  for (std::int64_t at = 0; at < stream.lines; at += some) {
    const std::int64_t lines = std::min(some, stream.lines - at);
    for (std::int64_t line = 0; line < lines; ++line)
      for (std::int64_t i = 0; i < count; ++i) turned[line * count + i] = sums[i * stream.sums_stride + at + line];
    write_rows(p, turned, count, c + (first + at) * p.n * bytes, lines, count);
  }
}

}  // namespace

bool SkinnyGemm::fits(const GemmProblem& p) {
  return std::min(p.m, p.n) <= kMostStreamed;
}

SkinnyGemm::SkinnyGemm(const GemmProblem& problem, ThreadTeam& team, const StreamKernel& kernel)
    : problem_(problem),
      team_(&team),
      kernel_(&kernel),
      streams_b_(problem.m <= problem.n),
      lines_(std::max(problem.m, problem.n)) {
  const auto small = static_cast<int>(std::min(problem.m, problem.n));
  count_ = small == 1 ? 1 : small <= 4 ? 4 : 8;
  const std::int64_t sum_bytes = info(problem.dtypes.acc).bytes;
  small_bytes_ = whole_lines(count_ * problem.k * sum_bytes);
  sums_bytes_ = whole_lines(count_ * std::min(lines_, kLinesAtOnce) * sum_bytes);
}

Result<SkinnyGemm> SkinnyGemm::make(const GemmProblem& problem, ThreadTeam& team, std::string_view isa) {
  const StreamKernel* kernel = find_stream_kernel(problem.m <= problem.n ? problem.dtypes.b : problem.dtypes.a, isa);
  if (kernel == nullptr || !fits(problem))
    return fail(Error::Kind::unavailable, to_string(problem.dtypes) + " is not streamed here");
  SkinnyGemm gemm(problem, team, *kernel);
  gemm.workspace_ = HugeMemory(static_cast<std::size_t>(team.size() * (gemm.small_bytes_ + gemm.sums_bytes_)));
  if (gemm.workspace_.data() == nullptr) return fail(Error::Kind::unavailable, "no memory for the workspace");
  gemm.workspace_.touch();
  return gemm;
}

void SkinnyGemm::work(int thread, const std::byte* small, const std::byte* large, std::byte* c) {
  const GemmProblem& p = problem_;
  const Dtype small_type = streams_b_ ? p.dtypes.a : p.dtypes.b, large_type = streams_b_ ? p.dtypes.b : p.dtypes.a;
  const std::int64_t lines = streams_b_ ? p.m : p.n;
  const bool along_k = streams_b_ ? p.trans_b == Transpose::yes : p.trans_a == Transpose::no;
  std::byte* const wide = workspace_.data() + thread * (small_bytes_ + sums_bytes_);
  std::byte* const sums = wide + small_bytes_;
  // Cut at whole cache lines of the large operand.
  constexpr std::int64_t unit = 64;
  const std::int64_t units = (lines_ + unit - 1) / unit;
  const std::int64_t begin = std::min(units * thread / team_->size() * unit, lines_);
  const std::int64_t end = std::min(units * (thread + 1) / team_->size() * unit, lines_);
  if (begin == end) return;

  for (std::int64_t batch = 0; batch < p.batch; ++batch) {
    const std::byte* from = small + batch * lines * p.k * info(small_type).bytes;
    if (p.dtypes.acc == Dtype::f64)
      widen_small(p, small_type, streams_b_, lines, count_, from, reinterpret_cast<double*>(wide));
    else if (p.dtypes.acc == Dtype::i32)
      widen_small(p, small_type, streams_b_, lines, count_, from, reinterpret_cast<std::uint32_t*>(wide));
    else
      widen_small(p, small_type, streams_b_, lines, count_, from, reinterpret_cast<float*>(wide));

    for (std::int64_t at = begin; at < end; at += kLinesAtOnce) {
      Stream stream{};
      stream.lines = std::min(kLinesAtOnce, end - at), stream.k = p.k;
      stream.line_stride = along_k ? p.k : 1, stream.k_stride = along_k ? 1 : lines_;
      stream.large = large + (batch * lines_ * p.k + at * stream.line_stride) * info(large_type).bytes;
      stream.small = wide, stream.small_stride = p.k, stream.count = count_;
      stream.sums = sums, stream.sums_stride = stream.lines;
      (along_k ? kernel_->along_k : kernel_->along_lines)(stream);
      std::byte* const matrix = c + batch * p.m * p.n * info(p.dtypes.out).bytes;
      if (p.dtypes.acc == Dtype::f64)
        write_sums<double>(p, streams_b_, lines, stream, at, matrix);
      else if (p.dtypes.acc == Dtype::i32)
        write_sums<std::uint32_t>(p, streams_b_, lines, stream, at, matrix);
      else
        write_sums<float>(p, streams_b_, lines, stream, at, matrix);
    }
  }
}

void SkinnyGemm::run(const void* a, const void* b, void* c) {
  const auto* small = static_cast<const std::byte*>(streams_b_ ? a : b);
  const auto* large = static_cast<const std::byte*>(streams_b_ ? b : a);
  const auto share = [&](int thread) { work(thread, small, large, static_cast<std::byte*>(c)); };
  if (team_->size() == 1)
    share(0);
  else
    team_->run(share);
}

std::string SkinnyGemm::algorithm() const {
  return std::string(kernel_->isa) + " streamed " + std::to_string(count_) + "x";
}

}  // namespace chipfit::cpu
