#include "kernels/cuda/depthwise/kernels.hpp"
#include "kernels/cuda/lower.hpp"
#include "trial.hpp"

namespace chipfit::cuda {
namespace {

template <Element kElement, int kChannels>
void depthwise(const std::string& id, int splits = 1) {
  SCOPED_TRACE(id);
  Trial t(id);
  const auto& conv = std::get<ConvProblem>(t.problem);
  DepthwiseArguments args = lower_depthwise(conv);
  args.in0 = t.in0, args.in1 = t.in1, args.out.data = t.out, args.splits = splits;
  std::vector<double> workspace(static_cast<std::size_t>(splits * args.out.m * args.out.n));
  args.partial.data = workspace.data();
  emulate::Block block;
  const auto blocks = static_cast<std::uint32_t>((args.out.m * args.out.n / kChannels + 255) / 256);
  if (conv.direction == ConvDirection::fwd) {
    block.run({blocks, 256, 0, 3}, [&] { DepthwisePixels<kElement, kChannels, false>::run(args); });
  } else if (conv.direction == ConvDirection::bwd_data) {
    block.run({blocks, 256, 0, 3}, [&] { DepthwisePixels<kElement, kChannels, true>::run(args); });
  } else {
    using Weights = DepthwiseWeights<kElement>;
    block.run({static_cast<std::uint32_t>(Weights::blocks(args)), 256, Weights::shared_bytes, 3},
              [&] { Weights::run(args); });
    using Sum = typename Weights::Sum;
    if (splits > 1) block.run({2, 64, 0, 3}, [&] { reduce_partials<Sum>(args.out, args.partial, splits, 64); });
  }
  t.expect_reference();
}

TEST(EmulatedDepthwise, EveryDirection) {
  for (const char* direction : {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"}) {
    const std::string d = direction;
    depthwise<Element::bf16, 4>(d + ":bf16:nhwc:n2c8h9w7:k8r3s3:p1x1:s2x2:g8");
    depthwise<Element::f32, 1>(d + ":f32:nhwc:n1c5h9w7:k10r3s2:p1x2:d2x1:g5:acc");
    depthwise<Element::i8, 4>(d + ":i8:nhwc:n1c36h6w7:k36r2s2:g36");
    depthwise<Element::f64, 1>(d + ":f64:nhwc:n1c2h9w7:k2r3s3:p1x1:g2");
    depthwise<Element::f32, 1>(d + ":f32:nhwc:n2c1h9w11:k3r5s3:p2x1");
  }
}
TEST(EmulatedDepthwise, WeightGradientsAreSplitOverThePixels) {
  depthwise<Element::f16, 1>("conv_bwd_weights:f16-f32-f32:nhwc:n3c6h9w7:k6r3s3:p1x1:g6:acc", 3);
}

}  // namespace
}  // namespace chipfit::cuda
