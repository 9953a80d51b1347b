#include "backends/common/cuda/random_data.hpp"

#include <chipfit/chipfit_plugin.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace cuda {
namespace {

constexpr std::uint64_t kBlockElements = (1 << 20) + 1;

template <class T>
void put(std::vector<std::byte>& bytes, std::size_t i, T value) {
  std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
}

}  // namespace

std::uint16_t narrowed(float value, int exponent_bits, int mantissa_bits) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint32_t sign = bits >> 31, mantissa = bits & 0x7fffff;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(bits >> 23 & 0xff) - 127 + bias;
  const std::uint32_t signed_zero = sign << (exponent_bits + mantissa_bits);
  if (exponent <= 0) return static_cast<std::uint16_t>(signed_zero);
  return static_cast<std::uint16_t>(signed_zero | static_cast<std::uint32_t>(exponent) << mantissa_bits |
                                    mantissa >> (23 - mantissa_bits));
}

std::uint64_t bytes_of(std::uint32_t dtype) {
  switch (dtype) {
    case CHIPFIT_F64:
      return 8;
    case CHIPFIT_F32:
    case CHIPFIT_I32:
      return 4;
    case CHIPFIT_F16:
    case CHIPFIT_BF16:
      return 2;
    default:
      return 1;
  }
}

std::vector<std::byte> random_elements(std::uint32_t dtype, std::size_t count) {
  std::vector<std::byte> bytes(count * bytes_of(dtype));
  std::mt19937 random(1);
  std::uniform_real_distribution<float> real(-1, 1);
  for (std::size_t i = 0; i < count; ++i) switch (dtype) {
      case CHIPFIT_F64:
        put<double>(bytes, i, real(random));
        break;
      case CHIPFIT_F32:
        put<float>(bytes, i, real(random));
        break;
      case CHIPFIT_F16:
        put<std::uint16_t>(bytes, i, narrowed(real(random), 5, 10));
        break;
      case CHIPFIT_BF16:
        put<std::uint16_t>(bytes, i, narrowed(real(random), 8, 7));
        break;
      case CHIPFIT_E4M3:
        put<std::uint8_t>(bytes, i, static_cast<std::uint8_t>(narrowed(real(random), 4, 3)));
        break;
      case CHIPFIT_E5M2:
        put<std::uint8_t>(bytes, i, static_cast<std::uint8_t>(narrowed(real(random), 5, 2)));
        break;
      case CHIPFIT_I32:
        put<std::int32_t>(bytes, i, static_cast<std::int32_t>(random() % 256) - 128);
        break;
      default:
        put<std::uint8_t>(bytes, i, static_cast<std::uint8_t>(random()));
    }
  return bytes;
}

Memory random_memory(const Driver& driver, const Stream& stream, std::uint32_t dtype, std::uint64_t elements) {
  Memory memory(driver, elements * bytes_of(dtype));
  const std::vector<std::byte> block = random_elements(dtype, std::min(elements, kBlockElements));
  driver.check(driver.copy_to_device(memory.address(), block.data(), block.size(), stream.get()), "cuMemcpyHtoDAsync");
  for (std::uint64_t done = block.size(); done < memory.bytes();) {
    const std::uint64_t more = std::min(done, memory.bytes() - done);
    driver.check(driver.copy_on_device(memory.address() + done, memory.address(), more, stream.get()),
                 "cuMemcpyDtoDAsync");
    done += more;
  }
  stream.synchronize();  // the block leaves the host before it is freed
  return memory;
}

}  // namespace cuda
