// cross_dispatch METHOD_BF16 METHOD_I8: exit code 0 when the peak of these types is measured with these instructions.
#include <cstdio>
#include <string>

#include "kernels/cpu/peak.hpp"

namespace {

using chipfit::Dtype;

bool is_measured_by(Dtype input, std::string_view expected) {
  const std::string method = chipfit::cpu::measure_peak(input, 1, 0).method;
  if (method == expected) return true;
  std::fprintf(stderr, "\"%s\" was chosen where \"%.*s\" is expected\n", method.c_str(),
               static_cast<int>(expected.size()), expected.data());
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const bool bf16 = is_measured_by(Dtype::bf16, arguments[1]);
  const bool i8 = is_measured_by(Dtype::i8, arguments[2]);
  return bf16 && i8 ? 0 : 1;
}
