#include "kernels/cuda/choose.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cuda/hopper_maps.hpp"

namespace chipfit::cuda {

namespace {

constexpr std::int64_t kCount = std::int64_t{1} << 31;

Result<Plan> no_kernel(const std::string& why) {
  return fail(Error::Kind::usage, why);
}

bool has_kernels(const DtypeCombo& d) {
  if (d.a != d.b) return false;
  switch (d.a) {
    case Dtype::f64:
      return d.acc == Dtype::f64 && d.out == Dtype::f64;
    case Dtype::f32:
      return d.acc == Dtype::f32 && d.out == Dtype::f32;
    case Dtype::f16:
    case Dtype::bf16:
      return d.acc == Dtype::f32 && (d.out == d.a || d.out == Dtype::f32);
    case Dtype::e4m3:
      return d.acc == Dtype::f32 && (d.out == Dtype::bf16 || d.out == Dtype::f32);
    case Dtype::i8:
      return d.acc == Dtype::i32 && d.out == Dtype::i32;
    default:
      return false;
  }
}

/// Extents are counted in 32 bits, with room for a tile; positions in an image with room for padding and dilation.
bool is_countable(const Problem& problem) {
  if (const auto* g = std::get_if<GemmProblem>(&problem))
    return std::max({g->m, g->n, g->k}) < kCount - 1024 && g->batch < kCount;
  const auto& c = std::get<ConvProblem>(problem);
  for (const std::int64_t x :
       {c.n, c.c, c.h, c.w, c.k, c.r, c.s, c.pad_h, c.pad_w, c.stride_h, c.stride_w, c.dil_h, c.dil_w})
    if (x >= kCount / 4) return false;
  const auto below = [](double product) { return product < static_cast<double>(kCount - 1024); };
  const auto d = [](std::int64_t x) { return static_cast<double>(x); };
  return below(d(c.n) * d(c.h) * d(c.w)) && below(d(c.n) * d(c.p()) * d(c.q())) && below(d(c.r) * d(c.s) * d(c.c)) &&
         below(d(c.r) * d(c.s) * d(c.k)) && below(4.0 * (d(c.h) + d(c.pad_h) + d(c.dil_h) * d(c.r))) &&
         below(4.0 * (d(c.w) + d(c.pad_w) + d(c.dil_w) * d(c.s)));
}

/// Parts of a sum so that every multiprocessor has a tile: no part below four tiles of k, no more than 32 parts.
int wanted_splits(std::int64_t tiles, std::int64_t k_tiles, int multiprocessors) {
  const std::int64_t idle = multiprocessors / std::max<std::int64_t>(tiles, 1);
  return static_cast<int>(std::clamp<std::int64_t>(std::min(idle, k_tiles / 4), 1, 32));
}

std::int64_t tiles_of(std::int64_t m, std::int64_t n, std::int64_t batch, int block_n) {
  return (m + 127) / 128 * ((n + block_n - 1) / block_n) * batch;
}

void set_work(Plan& plan, std::int64_t m, std::int64_t n, std::int64_t k_tiles, std::int64_t batch,
              int multiprocessors) {
  const int splits = wanted_splits(tiles_of(m, n, batch, plan.block_n), k_tiles, multiprocessors);
  plan.schedule = Schedule::of(m, n, k_tiles, batch, 128, plan.block_n, splits);
  // The tiles that run at once form about a square.
  plan.schedule.group_m = std::max(1, static_cast<int>(std::lround(std::sqrt(multiprocessors * plan.block_n / 128.0))));
  const std::int64_t sum_bytes = plan.element == Element::f64 ? 8 : 4;
  if (plan.schedule.splits > 1) plan.workspace_bytes = plan.schedule.splits * batch * m * n * sum_bytes;
}

std::string described(const Plan& plan, const std::string& instruction, int k_tile) {
  static constexpr const char* types[] = {"f64", "f32", "tf32", "f16", "bf16", "e4m3", "i8", "i32"};
  std::string name = instruction + " " + types[static_cast<int>(plan.element)];
  if (plan.kernel == Kernel::depthwise) return name;
  name += " 128x" + std::to_string(plan.block_n) + "x" + std::to_string(k_tile);
  if (plan.schedule.splits > 1) name += ", split " + std::to_string(plan.schedule.splits);
  return name;
}

bool is_depthwise(const Problem& problem) {
  const auto* c = std::get_if<ConvProblem>(&problem);
  return c != nullptr && c->groups == c->c && c->groups > 1;
}

Plan depthwise(Plan plan, int multiprocessors) {
  const auto& c = std::get<ConvProblem>(plan.problem);
  plan.kernel = Kernel::depthwise;
  if (plan.element == Element::tf32) plan.element = Element::f32;
  if (c.k == c.c && c.c % 4 == 0) plan.channels_per_thread = 4;
  if (c.direction == ConvDirection::bwd_weights) {
    plan.channels_per_thread = 1;
    const std::int64_t blocks = c.r * c.s * ((c.k + 31) / 32), pixels = c.n * c.p() * c.q();
    plan.schedule.splits = static_cast<int>(std::clamp<std::int64_t>(
        std::min(4 * multiprocessors / std::max<std::int64_t>(blocks, 1), pixels / 256), 1, 64));
    if (plan.schedule.splits > 1)
      plan.workspace_bytes = plan.schedule.splits * c.k * c.r * c.s * (plan.element == Element::f64 ? 8 : 4);
  }
  plan.name = described(plan, "depthwise", 0);
  return plan;
}

/// A Hopper kernel; error (usage) where the copy engine or wgmma does not take the operands.
Result<Plan> plan_for_hopper(Plan plan, int multiprocessors) {
  const Result<HopperLowered> l = lower_for_hopper(plan.problem, 128);
  if (!l) return pass_on(l.error());
  plan.kernel = Kernel::hopper;
  const bool wide = l->source == Source::matrix && plan.element != Element::e4m3 &&
                    tiles_of(l->m, l->n, l->batch, 256) >= multiprocessors;
  plan.block_n = wide ? 256 : 128;
  set_work(plan, l->m, l->n, l->k_slices, l->batch, multiprocessors);
  plan.name = described(plan, l->source == Source::im2col ? "wgmma im2col" : "wgmma", 128 / bytes_of(plan.element));
  if (plan.element == Element::e4m3) plan.name += ", sums promoted every 128 of k";
  return plan;
}

}  // namespace

Result<Plan> choose(const Problem& problem, const Capability& device) {
  if (device.major < 8) return no_kernel("the kernels need compute capability 8.0");
  if (!has_kernels(dtypes(problem))) return no_kernel("no kernel for " + to_string(dtypes(problem)));
  const auto* conv = std::get_if<ConvProblem>(&problem);
  if (conv != nullptr && conv->layout != Layout::nhwc) return no_kernel("the kernels take NHWC only");
  if (!is_countable(problem)) return no_kernel("an extent passes 2^31");

  Plan plan;
  plan.problem = problem;
  plan.element = element_of(problem);
  // Code for sm_90a runs on compute capability 9.0 and on no other.
  const bool is_hopper = device.major == 9;
  if (plan.element == Element::e4m3) {
    if (!is_hopper || is_depthwise(problem)) return no_kernel("fp8 is computed by wgmma alone");
    return plan_for_hopper(std::move(plan), device.multiprocessors);
  }
  if (is_depthwise(problem)) return depthwise(std::move(plan), device.multiprocessors);
  if (is_hopper && plan.element != Element::f64 && plan.element != Element::f32)
    if (Result<Plan> hopper = plan_for_hopper(plan, device.multiprocessors)) return hopper;

  const Lowered l = lower(problem, mma_majors(problem));
  const int bytes = bytes_of(plan.element);
  int k_tile = bytes == 8 ? 16 : 64 / bytes;
  const char* instruction = "mma.sync";
  plan.kernel = Kernel::mma;
  if (plan.element == Element::f32) {
    plan.kernel = Kernel::simt, k_tile = 16, instruction = "fma";
  } else if (plan.element == Element::f64 && is_hopper && conv == nullptr) {
    plan.kernel = Kernel::dmma_m16, instruction = "dmma m16n8k16";
  }
  set_work(plan, l.m, l.n, (l.k + k_tile - 1) / k_tile, l.batch, device.multiprocessors);
  if (plan.schedule.total() >= kCount) return no_kernel("more than 2^31 tiles");
  plan.name = described(plan, std::string(instruction) + (conv == nullptr ? "" : " implicit"), k_tile);
  return plan;
}

}  // namespace chipfit::cuda
