#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/oracle/oracle.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/problem/case_id.hpp"
#include "kernels/problem/convert.hpp"

namespace chipfit::oracle {

/// A problem with data and a result, to be judged.
struct Trial {
  Problem problem;
  std::vector<std::vector<char>> a, b;  // one for each term
  std::vector<char> c0, out;
  std::vector<Inputs> inputs;

  Claim claim() {
    inputs.clear();
    for (std::size_t i = 0; i < a.size(); ++i) inputs.push_back({a[i].data(), b[i].data()});
    return {problem, inputs, c0.empty() ? nullptr : c0.data(), out.data()};
  }
  double get(std::int64_t i) const { return load(dtypes(problem).out, out.data(), i); }
  void set(std::int64_t i, double x) { store(dtypes(problem).out, out.data(), i, x); }
  std::int64_t outputs() const { return operands(problem).out.elements; }
};

enum class Data { exact, exact_with_headroom, uniform };

inline Trial make_trial(const Problem& problem, Data data, std::uint64_t seed, int terms = 1) {
  Trial t;
  t.problem = problem;
  const Operands all = operands(problem);
  const ExactPlan plan =
      exact_plan(problem, data == Data::exact_with_headroom ? Headroom::for_transforms : Headroom::none);
  const auto make = [&](const Operand& operand, ExactRange range, Seed s) {
    std::vector<char> bytes(static_cast<std::size_t>(operand.bytes()));
    if (data != Data::uniform) {
      fill_exact(operand.dtype, bytes.data(), operand.elements, range, s);
    } else {
      fill_uniform(operand.dtype, bytes.data(), operand.elements, s);
    }
    return bytes;
  };
  for (int i = 0; i < terms; ++i) {
    const auto tag = static_cast<std::uint64_t>(i);
    t.a.push_back(make(all.in[0], plan.in[0], Seed{seed, 2 * tag}));
    t.b.push_back(make(all.in[1], plan.in[1], Seed{seed, 2 * tag + 1}));
  }
  if (accumulate(problem) == Accumulate::add) t.c0 = make(all.out, {plan.magnitude_c0, 1}, Seed{seed, 1u << 20});
  t.out.resize(static_cast<std::size_t>(all.out.bytes()));
  return t;
}

inline Trial make_trial(const std::string& id, Data data, std::uint64_t seed = 1, int terms = 1) {
  return make_trial(*parse_case_id(id), data, seed, terms);
}

/// How a plugin adds up: any of these is honest; `aligned` for fp8 only.
enum class Order { sequential, reversed, pairwise, blocked, permuted, aligned };

/// How a plugin computes; the defaults are what the dtypes declare.
struct Arithmetic {
  Order order = Order::sequential;
  int input_bits = 64;             ///< significand bits that are kept of each input
  Dtype accumulator = Dtype::f64;  ///< f64: that of the problem
  double skip_from = 1;            ///< products from this share of the sum on are left out
  int output_bits = 64;            ///< significand bits that are kept of each result
};

inline double keep_bits(double x, int bits) {
  if (x == 0 || bits >= 53) return x;
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
}

/// Sum as tensor cores make it for fp8: 32 products and the sum so far are cut off 13 bits below the largest exponent
/// among them and added (docs/oracle.md). Every product must have at most 48 bits.
inline double summed_aligned(const std::vector<double>& v) {
  constexpr std::size_t group = 32;
  double sum = 0;
  for (std::size_t first = 0; first < v.size(); first += group) {
    const std::size_t end = std::min(v.size(), first + group);
    double largest = std::fabs(sum);
    for (std::size_t i = first; i < end; ++i) largest = std::max(largest, std::fabs(v[i]));
    if (largest == 0) continue;
    const int last_bit = std::ilogb(largest) - 13;
    double units = std::trunc(std::ldexp(sum, -last_bit));
    for (std::size_t i = first; i < end; ++i) units += std::trunc(std::ldexp(v[i], -last_bit));
    sum = std::ldexp(units, last_bit);
  }
  return sum;
}

template <class Round>
double summed(std::vector<double> v, Order order, std::mt19937_64& random, Round&& round) {
  if (v.empty()) return 0;
  if (order == Order::reversed) std::reverse(v.begin(), v.end());
  if (order == Order::aligned) return summed_aligned(v);
  if (order == Order::permuted) std::shuffle(v.begin(), v.end(), random);
  if (order == Order::pairwise) {
    while (v.size() > 1) {
      std::vector<double> half;
      for (std::size_t i = 0; i < v.size(); i += 2) half.push_back(i + 1 < v.size() ? round(v[i] + v[i + 1]) : v[i]);
      v = std::move(half);
    }
    return v[0];
  }
  if (order == Order::blocked) {
    double lanes[8] = {};
    for (std::size_t i = 0; i < v.size(); ++i) lanes[i % 8] = round(lanes[i % 8] + v[i]);
    for (int i = 1; i < 8; ++i) lanes[0] = round(lanes[0] + lanes[i]);
    return lanes[0];
  }
  double sum = 0;
  for (const double x : v) sum = round(sum + x);
  return sum;
}

/// Computes the result one output after another, with a rounding after every product and addition.
inline void compute(Trial& t, const Arithmetic& arithmetic = {}, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  const DtypeCombo& types = dtypes(t.problem);
  const Dtype acc = arithmetic.accumulator == Dtype::f64 ? types.acc : arithmetic.accumulator;
  const auto round = [&](double x) -> double {
    switch (acc) {
      case Dtype::f32:
        return static_cast<float>(x);
      case Dtype::f16:
      case Dtype::bf16: {
        char cell[2];
        store(acc, cell, 0, x);
        return load(acc, cell, 0);
      }
      default:
        return x;
    }
  };
  if (!t.c0.empty()) t.out = t.c0;
  std::vector<double> products;
  for (std::size_t term = 0; term < t.a.size(); ++term) {
    for (std::int64_t i = 0; i < t.outputs(); ++i) {
      products.clear();
      std::visit(
          [&](const auto& p) {
            for_each_product(p, i, [&](std::int64_t ia, std::int64_t ib) {
              const double x = keep_bits(load(types.a, t.a[term].data(), ia), arithmetic.input_bits);
              const double y = keep_bits(load(types.b, t.b[term].data(), ib), arithmetic.input_bits);
              products.push_back(round(x * y));
            });
          },
          t.problem);
      products.resize(
          static_cast<std::size_t>(std::llround(static_cast<double>(products.size()) * arithmetic.skip_from)));
      const double sum = summed(products, arithmetic.order, random, round);
      const bool adds = !t.c0.empty() || term > 0;
      t.set(i, keep_bits(adds ? round(t.get(i) + sum) : sum, arithmetic.output_bits));
    }
  }
}

}  // namespace chipfit::oracle
