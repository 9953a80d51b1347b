#pragma once
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/results/row.hpp"

namespace chipfit::cli::testing {

using Cells = std::initializer_list<std::pair<results::Column, std::string_view>>;

inline results::Row fixed_row(Cells common, Cells own) {
  results::Row row;
  for (const auto& [column, text] : common) row.set(column, text);
  for (const auto& [column, text] : own) row.set(column, text);
  return row;
}

/// A run as it may come out: two backends, all kinds of verdicts, long ids, a Chinese chip name, a hostile reason.
inline std::vector<results::Row> fixed_rows() {
  using enum results::Column;
  const Cells blas{{backend, "openblas"},
                   {backend_version, "1.0 (OpenBLAS 0.3.21)"},
                   {chip, "Xeon 8488C"},
                   {device_index, "0"},
                   {launch, "1"}};
  const Cells npu{
      {backend, "acme"}, {backend_version, "2.4"}, {chip, "某某智能芯片 X1"}, {device_index, "3"}, {launch, "1"}};
  return {
      fixed_row(blas, {{case_id, "gemm:f32:NN:512x512x512"},
                       {verdict, "OK"},
                       {conditions, "QUICK"},
                       {time_median_s, "0.0027182"},
                       {time_ci_low_s, "0.0027"},
                       {time_ci_high_s, "0.00274"},
                       {rate_flop_per_s, "98754000000"},
                       {peak_empirical_flop_per_s, "121900000000"},
                       {grade, "f32"}}),
      fixed_row(blas, {{case_id, "gemm:f64:TN:2048x2048x2048:b4"},
                       {verdict, "OK"},
                       {conditions, "QUICK;CI_NOT_REACHED"},
                       {time_median_s, "1.2344"},
                       {time_ci_low_s, "1.1"},
                       {time_ci_high_s, "1.4"},
                       {rate_flop_per_s, "55670000000"},
                       {peak_empirical_flop_per_s, "60950000000"},
                       {grade, "f64"}}),
      fixed_row(blas, {{case_id, "conv_bwd_weights:f32:nchw:n32c256h56w56:k512r1s1:s2x2"},
                       {verdict, "OK"},
                       {conditions, "QUICK"},
                       {time_median_s, "0.15"},
                       {time_ci_low_s, "0.1494"},
                       {time_ci_high_s, "0.1506"},
                       {rate_flop_per_s, "43840000000"},
                       {peak_empirical_flop_per_s, "121900000000"},
                       {grade, "f32"}}),
      fixed_row(
          blas,
          {{case_id, "gemm:bf16:NN:512x512x512"}, {verdict, "UNSUPPORTED"}, {reason, "prepare: bf16 is not offered"}}),
      fixed_row(
          blas,
          {{case_id, "gemm:f16:NN:512x512x512"}, {verdict, "UNSUPPORTED"}, {reason, "prepare: f16 is not offered"}}),
      fixed_row(npu, {{case_id, "gemm:f32:NN:512x512x512"},
                      {verdict, "PRECISION"},
                      {reason,
                       "error grade 4310 passes the limit of 400: tf32 or f16 multiplication where strict f32 "
                       "was asked for"}}),
      fixed_row(npu, {{case_id, "gemm:bf16:NN:512x512x512"},
                      {verdict, "OK"},
                      {time_median_s, "0.0000014"},
                      {time_ci_low_s, "0.0000013"},
                      {time_ci_high_s, "0.0000015"},
                      {rate_flop_per_s, "191700000000000"},
                      {grade, "bf16"}}),
      fixed_row(
          npu,
          {{case_id, "gemm:f16:NN:512x512x512"}, {verdict, "SKIPPED_UNSTABLE"}, {reason, "three deaths in a row"}}),
      fixed_row(npu, {{case_id, "conv_fwd:f32:nhwc:n1c3h224w224:k64r7s7:p3x3:s2x2"},
                      {verdict, "CRASHED"},
                      {reason, "enqueue: SIGSEGV \x1b[31m某处"}}),
  };
}

inline std::string fixed_reproduction(const results::Row& row) {
  return "chipfit run --case '" + row.text(results::Column::case_id) + "' --backend " +
         row.text(results::Column::backend);
}

}  // namespace chipfit::cli::testing
