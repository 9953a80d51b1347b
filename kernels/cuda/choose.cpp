#include "kernels/cuda/choose.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cuda/hopper_maps.hpp"

namespace chipfit::cuda {

namespace {

constexpr std::int64_t kCount = std::int64_t{1} << 31;

tl::unexpected<Error> no_kernel(std::string why) {
  return fail(Error::Kind::usage, std::move(why));
}

bool is_fp8(Dtype d) {
  return d == Dtype::e4m3 || d == Dtype::e5m2;
}

bool has_kernels(const DtypeCombo& d) {
  if (d.a != d.b && !(is_fp8(d.a) && is_fp8(d.b))) return false;
  switch (d.a) {
    case Dtype::f64:
      return d.acc == Dtype::f64 && d.out == Dtype::f64;
    case Dtype::f32:
      return d.acc == Dtype::f32 && d.out == Dtype::f32;
    case Dtype::f16:
    case Dtype::bf16:
      return d.acc == Dtype::f32 && (d.out == d.a || d.out == Dtype::f32);
    case Dtype::e4m3:
    case Dtype::e5m2:
      return d.acc == Dtype::f32 && (d.out == Dtype::bf16 || d.out == Dtype::f16 || d.out == Dtype::f32);
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

std::int64_t ceil_divided(std::int64_t x, std::int64_t by) {
  return (x + by - 1) / by;
}

/// m×n outputs in tiles, sums in tiles of k.
struct Work {
  std::int64_t m, n, k_tiles, batch;
  int tile_m, tile_n;
  std::int64_t tiles() const { return ceil_divided(m, tile_m) * ceil_divided(n, tile_n) * batch; }
};

enum class Split { as_needed, never };

void set_work(Plan& plan, const Work& w, int units, Split split) {
  const int splits = split == Split::never ? 1 : wanted_splits(w.tiles(), w.k_tiles, units);
  plan.schedule = Schedule::of(w.m, w.n, w.k_tiles, w.batch, w.tile_m, w.tile_n, splits);
  // The tiles that run at once form about a square.
  plan.schedule.group_m =
      std::max(1, static_cast<int>(std::lround(std::sqrt(static_cast<double>(units) * w.tile_n / w.tile_m))));
  const std::int64_t sum_bytes = plan.element == Element::f64 ? 8 : 4;
  plan.workspace_bytes = plan.schedule.splits > 1 ? plan.schedule.splits * w.batch * w.m * w.n * sum_bytes : 0;
}

/// True where none of them is this kernel with the same split already.
bool plans_differ(const std::vector<Plan>& plans, const Plan& next) {
  return std::none_of(plans.begin(), plans.end(), [&](const Plan& plan) { return plan.name == next.name; });
}

std::string described(const Plan& plan, const std::string& instruction, int tile_m, int tile_n, int k_tile) {
  static constexpr const char* types[] = {"f64",  "f32",       "tf32",      "f16", "bf16", "e4m3",
                                          "e5m2", "e4m3·e5m2", "e5m2·e4m3", "i8",  "i32"};
  std::string name = instruction + " " + types[static_cast<int>(plan.element)];
  if (plan.kernel == Kernel::depthwise) return name;
  name += " " + std::to_string(tile_m) + "x" + std::to_string(tile_n) + "x" + std::to_string(k_tile);
  if (plan.kernel == Kernel::hopper) name += facts_of(plan.tile).suffix;
  if (plan.schedule.splits > 1) name += ", split " + std::to_string(plan.schedule.splits);
  return name;
}

bool is_depthwise(const Problem& problem) {
  const auto* c = std::get_if<ConvProblem>(&problem);
  return c != nullptr && c->groups == c->c;  // an image of one channel among them, as stencils have
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
  plan.name = described(plan, "depthwise", 0, 0, 0);
  return plan;
}

const char* name_of(Source source) {
  switch (source) {
    case Source::im2col:
      return "wgmma im2col";
    case Source::gradient:
      return "wgmma im2col of dY";
    case Source::weights:
      return "wgmma im2col transposed";
    default:
      return "wgmma";
  }
}

/// A Hopper kernel; error (usage) where the copy engine or wgmma does not take the operands.
Result<Plan> plan_for_hopper(Plan plan, TileKind tile, Split split, int multiprocessors) {
  const Result<HopperLowered> l = lower_for_hopper(plan.problem, tile);
  if (!l) return pass_on(l.error());
  const TileFacts facts = facts_of(tile);
  plan.kernel = Kernel::hopper;
  plan.tile = tile;
  set_work(plan, {l->m, l->n, l->k_slices, l->batch, facts.m * facts.cluster, facts.n}, multiprocessors / facts.cluster,
           split);
  plan.name = described(plan, name_of(l->source), facts.m, facts.n, 128 / bytes_of(plan.element));
  if (is_fp8(plan.element)) plan.name += ", sums promoted every 128 of k";
  return plan;
}

/// Every Hopper kernel that takes the problem, the likeliest first: few rows are a flat tile's, tiles of 256 columns
/// pay where there are enough of them. Error (usage) where there is none.
Result<std::vector<Plan>> plans_for_hopper(const Plan& plan, int multiprocessors) {
  const Result<HopperLowered> l = lower_for_hopper(plan.problem, TileKind::square);
  if (!l) return pass_on(l.error());
  const bool has_columns = l->n > 128, has_few_rows = l->m <= 512;
  const bool enough = has_columns && Work{l->m, l->n, l->k_slices, l->batch, 128, 256}.tiles() >= multiprocessors;
  using enum TileKind;
  const std::vector<TileKind> order = l->m <= 64 ? std::vector{flat, square, wide, ping_pong, wide_pair}
                                      : enough   ? std::vector{wide, wide_pair, ping_pong, square, flat}
                                                 : std::vector{square, ping_pong, wide, flat, wide_pair};
  std::vector<Plan> plans;
  for (const Split split : {Split::as_needed, Split::never})
    for (const TileKind tile : order) {
      if (facts_of(tile).n > 128 && !has_columns && tile != flat) continue;
      if (tile == flat && !has_few_rows) continue;
      Result<Plan> next = plan_for_hopper(plan, tile, split, multiprocessors);
      if (next && (split == Split::as_needed || plans_differ(plans, *next))) plans.push_back(std::move(*next));
    }
  return plans;
}

/// The kernels of compute capability 8.0 and what has grown out of them.
Plan plan_for_tiles(Plan plan, Kernel kernel, Split split, int multiprocessors) {
  const Lowered l = lower(plan.problem, mma_majors(plan.problem));
  const int bytes = bytes_of(plan.element), k_tile = kernel == Kernel::simt || bytes == 8 ? 16 : 64 / bytes;
  const char* instruction = kernel == Kernel::simt ? "fma" : kernel == Kernel::mma ? "mma.sync" : "dmma m16n8k16";
  const bool is_conv = std::holds_alternative<ConvProblem>(plan.problem);
  plan.kernel = kernel;
  set_work(plan, {l.m, l.n, ceil_divided(l.k, k_tile), l.batch, 128, 128}, multiprocessors, split);
  plan.name = described(plan, std::string(instruction) + (is_conv ? " implicit" : ""), 128, 128, k_tile);
  return plan;
}

/// The kernels that take the operands as they are; NHWC.
std::vector<Plan> plans_as_stored(const Problem& problem, const Capability& device) {
  Plan plan;
  plan.problem = problem;
  plan.element = element_of(problem);
  // Code for sm_90a runs on compute capability 9.0 and on no other.
  const bool is_hopper = device.major == 9, is_conv = std::holds_alternative<ConvProblem>(problem);
  std::vector<Plan> plans;
  if (is_depthwise(problem)) {
    if (!is_fp8(plan.element)) plans.push_back(depthwise(plan, device.multiprocessors));
    // One channel is no other's group: with many filters it is a product as well.
    if (std::get<ConvProblem>(problem).groups > 1) return plans;
  }
  if (is_hopper && plan.element != Element::f64 && plan.element != Element::f32)
    if (Result<std::vector<Plan>> hopper = plans_for_hopper(plan, device.multiprocessors))
      plans.insert(plans.end(), hopper->begin(), hopper->end());
  if (is_fp8(plan.element)) return plans;

  std::vector<Kernel> kernels{plan.element == Element::f32 ? Kernel::simt : Kernel::mma};
  if (plan.element == Element::f64 && is_hopper && !is_conv) kernels.insert(kernels.begin(), Kernel::dmma_m16);
  for (const Split split : {Split::as_needed, Split::never})
    for (const Kernel kernel : kernels) {
      Plan next = plan_for_tiles(plan, kernel, split, device.multiprocessors);
      if (next.schedule.total() < kCount && plans_differ(plans, next)) plans.push_back(std::move(next));
    }
  return plans;
}

/// The kernels that take the operands after copies of them have been made. Of products only Hopper's, since the others
/// take operands as they are.
std::vector<Plan> plans_laid_out_anew(const Problem& problem, const Capability& device) {
  const std::optional<Relaid> there = relaid(problem);
  if (!there || !is_countable(there->problem)) return {};
  std::vector<Plan> plans;
  for (Plan& plan : plans_as_stored(there->problem, device)) {
    if (std::holds_alternative<GemmProblem>(problem) && plan.kernel != Kernel::hopper) continue;
    plan.copies = there->copies;
    for (OperandCopy& copy : plan.copies) {
      copy.workspace_at = (plan.workspace_bytes + 255) / 256 * 256;
      plan.workspace_bytes = copy.workspace_at + copy.bytes;
    }
    if (!plan.copies.empty()) plan.name += ", laid out anew";
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace

Result<std::vector<Plan>> candidates(const Problem& problem, const Capability& device) {
  if (device.major < 8) return no_kernel("the kernels need compute capability 8.0");
  if (!has_kernels(dtypes(problem))) return no_kernel("no kernel for " + to_string(dtypes(problem)));
  if (!is_countable(problem)) return no_kernel("an extent passes 2^31");
  const auto* conv = std::get_if<ConvProblem>(&problem);
  std::vector<Plan> plans;
  if (conv == nullptr || conv->layout == Layout::nhwc) plans = plans_as_stored(problem, device);
  const bool goes_through_tma = !plans.empty() && plans.front().kernel == Kernel::hopper;
  if (!goes_through_tma)
    for (Plan& plan : plans_laid_out_anew(problem, device)) plans.push_back(std::move(plan));
  if (!plans.empty()) return plans;
  if (is_fp8(element_of(problem))) return no_kernel("fp8 is computed by wgmma of compute capability 9.0 alone");
  return no_kernel("more than 2^31 tiles");
}

Result<Plan> choose(const Problem& problem, const Capability& device) {
  Result<std::vector<Plan>> plans = candidates(problem, device);
  if (!plans) return pass_on(plans.error());
  return std::move(plans->front());
}

}  // namespace chipfit::cuda
