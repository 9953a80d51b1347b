#pragma once
#include <chipfit/chipfit_host.hpp>

#include <optional>
#include <unordered_map>

#include "backends/onednn/offer.hpp"

namespace onednn {

/// A candidate made ready to run: reorders of the user's operands into the formats it needs, the primitive, and the
/// reorder of its output, with all the memory between them. Not to be copied: it owns what its steps point to.
class Program {
 public:
  /// Throws dnnl::error (unimplemented) where oneDNN has no reorder for it, std::bad_alloc where memory is short.
  Program(const Candidate&, const Operands& user, bool accumulate, Weights, unsigned threads);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// "brgconv:avx512_core+reorder", "brg:avx512_core_vnni+prepacked"
  const std::string& algorithm() const { return algorithm_; }

  /// True where the second operand is reordered in the first run only.
  bool keeps_weights() const;
  /// The next run reorders them, wherever they lie.
  void forget_weights() { packed_from_ = nullptr; }

  /// Computes; finished on return.
  void run(const void* in0, const void* in1, void* out);

 private:
  struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> arguments;
    bool packs_weights = false;
  };
  void add(const dnnl::primitive_desc_base&, const dnnl::primitive&, std::unordered_map<int, dnnl::memory>);
  void add_reorder(const dnnl::memory& from, const dnnl::memory& to, bool adds);
  dnnl::memory allocate(const dnnl::memory::desc&);

  unsigned threads_;
  dnnl::stream stream_;
  std::array<dnnl::memory, 3> user_;
  std::vector<chipfit::plugin::HostBuffer> buffers_;
  std::vector<Step> steps_;
  const void* packed_from_ = nullptr;
  std::string algorithm_;
};

}  // namespace onednn
