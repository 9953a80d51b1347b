// The judge's oracle on every kernel and library path of the plugins for NVIDIA GPUs: edge shapes in every type,
// transpose, layout and direction, each kernel that may compute them, then random shapes until time is up.
//   CHIPFIT_GPU_SECONDS  for each of the tests here (20)
//   CHIPFIT_GPU_SEED     of the random shapes (1)
//   CHIPFIT_GPU_LOG      a CSV file to which every check is appended
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "harness/wire/abi.hpp"
#include "kernels/base/csv.hpp"
#include "kernels/oracle/oracle.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/vendor/abi_problems.hpp"

namespace chipfit::test {
namespace {

double number_from(const char* variable, double fallback) {
  const char* text = std::getenv(variable);
  return text ? std::atof(text) : fallback;
}

int threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

class GpuOracle : public ::testing::TestWithParam<const char*> {
 protected:
  using Clock = std::chrono::steady_clock;

  void SetUp() override {
    try {
      plugin_.emplace(path_of(GetParam()), "trial_s=0");
    } catch (const std::runtime_error& error) {
      GTEST_SKIP() << error.what();
    }
    end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(number_from("CHIPFIT_GPU_SECONDS", 20)));
    if (const char* file = std::getenv("CHIPFIT_GPU_LOG")) log_.emplace(file, std::ios::app);
  }
  void TearDown() override {
    if (!plugin_) return;
    for (const auto& [path, count] : checked_) fmt::print("    {:5} × {}\n", count, path);
    fmt::print("    {} problems checked, {} answered UNSUPPORTED\n", problems_, unsupported_);
    EXPECT_GT(problems_, 0);
  }

  bool time_is_up() const { return Clock::now() > end_; }

  /// Checks the problem on every kernel that the plugin may compute it with. False where it computes none.
  bool check(const std::string& id) {
    const auto parsed = parse_case_id(id);
    if (!parsed) {
      ADD_FAILURE() << id << ": " << parsed.error().what;
      return false;
    }
    const chipfit_problem problem = wire::to_abi(*parsed);
    const bool has_candidates = GetParam() == std::string("cuda_native");
    for (int candidate = 0; candidate < (has_candidates ? 64 : 1); ++candidate) {
      plugin_->set_options(fmt::format("trial_s=0 candidate={}", candidate));
      if (const chipfit_status status = plugin_->asks(problem); status != CHIPFIT_OK) {
        EXPECT_EQ(status, CHIPFIT_UNSUPPORTED) << id << ": " << plugin_->error();
        EXPECT_NE(plugin_->error(), "") << id;
        unsupported_ += candidate == 0;
        return candidate > 0;
      }
      const std::string algorithm = algorithm_of(*plugin_, problem);
      ++checked_[algorithm.substr(0, algorithm.find(','))];
      oracle::Report report = exact(*parsed, problem, oracle::Headroom::none, oracle::Rounding::none);
      if (report.finding == oracle::Finding::incorrect && report.dense_fractions)
        report = exact(*parsed, problem, oracle::Headroom::for_transforms, oracle::Rounding::nearest);
      judge(id, algorithm, report);
      judge(id, algorithm, graded(*parsed, problem));
    }
    ++problems_;
    return true;
  }

 private:
  std::vector<char> poison(const Operand& out) const {
    std::vector<char> bytes(static_cast<std::size_t>(out.bytes()));
    oracle::fill_poison(out.dtype, bytes.data(), out.bytes(), oracle::secret_seed());
    return bytes;
  }

  template <class FillInput, class FillOutput, class Check>
  oracle::Report computed(const Problem& problem, const chipfit_problem& asked, FillInput fill_input,
                          FillOutput fill_output, Check check) {
    const Operands ops = operands(problem);
    std::vector<char> in[2];
    for (int i = 0; i < 2; ++i) {
      in[i].resize(static_cast<std::size_t>(ops.in[i].bytes()));
      fill_input(i, ops.in[i], in[i].data());
    }
    std::vector<char> before = poison(ops.out);
    const bool adds = accumulate(problem) == Accumulate::add;
    if (adds) fill_output(ops.out, before.data());
    const std::vector<char> out = plugin_->compute(asked, in[0], in[1], before);
    const oracle::Inputs term{in[0].data(), in[1].data()};
    return check(oracle::Claim{problem, {&term, 1}, adds ? before.data() : nullptr, out.data()});
  }

  oracle::Report exact(const Problem& problem, const chipfit_problem& asked, oracle::Headroom headroom,
                       oracle::Rounding rounding) {
    const oracle::ExactPlan plan = oracle::exact_plan(problem, headroom);
    return computed(
        problem, asked,
        [&](int i, const Operand& o, char* data) {
          oracle::fill_exact(o.dtype, data, o.elements, plan.in[i], oracle::secret_seed());
        },
        [&](const Operand& o, char* data) {
          oracle::fill_exact(o.dtype, data, o.elements, {plan.magnitude_c0, 1}, oracle::secret_seed());
        },
        [&](const oracle::Claim& claim) {
          return oracle::check_exact(claim, oracle::secret_seed(), threads(), rounding);
        });
  }

  oracle::Report graded(const Problem& problem, const chipfit_problem& asked) {
    const auto fill = [](const Operand& o, char* data) {
      oracle::fill_uniform(o.dtype, data, o.elements, oracle::secret_seed());
    };
    return computed(
        problem, asked, [&](int, const Operand& o, char* data) { fill(o, data); }, fill,
        [&](const oracle::Claim& claim) { return oracle::check_grade(claim, oracle::secret_seed(), threads()); });
  }

  void judge(const std::string& id, const std::string& algorithm, const oracle::Report& report) {
    const bool ok = report.finding == oracle::Finding::ok;
    EXPECT_TRUE(ok) << GetParam() << ' ' << id << " by " << algorithm << ": " << report.method << ": " << report.reason;
    if (log_)
      *log_ << csv::line({GetParam(), id, algorithm, std::string(report.method), ok ? "ok" : "WRONG",
                          fmt::format("{:.4g}", report.e), fmt::format("{:.4g}", report.limit), report.reason})
            << std::endl;
  }

  std::optional<LoadedPlugin> plugin_;
  Clock::time_point end_;
  std::optional<std::ofstream> log_;
  std::map<std::string, int> checked_;
  int problems_ = 0, unsupported_ = 0;
};

const char* const types[] = {"bf16",
                             "f16",
                             "e4m3",
                             "e5m2",
                             "i8",
                             "f32",
                             "f64",
                             "bf16-f32-f32",
                             "f16-f32-f32",
                             "e4m3+e5m2-f32-bf16",
                             "e5m2+e4m3-f32-f32"};
const char* const directions[] = {"conv_fwd", "conv_bwd_data", "conv_bwd_weights"};

/// f32 in the math modes that have kernels of their own.
std::vector<std::string> maths(const std::string& type) {
  if (type == "f32") return {"", ":tf32"};
  return {""};
}

// Less than a tile, a tile, one more than a tile, several; aligned rows and others; sums that are split.
TEST_P(GpuOracle, MatrixProductsAtEdges) {
  const char* const shapes[] = {
      "1x1x1",         "1x9x200",     "64x64x64",       "63x65x66",          "129x257x65",  "136x264x440",
      "272x528x208",   "131x267x77",  "16x128x4096",    "33x520x2048",       "7x5x3",       "300x1000x520",
      "128x256x64:b3", "20x24x72:b2", "200x136x72:acc", "130x70x131:b2:acc", "512x512x8192"};
  for (const char* shape : shapes)
    for (const std::string type : types)
      for (const std::string& math : maths(type))
        for (const char* trans : {"NT", "NN", "TN", "TT"}) {
          if (time_is_up()) return;
          std::string id = fmt::format("gemm:{}:{}:{}", type, trans, shape);
          const auto acc = id.find(":acc");  // the math mode stands before it
          check(acc == std::string::npos ? id + math : id.insert(acc, math));
        }
}

TEST_P(GpuOracle, ConvolutionsAtEdges) {
  const char* const shapes[] = {":n3c72h9w11:k40r3s3:p1x1",
                                ":n2c64h14w14:k64r1s1",
                                ":n2c128h7w7:k144r2s2:p1x0:g2",
                                ":n2c3h32w32:k64r7s7:p3x3:s2x2",
                                ":n2c16h13w10:k24r3s2:p1x2:s2x3:d1x2",
                                ":n2c32h9w9:k32r3s3:p1x1:g32",
                                ":n4c64h28w28:k64r3s3:p1x1",
                                ":n1c1h64w64:k1r3s3:p1x1",
                                ":n2c256h14w14:k512r1s1:s2x2",
                                ":n1c30h8w8:k60r3s3:g30",
                                ":n2c4h40w33:k2r5s5:p2x2",
                                ":n2c256h8w8:k136r3s3:p2x2:d2x2:g4",
                                ":n1c8h16w16:k7r7s7:p3x3:s2x2"};
  for (const char* shape : shapes)
    for (const std::string type : types)
      for (const std::string& math : maths(type))
        for (const char* layout : {"nhwc", "nchw"})
          for (const char* direction : directions) {
            if (time_is_up()) return;
            check(fmt::format("{}:{}:{}{}{}", direction, type, layout, shape, math));
          }
}

TEST_P(GpuOracle, RandomShapes) {
  std::mt19937 random(static_cast<unsigned>(number_from("CHIPFIT_GPU_SEED", 1)));
  const auto whole = [&](double low, double high) {  // log-uniform
    std::uniform_real_distribution<double> exponent(std::log(low), std::log(high));
    return static_cast<std::int64_t>(std::lround(std::exp(exponent(random))));
  };
  const auto one_of = [&](const auto& list) {
    return list[std::uniform_int_distribution<std::size_t>(0, std::size(list) - 1)(random)];
  };
  const char* const transposes[] = {"NN", "NT", "TN", "TT"};
  const char* const layouts[] = {"nhwc", "nhwc", "nchw"};
  while (!time_is_up()) {
    const std::string type = one_of(types), math = one_of(maths(type)), acc = random() % 4 == 0 ? ":acc" : "";
    // Rows of whole 16-byte chunks half of the time: others keep the copy engine away.
    const std::int64_t unit = random() % 2 ? 16 : 1;
    const auto extent = [&](double high) { return unit * whole(1, high / static_cast<double>(unit)); };
    if (random() % 2) {
      const std::int64_t batch = random() % 4 ? 1 : whole(1, 5);
      check(fmt::format("gemm:{}:{}:{}x{}x{}{}{}{}", type, one_of(transposes), extent(900), extent(900), extent(4000),
                        batch > 1 ? fmt::format(":b{}", batch) : "", math, acc));
      continue;
    }
    const std::int64_t groups = random() % 3 ? 1 : whole(1, 8), r = whole(1, 5), s = whole(1, 5);
    const std::int64_t dil_h = whole(1, 2), dil_w = whole(1, 2);
    const std::int64_t h = dil_h * (r - 1) + whole(1, 30), w = dil_w * (s - 1) + whole(1, 30);
    const bool depthwise = random() % 6 == 0;
    const std::int64_t c = depthwise ? extent(200) + 1 : groups * extent(200);
    check(fmt::format("{}:{}:{}:n{}c{}h{}w{}:k{}r{}s{}:p{}x{}:s{}x{}:d{}x{}:g{}{}{}", one_of(directions), type,
                      one_of(layouts), whole(1, 6), c, h, w, depthwise ? c : groups * extent(200), r, s, random() % 3,
                      random() % 3, whole(1, 3), whole(1, 3), dil_h, dil_w, depthwise ? c : groups, math, acc));
  }
}

INSTANTIATE_TEST_SUITE_P(Plugins, GpuOracle, testing::Values(CHIPFIT_CUDA_PLUGINS));

}  // namespace
}  // namespace chipfit::test
