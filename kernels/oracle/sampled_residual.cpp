#include <algorithm>
#include <numeric>

#include "kernels/oracle/parallel.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/oracle/residual.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::oracle {
namespace {

constexpr std::int64_t kFewestSamples = 512;

/// A random output on the border of an image (of the filter, for bwd_weights): where padding is handled.
std::int64_t border_position(const ConvProblem& p, Stream& stream) {
  const bool forward = p.direction == ConvDirection::fwd, weights = p.direction == ConvDirection::bwd_weights;
  const std::int64_t outer = weights ? p.k : p.n;
  const std::int64_t channels = weights ? p.c / p.groups : forward ? p.k : p.c;
  const std::int64_t rows = weights ? p.r : forward ? p.p() : p.h, columns = weights ? p.s : forward ? p.q() : p.w;
  std::int64_t y = stream.below(rows), x = stream.below(columns);
  switch (stream.below(6)) {
    case 0:
      y = 0;
      break;
    case 1:
      y = rows - 1;
      break;
    case 2:
      x = 0;
      break;
    case 3:
      x = columns - 1;
      break;
    default:  // a corner
      y = stream.below(2) * (rows - 1);
      x = stream.below(2) * (columns - 1);
  }
  return strides(p.layout, channels, rows, columns).at(stream.below(outer), stream.below(channels), y, x);
}

std::vector<std::int64_t> positions(const ConvProblem& p, std::int64_t outputs, std::int64_t samples, Seed secret) {
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(samples));
  if (samples == outputs) {
    std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
    return chosen;
  }
  Stream stream(secret);
  const std::int64_t strata = samples / 2;
  for (std::int64_t i = 0; i < samples; ++i) {
    if (i >= strata) {
      chosen[static_cast<std::size_t>(i)] = border_position(p, stream);
      continue;
    }
    const auto edge = [&](std::int64_t j) { return outputs / strata * j + outputs % strata * j / strata; };
    chosen[static_cast<std::size_t>(i)] = edge(i) + stream.below(edge(i + 1) - edge(i));
  }
  return chosen;
}

template <class Number, class A, class B>
void fill_residuals(const Claim& claim, const ConvProblem& p, const std::vector<std::int64_t>& chosen, int threads,
                    Residuals<Number>& result) {
  using V = View<Number>;
  const auto count = static_cast<std::int64_t>(chosen.size());
  constexpr std::int64_t chunk = 64;
  parallel_for((count + chunk - 1) / chunk, threads, [&](std::int64_t task) {
    for (std::int64_t i = task * chunk; i < std::min(count, (task + 1) * chunk); ++i) {
      const std::int64_t flat = chosen[static_cast<std::size_t>(i)];
      Number sum{}, one{};
      if constexpr (std::is_same_v<Number, DoubleDouble>) {
        one.hi = 1;
      } else {
        one = 1;
      }
      std::int64_t products = 0;
      for (const Inputs& term : claim.terms) {
        const A* a = static_cast<const A*>(term.in0);
        const B* b = static_cast<const B*>(term.in1);
        products = 0;
        for_each_product(p, flat, [&](std::int64_t ia, std::int64_t ib) {
          if constexpr (std::is_same_v<Number, DoubleDouble>) {
            add_product(sum, widen(a[ia]), DoubleDouble{widen(b[ib]), 0});
          } else {
            add_product(sum, V::of(a[ia]), V::of(b[ib]));
          }
          ++products;
        });
      }
      const auto result_at = [&](const void* data) { return V::of(load(p.dtypes.out, data, flat)); };
      if (claim.c0 != nullptr) add_product(sum, result_at(claim.c0), one);
      sum = negated(sum);
      add_product(sum, result_at(claim.out), one);
      result.value[static_cast<std::size_t>(i)] = sum;
      result.products[static_cast<std::size_t>(i)] = static_cast<double>(products);
    }
  });
}

}  // namespace

template <class Number>
Residuals<Number> sampled_residuals(const Claim& claim, const ConvProblem& p, Seed secret, std::int64_t budget,
                                    int threads, bool& all) {
  const std::int64_t outputs = operands(p).out.elements;
  const std::int64_t each =
      products_per_output(p) * static_cast<std::int64_t>(std::max<std::size_t>(1, claim.terms.size()));
  const std::int64_t samples = std::min(outputs, std::max(kFewestSamples, budget / each));
  all = samples == outputs;
  const auto chosen = positions(p, outputs, samples, secret);
  Residuals<Number> result;
  result.value.resize(chosen.size());
  result.products.resize(chosen.size());
  with_factors(p.dtypes.a, p.dtypes.b,
               [&]<class A, class B>(A*, B*) { fill_residuals<Number, A, B>(claim, p, chosen, threads, result); });
  return result;
}

template Residuals<double> sampled_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int, bool&);
template Residuals<DoubleDouble> sampled_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int, bool&);
template Residuals<std::uint64_t> sampled_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int, bool&);

}  // namespace chipfit::oracle
