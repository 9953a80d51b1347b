#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace chipfit::lab {

/// Ascending indexes as Slurm writes them: "0-9,12,14-15". Empty for none.
std::string ranges(const std::vector<std::size_t>&);

}  // namespace chipfit::lab
