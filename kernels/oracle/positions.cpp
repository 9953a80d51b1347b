#include "kernels/oracle/positions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/oracle/products.hpp"
#include "kernels/oracle/random.hpp"

namespace chipfit::oracle {
namespace {

struct Point {
  std::int64_t row, column;
};

/// A random index in stratum i of `strata` equal ones.
std::int64_t in_stratum(std::int64_t extent, std::int64_t strata, std::int64_t i, Stream& stream) {
  const auto edge = [&](std::int64_t j) { return extent / strata * j + extent % strata * j / strata; };
  return edge(i) + stream.below(edge(i + 1) - edge(i));
}

/// A point on the border of an image; twice as often in a corner as on any one side.
Point border_point(std::int64_t rows, std::int64_t columns, Stream& stream) {
  const std::int64_t row = stream.below(rows), column = stream.below(columns);
  switch (stream.below(6)) {
    case 0:
      return {0, column};
    case 1:
      return {rows - 1, column};
    case 2:
      return {row, 0};
    case 3:
      return {row, columns - 1};
    default:
      return {stream.below(2) * (rows - 1), stream.below(2) * (columns - 1)};
  }
}

/// First or last index of a tile whose side is a power of two from 8 to 256.
std::int64_t tile_edge(std::int64_t extent, Stream& stream) {
  const std::int64_t side = std::int64_t{8} << stream.below(6);
  const std::int64_t edge = side * stream.below(extent / side + 1) - stream.below(2);
  return std::clamp<std::int64_t>(edge, 0, extent - 1);
}

/// Secret indices along one side of `copies` matrices: all of them, or half stratified and half ends and tile edges.
std::vector<std::int64_t> along(std::int64_t extent, std::int64_t copies, std::int64_t count, Stream& stream) {
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(count));
  const std::int64_t strata = count == extent * copies ? count : (count + 1) / 2;
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t& index = chosen[static_cast<std::size_t>(i)];
    if (i < strata) {
      index = in_stratum(extent * copies, strata, i, stream);
    } else {
      const std::int64_t copy = stream.below(copies);
      index = copy * extent + (i % 2 == 0 ? stream.below(2) * (extent - 1) : tile_edge(extent, stream));
    }
  }
  return chosen;
}

std::vector<std::int64_t> draw(const GemmProblem& g, std::int64_t count, Stream& stream) {
  const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(count)));
  const std::int64_t columns = std::min(g.batch * g.n, count / std::min(side, g.m));
  const auto chosen_columns = along(g.n, g.batch, columns, stream);
  const auto chosen_rows = along(g.m, 1, std::min(g.m, count / columns), stream);
  std::vector<std::int64_t> chosen;
  for (const std::int64_t column : chosen_columns) {
    for (const std::int64_t row : chosen_rows) {
      chosen.push_back((column / g.n * g.m + row) * g.n + column % g.n);
    }
  }
  return chosen;
}

/// The output as a tensor of four indices.
struct Tensor {
  std::int64_t outer, channels, rows, columns;
};
Tensor output_of(const ConvProblem& p) {
  switch (p.direction) {
    case ConvDirection::bwd_data:
      return {p.n, p.c, p.h, p.w};
    case ConvDirection::bwd_weights:
      return {p.k, p.c / p.groups, p.r, p.s};
    case ConvDirection::fwd:
      break;
  }
  return {p.n, p.k, p.p(), p.q()};
}

std::vector<std::int64_t> draw(const ConvProblem& p, std::int64_t count, Stream& stream) {
  const Tensor out = output_of(p);
  const Strides steps = strides(p.layout, out.channels, out.rows, out.columns);
  const std::int64_t outputs = out.outer * out.channels * out.rows * out.columns, strata = count / 2;
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < strata; ++i) chosen.push_back(in_stratum(outputs, strata, i, stream));
  for (std::int64_t i = strata; i < count; ++i) {
    const Point at = border_point(out.rows, out.columns, stream);
    chosen.push_back(steps.at(stream.below(out.outer), stream.below(out.channels), at.row, at.column));
  }
  return chosen;
}

std::string describe(const GemmProblem& g, std::int64_t flat) {
  const std::string place = fmt::format("row {}, column {}", flat / g.n % g.m, flat % g.n);
  return g.batch == 1 ? place : fmt::format("batch {}, {}", flat / (g.m * g.n), place);
}

std::string describe(const ConvProblem& p, std::int64_t flat) {
  const Tensor out = output_of(p);
  const auto [outer, channel, row, column] = position(p.layout, flat, out.channels, out.rows, out.columns);
  return fmt::format("{} {}, {} {}, row {}, column {}", p.direction == ConvDirection::bwd_weights ? 'k' : 'n', outer,
                     p.direction == ConvDirection::fwd ? 'k' : 'c', channel, row, column);
}

}  // namespace

std::vector<std::int64_t> secret_positions(const Problem& problem, std::int64_t count, Seed secret) {
  if (count == operands(problem).out.elements) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return all;
  }
  Stream stream(secret);
  return std::visit([&](const auto& each) { return draw(each, count, stream); }, problem);
}

std::string describe_position(const Problem& problem, std::int64_t flat) {
  return std::visit([&](const auto& each) { return describe(each, flat); }, problem);
}

}  // namespace chipfit::oracle
