#include "backends/cuda/conv_graph.hpp"

#include <algorithm>
#include <chipfit/chipfit_plugin.hpp>

#include "backends/common/cuda/view_alignment.hpp"

namespace cuda {
namespace {

enum Uid : std::int64_t { kX = 1, kW = 2, kY = 3 };

Descriptor make(const Cudnn& dnn, cudnnBackendDescriptorType_t type) {
  return {dnn.descriptor_destroy, [&](cudnnBackendDescriptor_t* made) {
            dnn.check(dnn.descriptor_create(type, made), "cudnnBackendCreateDescriptor");
          }};
}

void set_many(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
              std::int64_t count, const void* values) {
  dnn.check(dnn.descriptor_set(d.get(), name, type, count, values), "cudnnBackendSetAttribute");
}
template <class Value>
void set(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
         Value value) {
  set_many(dnn, d, name, type, 1, &value);
}
void set(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name, const Descriptor& value) {
  set(dnn, d, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, value.get());
}
template <std::size_t count>
void set(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name,
         const std::array<std::int64_t, count>& values) {
  set_many(dnn, d, name, CUDNN_TYPE_INT64, count, values.data());
}
void finalize(const Cudnn& dnn, const Descriptor& d) {
  dnn.check(dnn.descriptor_finalize(d.get()), "cudnnBackendFinalize");
}

/// Up to `most` values of an attribute; none where the library has none.
template <class Value>
std::vector<Value> get(const Cudnn& dnn, cudnnBackendDescriptor_t d, cudnnBackendAttributeName_t name,
                       cudnnBackendAttributeType_t type, std::size_t most) {
  std::vector<Value> values(most);
  std::int64_t count = 0;
  const auto status = dnn.descriptor_get(d, name, type, static_cast<std::int64_t>(most), &count, values.data());
  if (status == CUDNN_STATUS_NOT_SUPPORTED) return {};
  dnn.check(status, "cudnnBackendGetAttribute");
  values.resize(std::min(most, static_cast<std::size_t>(std::max<std::int64_t>(count, 0))));
  return values;
}

/// The same for descriptors, which the library fills in: those it did not use are dropped.
std::vector<Descriptor> get_descriptors(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name,
                                        cudnnBackendDescriptorType_t type, std::size_t most) {
  std::vector<Descriptor> made;
  std::vector<cudnnBackendDescriptor_t> handles;
  for (std::size_t i = 0; i < most; ++i) handles.push_back(made.emplace_back(make(dnn, type)).get());
  std::int64_t count = 0;
  const auto status = dnn.descriptor_get(d.get(), name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(most),
                                         &count, handles.data());
  dnn.check(status, "cudnnBackendGetAttribute");
  made.resize(std::min(most, static_cast<std::size_t>(std::max<std::int64_t>(count, 0))));
  return made;
}

Descriptor tensor(const Cudnn& dnn, Uid uid, const Tensor& t) {
  Descriptor d = make(dnn, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  set(dnn, d, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, t.type);
  set(dnn, d, CUDNN_ATTR_TENSOR_DIMENSIONS, t.extents);
  set(dnn, d, CUDNN_ATTR_TENSOR_STRIDES, t.strides);
  set(dnn, d, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, static_cast<std::int64_t>(uid));
  set(dnn, d, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, std::int64_t{kViewAlignment});
  finalize(dnn, d);
  return d;
}

Descriptor convolution_of(const Cudnn& dnn, const ConvDescription& c) {
  Descriptor d = make(dnn, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, c.compute);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64, std::int64_t{2});
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_DILATIONS, c.dilation);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, c.stride);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, c.padding);
  set(dnn, d, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, c.padding);
  finalize(dnn, d);
  return d;
}

/// The attributes' names, which each direction has of its own.
struct Direction {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, convolution, x, w, y;
};
Direction direction_of(std::uint32_t op) {
  switch (op) {
    case CHIPFIT_CONV_BWD_DATA:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
    case CHIPFIT_CONV_BWD_WEIGHTS:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
    default:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
  }
}

void set_scale(const Cudnn& dnn, const Descriptor& d, cudnnBackendAttributeName_t name, const ConvDescription& c,
               bool one) {
  if (c.compute == CUDNN_DATA_DOUBLE)
    set(dnn, d, name, CUDNN_TYPE_DOUBLE, one ? 1.0 : 0.0);
  else
    set(dnn, d, name, CUDNN_TYPE_FLOAT, one ? 1.0f : 0.0f);
}

std::vector<Descriptor> heuristic(const Cudnn& dnn, const ConvGraph& graph, const ConvTarget& target,
                                  cudnnBackendHeurMode_t mode) {
  const Descriptor d = make(dnn, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  set(dnn, d, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.graph);
  set(dnn, d, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
  if (target.properties)
    set(dnn, d, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, CUDNN_TYPE_BACKEND_DESCRIPTOR, target.properties);
  const cudnnStatus_t status = dnn.descriptor_finalize(d.get());
  // A mode that knows nothing of such a graph leaves it to the next.
  if (status_of(status) == CHIPFIT_UNSUPPORTED) return {};
  dnn.check(status, "cudnnBackendFinalize");
  std::int64_t most = 0;
  dnn.check(
      dnn.descriptor_get(d.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &most, nullptr),
      "cudnnBackendGetAttribute");
  return get_descriptors(dnn, d, CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                         static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
}

struct Engine {
  std::string name;
  const char* fault;
};
Engine inspect(const Cudnn& dnn, const Descriptor& config, const ConvDescription& c) {
  const auto engines = get_descriptors(dnn, config, CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
  if (engines.empty()) return {"eng ?", "a configuration without an engine"};
  const auto engine = engines[0].get();
  const auto index = get<std::int64_t>(dnn, engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1);
  std::string name = "eng " + (index.empty() ? std::string("?") : std::to_string(index[0]));
  for (const Descriptor& knob : get_descriptors(dnn, config, CUDNN_ATTR_ENGINECFG_KNOB_CHOICES,
                                                CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, CUDNN_KNOB_TYPE_COUNTS)) {
    const auto type =
        get<cudnnBackendKnobType_t>(dnn, knob.get(), CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1);
    const auto value = get<std::int64_t>(dnn, knob.get(), CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE, CUDNN_TYPE_INT64, 1);
    if (!type.empty() && !value.empty())
      name += " k" + std::to_string(static_cast<int>(type[0])) + "=" + std::to_string(value[0]);
  }
  const auto numerical = get<cudnnBackendNumericalNote_t>(dnn, engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                                                          CUDNN_TYPE_NUMERICAL_NOTE, CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  const auto behavior = get<cudnnBackendBehaviorNote_t>(dnn, engine, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE,
                                                        CUDNN_TYPE_BEHAVIOR_NOTE, CUDNN_BEHAVIOR_NOTE_TYPE_COUNT);
  return {name, fault_of(c.exactness, c.x.type == CUDNN_DATA_FLOAT, numerical, behavior)};
}

}  // namespace

ConvGraph::ConvGraph(const Cudnn& dnn, const ConvDescription& c, const ConvTarget& target)
    : x(tensor(dnn, kX, c.x)), w(tensor(dnn, kW, c.w)), y(tensor(dnn, kY, c.y)), convolution(convolution_of(dnn, c)) {
  const Direction names = direction_of(c.op);
  operation = make(dnn, names.type);
  set_scale(dnn, operation, names.alpha, c, true);
  set_scale(dnn, operation, names.beta, c, c.adds);
  set(dnn, operation, names.convolution, convolution);
  set(dnn, operation, names.x, x);
  set(dnn, operation, names.w, w);
  set(dnn, operation, names.y, y);
  finalize(dnn, operation);
  graph = make(dnn, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  if (target.handle) set(dnn, graph, CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, target.handle);
  set(dnn, graph, CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
  finalize(dnn, graph);
}

Engines engines_for(const Cudnn& dnn, const ConvGraph& graph, const ConvDescription& c, const ConvTarget& target) {
  Engines engines;
  for (const auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_B, CUDNN_HEUR_MODE_FALLBACK})
    for (Descriptor& config : heuristic(dnn, graph, target, mode)) {
      const Engine engine = inspect(dnn, config, c);
      if (engine.fault) {
        engines.refused = engine.name + ": " + engine.fault;
        continue;
      }
      const bool known = std::any_of(engines.usable.begin(), engines.usable.end(),
                                     [&](const EngineConfig& other) { return other.name == engine.name; });
      if (!known) engines.usable.push_back({std::move(config), engine.name});
    }
  return engines;
}

ConvPlan make_plan(const Cudnn& dnn, const EngineConfig& engine, const ConvTarget& target) {
  ConvPlan plan{make(dnn, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR), 0, engine.name};
  if (target.handle) set(dnn, plan.plan, CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, target.handle);
  if (target.properties)
    set(dnn, plan.plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, CUDNN_TYPE_BACKEND_DESCRIPTOR, target.properties);
  set(dnn, plan.plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine.config);
  finalize(dnn, plan.plan);
  const auto bytes =
      get<std::int64_t>(dnn, plan.plan.get(), CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1);
  plan.workspace_bytes = bytes.empty() ? 0 : static_cast<std::uint64_t>(bytes[0]);
  return plan;
}

ConvAddresses addresses(std::uint32_t op, void* in0, void* in1, void* out, void* workspace) {
  switch (op) {
    case CHIPFIT_CONV_BWD_DATA:
      return {out, in1, in0, workspace};
    case CHIPFIT_CONV_BWD_WEIGHTS:
      return {in0, out, in1, workspace};
    default:
      return {in0, in1, out, workspace};
  }
}

Descriptor variant_pack(const Cudnn& dnn, const ConvAddresses& at) {
  Descriptor d = make(dnn, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  const std::array<void*, 3> pointers = {at.x, at.w, at.y};
  set(dnn, d, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, std::array<std::int64_t, 3>{kX, kW, kY});
  set_many(dnn, d, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 3, pointers.data());
  set(dnn, d, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, at.workspace);
  finalize(dnn, d);
  return d;
}

Descriptor described_device(const Cudnn& dnn, const std::string& json) {
  Descriptor d = make(dnn, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  set_many(dnn, d, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(json.size()),
           json.data());
  finalize(dnn, d);
  return d;
}

}  // namespace cuda
