#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/oracle/fill.hpp"

namespace chipfit::oracle {

/// `count` flat positions of a problem's output (all in order when that is their number), drawn in secret, half of them
/// stratified over the result, half where implementations treat outputs apart. A position may come twice.
/// GEMM: secret rows × secret columns, about `count` in all and column by column, so that a column of B is fetched for
/// many positions at once; half of the rows and columns are first, last, or the edge of a tile whose side is a power of
/// two from 8 to 256. Convolution: half are on borders and corners of the images (bwd_weights: of the filters).
std::vector<std::int64_t> secret_positions(const Problem&, std::int64_t count, Seed secret);

/// Where an output stands, in the indices of its problem: "row 3, column 7", "n 0, k 12, row 0, column 55".
std::string describe_position(const Problem&, std::int64_t flat);

}  // namespace chipfit::oracle
