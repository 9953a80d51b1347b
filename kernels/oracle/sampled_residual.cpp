#include <algorithm>

#include "kernels/oracle/parallel.hpp"
#include "kernels/oracle/positions.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/oracle/residual.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::oracle {
namespace {

constexpr std::int64_t kFewestSamples = 512;

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
  const auto chosen = secret_positions(p, samples, secret);
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
