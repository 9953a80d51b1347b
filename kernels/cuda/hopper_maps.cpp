#include "kernels/cuda/hopper_maps.hpp"

#include <algorithm>

namespace chipfit::cuda {

namespace {

Result<HopperLowered> not_for_hopper(const std::string& why) {
  return fail(Error::Kind::usage, why);
}

/// A matrix whose tiles are mn×(128 bytes of k), as stored: dimensions (contiguous, other, batch).
TensorMapPlan matrix_map(Element element, Major major, std::int64_t mn, std::int64_t k, std::int64_t batch,
                         int tile_mn) {
  const std::int64_t bytes = bytes_of(element), inner = major == Major::k ? k : mn, outer = major == Major::k ? mn : k;
  TensorMapPlan map;
  map.element = element;
  map.extent[0] = inner, map.extent[1] = outer, map.extent[2] = batch;
  map.stride_bytes[1] = inner * bytes, map.stride_bytes[2] = inner * outer * bytes;
  map.box[0] = static_cast<int>(128 / bytes);
  map.box[1] = major == Major::k ? tile_mn : static_cast<int>(128 / bytes);
  return map;
}

/// 16-bit results leave by the copy engine in boxes of 64 by 64.
void store_by_copy_engine_if_possible(HopperLowered& l) {
  Output& out = l.work.out;
  TensorMapPlan& map = l.out;
  map.element = out.element;
  map.extent[0] = l.n, map.extent[1] = l.m, map.extent[2] = l.batch;
  map.stride_bytes[1] = out.row_stride * bytes_of(out.element);
  map.stride_bytes[2] = out.batch_stride * bytes_of(out.element);
  map.box[0] = map.box[1] = 64;
  if (!out.add && bytes_of(out.element) == 2 && !rule_broken(map)) l.work.store = StoreBy::copy_engine;
}

Result<HopperLowered> lower_gemm(const GemmProblem& g, int block_n) {
  const Element element = element_of(g);
  HopperLowered l;
  l.m = g.m, l.n = g.n, l.batch = g.batch;
  l.majors = {g.trans_a == Transpose::no ? Major::k : Major::mn, g.trans_b == Transpose::no ? Major::mn : Major::k};
  if (bytes_of(element) != 2 && (l.majors.a == Major::mn || l.majors.b == Major::mn))
    return not_for_hopper("wgmma takes operands of this type with k contiguous only (NT)");
  l.k_slices = (g.k * bytes_of(element) + 127) / 128;
  l.a = matrix_map(element, l.majors.a, g.m, g.k, g.batch, 128);
  l.b = matrix_map(element, l.majors.b, g.n, g.k, g.batch, block_n);
  return l;
}

Result<HopperLowered> lower_conv(const ConvProblem& c, int block_n) {
  if (c.direction != ConvDirection::fwd) return not_for_hopper("only fwd goes through im2col of the copy engine");
  const Element element = element_of(c);
  const std::int64_t bytes = bytes_of(element), slice = 128 / bytes, channels = c.c / c.groups;
  if (c.groups > 1 && channels % slice != 0)
    return not_for_hopper("a group's channels do not fill slices of 128 bytes");
  if (c.dil_h * (c.r - 1) > 255 || c.dil_w * (c.s - 1) > 255)
    return not_for_hopper("a tap is more than 255 pixels away");
  HopperLowered l;
  l.m = c.n * c.p() * c.q(), l.n = c.k / c.groups, l.batch = c.groups, l.source = Source::im2col;
  l.k_slices = c.r * c.s * ((channels + slice - 1) / slice);
  l.a.mode = TensorMapPlan::Mode::im2col;
  l.a.element = element, l.a.rank = 4;
  const std::int64_t extent[4] = {c.c, c.w, c.h, c.n};
  for (int i = 0; i < 4; ++i) l.a.extent[i] = extent[i];
  l.a.stride_bytes[1] = c.c * bytes, l.a.stride_bytes[2] = c.c * c.w * bytes;
  l.a.stride_bytes[3] = c.c * c.w * c.h * bytes;
  l.a.channels_per_pixel = static_cast<int>(slice), l.a.pixels_per_column = 128;
  const auto corner = [](std::int64_t x) { return static_cast<int>(std::clamp<std::int64_t>(x, -1000, 1000)); };
  l.a.lower[0] = corner(-c.pad_w), l.a.lower[1] = corner(-c.pad_h);
  l.a.upper[0] = corner(c.pad_w - c.dil_w * (c.s - 1)), l.a.upper[1] = corner(c.pad_h - c.dil_h * (c.r - 1));
  l.a.step[0] = corner(c.stride_w), l.a.step[1] = corner(c.stride_h);
  l.b.element = element;
  l.b.extent[0] = channels, l.b.extent[1] = c.r * c.s, l.b.extent[2] = c.k;
  l.b.stride_bytes[1] = channels * bytes, l.b.stride_bytes[2] = channels * c.r * c.s * bytes;
  l.b.box[0] = static_cast<int>(slice), l.b.box[2] = block_n;
  return l;
}

}  // namespace

Result<HopperLowered> lower_for_hopper(const Problem& problem, int block_n) {
  Result<HopperLowered> l = std::visit(
      [&](const auto& p) {
        if constexpr (std::is_same_v<std::decay_t<decltype(p)>, GemmProblem>)
          return lower_gemm(p, block_n);
        else
          return lower_conv(p, block_n);
      },
      problem);
  if (!l) return l;
  for (const TensorMapPlan* map : {&l->a, &l->b})
    if (const char* rule = rule_broken(*map))
      return not_for_hopper(std::string("the copy engine does not take it: ") + rule);
  std::visit(
      [&](const auto& args) {
        l->work.out = args.out;
        if constexpr (std::is_same_v<std::decay_t<decltype(args)>, FwdArguments>) l->work.conv = args.a.map.g;
      },
      lower(problem, mma_majors(problem)).arguments);
  store_by_copy_engine_if_possible(*l);
  return l;
}

void set_data(HopperLowered& l, const void* in0, const void* in1, void* out) {
  l.a.data = in0, l.b.data = in1, l.out.data = out, l.work.out.data = out;
}

void set_schedule(HopperLowered& l, const Schedule& schedule, void* workspace) {
  l.work.schedule = schedule;
  l.work.partial = {workspace, l.batch, l.m, l.n};
  if (schedule.splits > 1) l.work.store = StoreBy::threads;
}

}  // namespace chipfit::cuda
