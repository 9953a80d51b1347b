#pragma once
#include <array>
#include <dnnl.hpp>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "backends/onednn/types.hpp"

namespace onednn {

/// in[0], in[1] and out, as chipfit_op orders them.
using Operands = std::array<dnnl::memory::desc, 3>;
using Arguments = std::array<int, 3>;  ///< DNNL_ARG_… of each

/// One way in which oneDNN would compute a problem, in memory formats of its own choice or of ours.
struct Candidate {
  dnnl::primitive_desc primitive;
  Arguments arguments;
  bool adds;  ///< the primitive itself adds to its output

  dnnl::memory::desc needs(std::size_t operand) const {
    return primitive.query_md(dnnl::query::exec_arg_md, arguments[operand]);
  }
};

inline bool operator==(const Candidate& a, const Candidate& b) {
  return std::string_view(a.primitive.impl_info_str()) == b.primitive.impl_info_str() && a.adds == b.adds &&
         a.needs(0) == b.needs(0) && a.needs(1) == b.needs(1) && a.needs(2) == b.needs(2);
}

/// fresh: reordered in every run. prepacked: reordered in the first run with their address only. That is for comparing
/// kernels with libraries that keep packed weights; whoever changes the data in place gets the old results.
enum class Weights { fresh, prepacked };

/// Implementations that are wrong for a problem: those with `part` in their name.
struct Ban {
  std::string_view part, reason;
};

/// What oneDNN has for a problem.
struct Offer {
  Operands user;  ///< as the harness stores them: plain
  std::vector<Ban> bans{};
  std::vector<Candidate> candidates{};  ///< the one to take unseen first
  std::string refused{};                ///< the implementation that was passed over last, and why
  std::string caution{};                ///< goes beside the algorithm's name
  /// The forward primitive that backward candidates were asked for with: they point to it.
  dnnl::convolution_forward::primitive_desc hint{};
};

/// The CPU. Never destroyed: primitives may live until the process ends.
inline const dnnl::engine& cpu() {
  static const dnnl::engine& engine = *new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// Most kernels for bytes round sums beyond 2^24: they pass through f32 on their way out, or shift one of two signed
/// operands to u8 and take the surplus off in f32. A sum of this many products stays below for any data …
inline constexpr std::int64_t safe_byte_sum = (1 << 24) / (255 * 128);
/// … and one of this many by 8 standard deviations for uniformly distributed bytes (one product: 147·73).
inline constexpr std::int64_t likely_byte_sum = 1 << 15;
inline constexpr const char* sums_below_2_24 = " (exact for sums below 2^24)";

/// Why an implementation is not to be used; empty where it is fine. Reference code is 1000 times slower than what the
/// library is known for.
inline std::string_view fault_of(const Offer& offer, std::string_view name) {
  if (name.starts_with("ref")) return "slow reference code";
  for (const Ban& ban : offer.bans)
    if (name.find(ban.part) != std::string_view::npos) return ban.reason;
  return "";
}

/// Attributes of a primitive: scratchpad from us, multiplication as asked, and the output added to where `adds`.
inline dnnl::primitive_attr attributes(dnnl::fpmath_mode math, bool adds) {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_fpmath_mode(math);
  if (adds) {
    dnnl::post_ops post;
    post.append_sum(1.0f);
    attr.set_post_ops(post);
  }
  return attr;
}

/// Adds the first implementation without fault of the operation that `describe()` gives; nothing where there is none,
/// or none that is new. `hint` is the forward primitive for a backward one.
template <class Primitive, class Describe, class... Hint>
void consider(Offer& offer, const Arguments& arguments, bool adds, dnnl::fpmath_mode math, Describe describe,
              const Hint&... hint) {
  try {
    // Both are pointed to while implementations are walked through.
    const typename Primitive::desc description = describe();
    const dnnl::primitive_attr attr = attributes(math, adds);
    typename Primitive::primitive_desc primitive(description, attr, cpu(), hint...);
    for (;;) {
      const std::string_view name = primitive.impl_info_str(), fault = fault_of(offer, name);
      if (fault.empty()) break;
      offer.refused = std::string(name).append(": ").append(fault);
      if (!primitive.next_impl()) return;
    }
    const Candidate candidate{primitive, arguments, adds};
    for (const Candidate& other : offer.candidates)
      if (other == candidate) return;
    offer.candidates.push_back(candidate);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
    if (error.status != dnnl_unimplemented && error.status != dnnl_invalid_arguments) throw;
  }
}

}  // namespace onednn
