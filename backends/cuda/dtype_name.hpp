#pragma once
#include <chipfit/chipfit_plugin.h>

#include <cstdint>

namespace cuda {

/// "bf16", for messages.
inline const char* name_of(std::uint32_t dtype) {
  switch (dtype) {
    case CHIPFIT_F64:
      return "f64";
    case CHIPFIT_F32:
      return "f32";
    case CHIPFIT_F16:
      return "f16";
    case CHIPFIT_BF16:
      return "bf16";
    case CHIPFIT_E4M3:
      return "e4m3";
    case CHIPFIT_E5M2:
      return "e5m2";
    case CHIPFIT_I8:
      return "i8";
    case CHIPFIT_U8:
      return "u8";
    case CHIPFIT_I32:
      return "i32";
    default:
      return "an unknown type";
  }
}

}  // namespace cuda
