#include "kernels/cuda/launch.hpp"

#include <algorithm>

#include "kernels/cuda/hopper_maps.hpp"
#include "kernels/cuda/launchers.hpp"

namespace chipfit::cuda {

namespace {

/// Addresses and the queue of one launch; all zero when only configuring.
struct Call {
  Step step;
  const void *in0 = nullptr, *in1 = nullptr;
  void *out = nullptr, *workspace = nullptr, *stream = nullptr;
  int multiprocessors = 1;
};

Element sum_element(Element element) {
  if (element == Element::f64) return Element::f64;
  return element == Element::i8 ? Element::i32 : Element::f32;
}

const char* reduce(const Plan& plan, const Output& out, const Partial& partial, const Call& call) {
  if (plan.schedule.splits == 1) return nullptr;
  return launch_reduce(sum_element(plan.element), out, partial, plan.schedule.splits, call.step, call.stream);
}

template <class Arguments>
const char* run_mma(const Plan& plan, const Arguments& args, Majors m, const Call& call) {
  switch (plan.element) {
    case Element::bf16:
      return launch_mma<Element::bf16>(args, m.a, m.b, call.step, call.stream);
    case Element::f16:
      return launch_mma<Element::f16>(args, m.a, m.b, call.step, call.stream);
    case Element::tf32:
      return launch_mma<Element::tf32>(args, m.a, m.b, call.step, call.stream);
    case Element::i8:
      return launch_mma<Element::i8>(args, m.a, m.b, call.step, call.stream);
    default:
      return launch_mma<Element::f64>(args, m.a, m.b, call.step, call.stream);
  }
}

const char* run_tiles(const Plan& plan, const Call& call) {
  const Majors majors = plan.kernel == Kernel::simt ? simt_majors : mma_majors(plan.problem);
  Lowered l = lower(plan.problem, majors);
  set_data(l, call.in0, call.in1, call.out);
  set_schedule(l, plan.schedule, call.workspace);
  return std::visit(
      [&](const auto& args) -> const char* {
        const char* error = nullptr;
        if (plan.kernel == Kernel::simt)
          error = launch_simt(args, call.step, call.stream);
        else if (plan.kernel == Kernel::mma)
          error = run_mma(plan, args, majors, call);
        else if constexpr (std::is_same_v<std::decay_t<decltype(args)>, DenseArguments>)
          error = launch_dmma_m16(args, call.step, call.stream);
        return error ? error : reduce(plan, args.out, args.partial, call);
      },
      l.arguments);
}

using LaunchHopper = const char* (*)(const HopperLaunch&, Step, void*);

LaunchHopper launcher_of(Element element, Source source) {
  const bool matrix = source == Source::matrix;
  switch (element) {
    case Element::bf16:
      return matrix ? launch_hopper<Element::bf16> : launch_hopper_image<Element::bf16>;
    case Element::f16:
      return matrix ? launch_hopper<Element::f16> : launch_hopper_image<Element::f16>;
    case Element::tf32:
      return launch_hopper<Element::tf32>;
    case Element::e4m3:
      return launch_hopper<Element::e4m3>;
    case Element::e5m2:
      return launch_hopper<Element::e5m2>;
    case Element::e4m3_e5m2:
      return launch_hopper<Element::e4m3_e5m2>;
    case Element::e5m2_e4m3:
      return launch_hopper<Element::e5m2_e4m3>;
    default:
      return launch_hopper<Element::i8>;
  }
}

const char* run_hopper(const Plan& plan, const Call& call) {
  Result<HopperLowered> lowered = lower_for_hopper(plan.problem, plan.tile);
  if (!lowered) return "the plan is not of this problem";
  HopperLowered& l = *lowered;
  set_data(l, call.in0, call.in1, call.out);
  set_schedule(l, plan.schedule, call.workspace);
  const int cluster = facts_of(plan.tile).cluster;
  const std::int64_t clusters = std::min<std::int64_t>(plan.schedule.total(), call.multiprocessors / cluster);
  const HopperLaunch launch{l.a, l.b, l.out, l.work, l.majors.a, l.majors.b, l.source, plan.tile, clusters * cluster};
  const char* error = launcher_of(plan.element, l.source)(launch, call.step, call.stream);
  return error ? error : reduce(plan, l.work.out, l.work.partial, call);
}

const char* run_depthwise(const Plan& plan, const Call& call) {
  DepthwiseArguments args = lower_depthwise(std::get<ConvProblem>(plan.problem));
  args.in0 = call.in0, args.in1 = call.in1, args.out.data = call.out, args.partial.data = call.workspace;
  args.splits = plan.schedule.splits;
  const auto work = static_cast<DepthwiseWork>(std::get<ConvProblem>(plan.problem).direction);
  const auto run = [&](auto launcher) {
    return launcher(args, work, plan.channels_per_thread, call.step, call.stream);
  };
  const char* error = nullptr;
  switch (plan.element) {
    case Element::f64:
      error = run(launch_depthwise<Element::f64>);
      break;
    case Element::f16:
      error = run(launch_depthwise<Element::f16>);
      break;
    case Element::bf16:
      error = run(launch_depthwise<Element::bf16>);
      break;
    case Element::i8:
      error = run(launch_depthwise<Element::i8>);
      break;
    default:
      error = run(launch_depthwise<Element::f32>);
  }
  return error ? error : reduce(plan, args.out, args.partial, call);
}

const char* run_kernel_of(const Plan& plan, const Call& call) {
  if (plan.kernel == Kernel::hopper) return run_hopper(plan, call);
  if (plan.kernel == Kernel::depthwise) return run_depthwise(plan, call);
  return run_tiles(plan, call);
}

/// The copies of the operands, the kernel on them, and the output's way back.
const char* run_with_copies(const Plan& plan, const Call& call) {
  Call on_copies = call;
  const bool adds = accumulate(plan.problem) == Accumulate::add;
  const auto there = [&](const OperandCopy& copy) {
    return call.step == Step::configure ? nullptr : static_cast<unsigned char*>(call.workspace) + copy.workspace_at;
  };
  for (const OperandCopy& copy : plan.copies) {
    RelayoutArguments args = copy.there;
    args.to_data = there(copy);
    switch (copy.which) {
      case OperandCopy::Which::in0:
        args.from_data = call.in0, on_copies.in0 = args.to_data;
        break;
      case OperandCopy::Which::in1:
        args.from_data = call.in1, on_copies.in1 = args.to_data;
        break;
      case OperandCopy::Which::out:
        args.from_data = call.out, on_copies.out = args.to_data;
        if (!adds) continue;
    }
    if (const char* error = launch_relayout(args, copy.element_bytes, call.step, call.stream)) return error;
  }
  if (const char* error = run_kernel_of(plan, on_copies)) return error;
  for (const OperandCopy& copy : plan.copies) {
    if (copy.which != OperandCopy::Which::out) continue;
    RelayoutArguments args = copy.back;
    args.from_data = there(copy), args.to_data = call.out;
    if (const char* error = launch_relayout(args, copy.element_bytes, call.step, call.stream)) return error;
  }
  return nullptr;
}

Result<void> run(const Plan& plan, const Call& call) {
  const char* error = run_with_copies(plan, call);
  if (error) return fail(Error::Kind::internal, plan.name + ": " + error);
  return {};
}

}  // namespace

Result<void> prepare(const Plan& plan) {
  return run(plan, {Step::configure});
}

Result<void> launch(const Plan& plan, const Capability& device, const void* in0, const void* in1, void* out,
                    void* workspace, void* stream) {
  return run(plan, {Step::enqueue, in0, in1, out, workspace, stream, device.multiprocessors});
}

}  // namespace chipfit::cuda
