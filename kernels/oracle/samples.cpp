#include "kernels/oracle/samples.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <span>
#include <unordered_map>

#include "kernels/oracle/arithmetic.hpp"
#include "kernels/oracle/parallel.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::oracle {
namespace {

/// The factors of the products behind outputs of one term, as doubles.
class Factors {
 public:
  Factors(const Problem& problem, const Inputs& term) : problem_(problem), term_(term) {}

  /// Calls visit(a, b, n) for runs of n factors each.
  template <class Visit>
  void visit(std::int64_t flat, Visit&& visit) {
    if (const auto* gemm = std::get_if<GemmProblem>(&problem_)) {
      const GemmSum sum = sum_of(*gemm, flat);
      visit(line(rows_, gemm->dtypes.a, term_.in0, sum.a, sum.step_a, gemm->k),
            line(columns_, gemm->dtypes.b, term_.in1, sum.b, sum.step_b, gemm->k), gemm->k);
      return;
    }
    const auto& conv = std::get<ConvProblem>(problem_);
    const auto flush = [&] {
      convert(conv.dtypes.a, term_.in0, index_[0], value_[0]);
      convert(conv.dtypes.b, term_.in1, index_[1], value_[1]);
      visit(value_[0].data(), value_[1].data(), static_cast<std::int64_t>(index_[0].size()));
      index_[0].clear();
      index_[1].clear();
    };
    for_each_product(conv, flat, [&](std::int64_t a, std::int64_t b) {
      index_[0].push_back(a);
      index_[1].push_back(b);
      if (index_[0].size() == kRun) flush();
    });
    if (!index_[0].empty()) flush();
  }

 private:
  static constexpr std::size_t kRun = 512;
  /// Rows of op(A) and columns of op(B) by their first element: sampled outputs share them, and reading one against
  /// its storage order misses the cache at every element.
  using Lines = std::unordered_map<std::int64_t, std::vector<double>>;

  const Problem& problem_;
  const Inputs& term_;
  Lines rows_, columns_;
  std::vector<std::int64_t> index_[2];
  std::vector<double> value_[2];

  static const double* line(Lines& lines, Dtype dtype, const void* data, std::int64_t first, std::int64_t step,
                            std::int64_t n) {
    std::vector<double>& values = lines[first];
    if (values.empty()) {
      values.resize(static_cast<std::size_t>(n));
      with_element(dtype, [&]<class T>(T*) {
        const T* at = static_cast<const T*>(data) + first;
        for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = widen(at[i * step]);
      });
    }
    return values.data();
  }
  static void convert(Dtype dtype, const void* data, const std::vector<std::int64_t>& index,
                      std::vector<double>& value) {
    value.resize(index.size());
    with_element(dtype, [&]<class T>(T*) {
      for (std::size_t i = 0; i < index.size(); ++i) value[i] = widen(static_cast<const T*>(data)[index[i]]);
    });
  }
};

template <class Number>
Number number(double x) {
  if constexpr (std::is_same_v<Number, double>) {
    return x;
  } else {
    return {x, 0};
  }
}
double high(double x) {
  return x;
}
double high(DoubleDouble x) {
  return x.hi;
}
double difference(double claimed, double expected) {
  return claimed - expected;
}
double difference(double claimed, DoubleDouble expected) {
  return (claimed - expected.hi) - expected.lo;
}

double rounded_to(Dtype dtype, double x) {
  char cell[8];
  store(dtype, cell, 0, x);
  return load(dtype, cell, 0);
}

/// Fills `samples`, whose positions are given.
template <class Number>
void measure(const Claim& claim, std::span<Sample> samples) {
  const DtypeCombo& types = dtypes(claim.problem);
  const bool adds = claim.c0 != nullptr || claim.terms.size() > 1;
  std::vector<Number> totals(samples.size());
  for (std::size_t i = 0; i < samples.size() && claim.c0 != nullptr; ++i) {
    const double c0 = load(types.out, claim.c0, samples[i].flat);
    add(totals[i], number<Number>(c0));
    samples[i].size = std::fabs(c0);
  }
  for (const Inputs& term : claim.terms) {
    Factors factors(claim.problem, term);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      Sample& s = samples[i];
      Number sum{};
      factors.visit(s.flat, [&](const double* a, const double* b, std::int64_t n) {
        double size = 0, inputs = 0, squares = 0, walk = 0;
        for (std::int64_t j = 0; j < n; ++j) {
          add_product(sum, a[j], number<Number>(b[j]));
          const double product = a[j] * b[j], partial = high(sum);
          size += std::fabs(product);
          inputs += std::fabs(a[j]) + std::fabs(b[j]);
          squares += product * product;
          walk += partial * partial;
        }
        s.size += size;
        s.inputs += inputs;
        s.squares += squares;
        s.walk += walk;
        s.products += static_cast<double>(n);
      });
      add(totals[i], sum);
      s.results += std::fabs(high(totals[i]));
      if (adds) s.walk += high(totals[i]) * high(totals[i]);
    }
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Sample& s = samples[i];
    s.value = load(types.out, claim.out, s.flat);
    s.expected = high(totals[i]);
    s.error = difference(s.value, totals[i]);
    s.last_rounding = rounded_to(types.out, s.expected) - s.expected;
  }
}

/// `x` with `bits` bits of significand, ties to even.
double with_bits(double x, int bits, InputRounding rounding) {
  const int dropped = info(Dtype::f64).significand_bits - bits;
  const std::uint64_t mask = (std::uint64_t{1} << dropped) - 1;
  auto word = std::bit_cast<std::uint64_t>(x);
  if (rounding == InputRounding::nearest) word += (mask >> 1) + (word >> dropped & 1);
  return std::bit_cast<double>(word & ~mask);
}

}  // namespace

std::vector<Sample> measure_samples(const Claim& claim, const std::vector<std::int64_t>& positions, int threads) {
  std::vector<Sample> samples(positions.size());
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].flat = positions[i];
  const bool f64 = dtypes(claim.problem).acc == Dtype::f64;
  const std::size_t share =
      (samples.size() + static_cast<std::size_t>(threads) - 1) / static_cast<std::size_t>(threads);
  parallel_for(threads, threads, [&](std::int64_t task) {
    const std::size_t first = std::min(samples.size(), static_cast<std::size_t>(task) * share);
    const auto mine = std::span(samples).subspan(first, std::min(share, samples.size() - first));
    f64 ? measure<DoubleDouble>(claim, mine) : measure<double>(claim, mine);
  });
  return samples;
}

double squared_error_beside(InputRounding rounding, int bits, const Claim& claim, const std::vector<Sample>& samples) {
  std::vector<double> rest;
  for (const Sample& s : samples) rest.push_back(s.error);
  for (const Inputs& term : claim.terms) {
    Factors factors(claim.problem, term);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      factors.visit(samples[i].flat, [&](const double* a, const double* b, std::int64_t n) {
        for (std::int64_t j = 0; j < n; ++j) {
          rest[i] -= with_bits(a[j], bits, rounding) * with_bits(b[j], bits, rounding) - a[j] * b[j];
        }
      });
    }
  }
  return std::inner_product(rest.begin(), rest.end(), rest.begin(), 0.0);
}

}  // namespace chipfit::oracle
