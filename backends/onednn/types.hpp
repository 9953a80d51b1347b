#pragma once
#include <chipfit/chipfit_plugin.h>

#include <dnnl.hpp>
#include <string>
#include <vector>

namespace onednn {

struct Types {
  dnnl::memory::data_type in0, in1, out;
};

/// A way to compute a problem: the types of oneDNN's operands, which may be narrower than the user's where the math
/// mode allows it, and how f32 may be multiplied.
struct Arithmetic {
  Types types;
  dnnl::fpmath_mode math;
};

/// The types of the user's operands; unsupported where oneDNN has no such product, or not one that is exact.
Types types_of(const chipfit_problem&);

/// True for i8·i8; u8·i8 is what the CPU has an instruction for.
bool multiplies_signed_bytes(const Types&);

/// The type in which oneDNN accumulates these.
dnnl::memory::data_type accumulator_of(const Types&);

/// Every arithmetic that the problem's math mode allows, the most precise first; at least one.
std::vector<Arithmetic> arithmetics_of(const chipfit_problem&);

/// "f32·f32 → f32", for reasons.
std::string words_of_types(const chipfit_problem&);

/// "oneDNN 2.6.3": the library that was loaded.
std::string library_name();

}  // namespace onednn
