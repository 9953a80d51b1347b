#include "backends/onednn/types.hpp"

#include <chipfit/chipfit_plugin.hpp>

namespace onednn {
namespace {

using Type = dnnl::memory::data_type;

struct Row {
  chipfit_dtype a, b, acc, out;
  Types types;
};
// What oneDNN may know; whether this CPU has an implementation is asked for each problem.
constexpr Row table[] = {
    {CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_F32, {Type::f32, Type::f32, Type::f32}},
    {CHIPFIT_BF16, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_BF16, {Type::bf16, Type::bf16, Type::bf16}},
    {CHIPFIT_BF16, CHIPFIT_BF16, CHIPFIT_F32, CHIPFIT_F32, {Type::bf16, Type::bf16, Type::f32}},
    {CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F16, {Type::f16, Type::f16, Type::f16}},
    {CHIPFIT_F16, CHIPFIT_F16, CHIPFIT_F32, CHIPFIT_F32, {Type::f16, Type::f16, Type::f32}},
    {CHIPFIT_I8, CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, {Type::s8, Type::s8, Type::s32}},
    {CHIPFIT_U8, CHIPFIT_I8, CHIPFIT_I32, CHIPFIT_I32, {Type::u8, Type::s8, Type::s32}},
};

const char* name_of(std::uint32_t dtype) {
  constexpr const char* names[] = {"?", "f64", "f32", "f16", "bf16", "e4m3", "e5m2", "i8", "u8", "i32"};
  return dtype < std::size(names) ? names[dtype] : "?";
}

/// Without VNNI, oneDNN halves the weights of s8 products or saturates pairs of u8 products in 16 bits: not exact.
bool multiplies_bytes_exactly() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx:
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx512_mic:
    case dnnl::cpu_isa::avx512_mic_4ops:
    case dnnl::cpu_isa::avx512_core:
      return false;
    default:
      return true;
  }
}

}  // namespace

Types types_of(const chipfit_problem& p) {
  for (const Row& row : table)
    if (row.a == p.dtype_a && row.b == p.dtype_b && row.acc == p.dtype_acc && row.out == p.dtype_out) {
      if (row.types.out == Type::s32 && !multiplies_bytes_exactly())
        chipfit::plugin::unsupported("int8 products of " + library_name() + " are not exact on a CPU without VNNI");
      if (row.types.out == Type::s32 && p.accumulate)
        chipfit::plugin::unsupported(library_name() + " adds to an i32 output in f32, which rounds");
      return row.types;
    }
  chipfit::plugin::unsupported(library_name() + " has no product " + words_of_types(p));
}

bool multiplies_signed_bytes(const Types& types) {
  return types.in0 == Type::s8 && types.in1 == Type::s8;
}

dnnl::memory::data_type accumulator_of(const Types& types) {
  return types.out == Type::s32 ? Type::s32 : Type::f32;
}

std::vector<Arithmetic> arithmetics_of(const chipfit_problem& p) {
  const Types types = types_of(p);
  if (p.math != CHIPFIT_MATH_BF16 || types.in0 != Type::f32) return {{types, dnnl::fpmath_mode::strict}};
  // Without AMX the mode alone changes nothing; operands rounded to bf16 on their way in do.
  return {{types, dnnl::fpmath_mode::bf16}, {{Type::bf16, Type::bf16, Type::f32}, dnnl::fpmath_mode::strict}};
}

std::string words_of_types(const chipfit_problem& p) {
  return std::string(name_of(p.dtype_a)) + "·" + name_of(p.dtype_b) + " → " + name_of(p.dtype_out) +
         " accumulated in " + name_of(p.dtype_acc);
}

std::string library_name() {
  const dnnl_version_t* v = dnnl_version();
  return "oneDNN " + std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

}  // namespace onednn
