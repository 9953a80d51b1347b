#pragma once
#include <chipfit/chipfit_plugin.h>

#include <string_view>
#include <vector>

namespace cuda {

/// Dense peaks and memory bandwidth that the vendor names for a device. Nothing is claimed for a device that is not in
/// the table.
struct Claims {
  std::vector<chipfit_peak> peaks;
  double memory_byte_per_s = 0;
};
Claims claims_for(std::string_view device_name);

}  // namespace cuda
