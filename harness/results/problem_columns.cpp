#include "harness/results/problem_columns.hpp"

#include <utility>

namespace chipfit::results {
namespace {

void set_shape(Row& row, const GemmProblem& p) {
  row.set(Column::layout, "row");
  row.set(Column::m, p.m);
  row.set(Column::n, p.n);
  row.set(Column::k, p.k);
  row.set(Column::batch, p.batch);
  row.set(Column::trans_a, p.trans_a == Transpose::yes ? "T" : "N");
  row.set(Column::trans_b, p.trans_b == Transpose::yes ? "T" : "N");
}

void set_shape(Row& row, const ConvProblem& p) {
  row.set(Column::direction, name(p.direction));
  row.set(Column::layout, name(p.layout));
  const std::pair<Column, std::int64_t> extents[] = {
      {Column::conv_n, p.n},          {Column::conv_c, p.c},          {Column::conv_h, p.h},
      {Column::conv_w, p.w},          {Column::conv_k, p.k},          {Column::conv_r, p.r},
      {Column::conv_s, p.s},          {Column::pad_h, p.pad_h},       {Column::pad_w, p.pad_w},
      {Column::stride_h, p.stride_h}, {Column::stride_w, p.stride_w}, {Column::dil_h, p.dil_h},
      {Column::dil_w, p.dil_w},       {Column::groups, p.groups}};
  for (const auto& [column, extent] : extents) row.set(column, extent);
}

}  // namespace

void set_problem(Row& row, const Problem& problem) {
  const DtypeCombo& types = dtypes(problem);
  row.set(Column::op, std::holds_alternative<GemmProblem>(problem) ? "gemm" : "conv");
  row.set(Column::dtype_a, info(types.a).name);
  row.set(Column::dtype_b, info(types.b).name);
  row.set(Column::dtype_acc, info(types.acc).name);
  row.set(Column::dtype_out, info(types.out).name);
  row.set(Column::math, name(math(problem)));
  std::visit([&](const auto& p) { set_shape(row, p); }, problem);
}

}  // namespace chipfit::results
