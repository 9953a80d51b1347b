#pragma once
#include <string>
#include <vector>

#include "backends/cuda/conv_layout.hpp"
#include "backends/cuda/cudnn.hpp"
#include "backends/cuda/descriptor.hpp"

namespace cuda {

using Descriptor = Owned<cudnnBackendDescriptor_t>;

/// The device that engines are sought for: the handle of one that is here, or the properties of one that is described.
/// Everything but execution works with a described one.
struct ConvTarget {
  cudnnHandle_t handle = nullptr;
  cudnnBackendDescriptor_t properties = nullptr;
};

/// One convolution as an operation graph, and the descriptors that it is made of.
struct ConvGraph {
  ConvGraph(const Cudnn&, const ConvDescription&, const ConvTarget&);

  Descriptor x, w, y, convolution, operation, graph;
};

/// One way to compute a graph: an engine with its knobs.
struct EngineConfig {
  Descriptor config;
  std::string name;  ///< "eng 45 k2=1 k6=0"
};

struct Engines {
  std::vector<EngineConfig> usable;  ///< best first; heuristic modes A, B and FALLBACK, each configuration once
  std::string refused;               ///< the engine passed over last, and why: "eng 67: f32 operands cut to tf32"
};

Engines engines_for(const Cudnn&, const ConvGraph&, const ConvDescription&, const ConvTarget&);

/// An engine made ready for execution.
struct ConvPlan {
  Descriptor plan;
  std::uint64_t workspace_bytes;
  std::string name;
};

/// Failure (UNSUPPORTED) where the engine turns out not to serve the graph.
ConvPlan make_plan(const Cudnn&, const EngineConfig&, const ConvTarget&);

/// Where the operands of one execution lie.
struct ConvAddresses {
  void *x, *w, *y, *workspace;
};
/// in[0], in[1] and out of the harness, by what they are in this direction.
ConvAddresses addresses(std::uint32_t op, void* in0, void* in1, void* out, void* workspace);

Descriptor variant_pack(const Cudnn&, const ConvAddresses&);

/// A device from its description in the library's own JSON; Failure where the library does not take it.
Descriptor described_device(const Cudnn&, const std::string& json);

}  // namespace cuda
