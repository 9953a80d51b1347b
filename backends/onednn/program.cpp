#include "backends/onednn/program.hpp"

#include <algorithm>
#include <cstring>

#include "backends/onednn/threads.hpp"

namespace onednn {

Program::Program(const Candidate& candidate, const Operands& user, bool accumulate, Weights weights, unsigned threads)
    : threads_(threads), stream_(cpu()), algorithm_(candidate.primitive.impl_info_str()) {
  std::array<dnnl::memory, 3> operand;
  for (std::size_t i = 0; i < 3; ++i) {
    user_[i] = dnnl::memory(user[i], cpu(), DNNL_MEMORY_NONE);
    const bool added_later = i == 2 && accumulate && !candidate.adds;
    const dnnl::memory::desc needs = candidate.needs(i);
    operand[i] = needs == user[i] && !added_later ? user_[i] : allocate(needs);
  }
  for (std::size_t i = 0; i < 2; ++i)
    if (operand[i] != user_[i]) {
      add_reorder(user_[i], operand[i], false);
      // The second operand of a gradient of filters is no weights.
      steps_.back().packs_weights = weights == Weights::prepacked && candidate.arguments[i] == DNNL_ARG_WEIGHTS;
    }
  std::unordered_map<int, dnnl::memory> arguments;
  for (std::size_t i = 0; i < 3; ++i) arguments[candidate.arguments[i]] = operand[i];
  add(candidate.primitive, dnnl::primitive(candidate.primitive), std::move(arguments));
  if (operand[2] != user_[2]) add_reorder(operand[2], user_[2], accumulate);
  if (steps_.size() > (keeps_weights() ? 2 : 1)) algorithm_ += "+reorder";
  if (keeps_weights()) algorithm_ += "+prepacked";
}

bool Program::keeps_weights() const {
  return std::ranges::any_of(steps_, &Step::packs_weights);
}

void Program::add(const dnnl::primitive_desc_base& description, const dnnl::primitive& primitive,
                  std::unordered_map<int, dnnl::memory> arguments) {
  const dnnl::memory::desc scratchpad = description.scratchpad_desc();
  if (scratchpad.get_size() > 0) arguments[DNNL_ARG_SCRATCHPAD] = allocate(scratchpad);
  steps_.push_back({primitive, std::move(arguments), false});
}

void Program::add_reorder(const dnnl::memory& from, const dnnl::memory& to, bool adds) {
  const dnnl::reorder::primitive_desc description(cpu(), from.get_desc(), cpu(), to.get_desc(),
                                                  attributes(dnnl::fpmath_mode::strict, adds));
  add(description, dnnl::reorder(description), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

dnnl::memory Program::allocate(const dnnl::memory::desc& description) {
  chipfit::plugin::HostBuffer& buffer = buffers_.emplace_back(description.get_size());
  // Some kernels multiply unused parts of their scratchpads by zero: a NaN there would reach the result.
  std::memset(buffer.data(), 0, description.get_size());
  return {description, cpu(), buffer.data()};
}

void Program::run(const void* in0, const void* in1, void* out) {
  use_threads(threads_);
  user_[0].set_data_handle(const_cast<void*>(in0));
  user_[1].set_data_handle(const_cast<void*>(in1));
  user_[2].set_data_handle(out);
  for (const Step& step : steps_)
    if (!step.packs_weights || packed_from_ != in1) step.primitive.execute(stream_, step.arguments);
  stream_.wait();
  packed_from_ = in1;
}

}  // namespace onednn
