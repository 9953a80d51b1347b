// A part with any bytes in one of its files is refused with the command that makes it again, or has exactly its rows.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/lab/part.hpp"
#include "harness/plan/tasks.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/digest.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/problem/case_id.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace chipfit;
namespace fs = std::filesystem;
constexpr const char* files[] = {"manifest.json", "results.csv", "samples.csv"};

/// A plan of one task with a part that is whole; gone when the process ends.
struct Whole {
  lab::PlanFolder plan;
  std::string sums, content[3];

  Whole() {
    std::string pattern = (fs::temp_directory_path() / "chipfit-fuzz-XXXXXX").string();
    FUZZ_CHECK(::mkdtemp(pattern.data()) != nullptr);
    plan::Plan planned;
    planned.cases = plan::merge_suites({{"mine", "bytes", {{*parse_case_id("gemm:f32:NN:8x8x8"), 1, "", ""}}}});
    planned.devices = {{"simulated", std::string(64, 'a'), 0, ""}};
    planned.mode = "quick";
    planned.division = {1, {}, results::harness_version()};
    plan = lab::plan_folder(pattern, planned);
    fs::create_directories(plan.part(0));
    results::Row row;
    row.set(results::Column::case_id, "gemm:f32:NN:8x8x8");
    row.set(results::Column::backend, "simulated");
    row.set(results::Column::device_index, 0);
    row.set(results::Column::launch, 1);
    row.set(results::Column::verdict, "OK");
    row.set(results::Column::plan_sha256, plan.plan_sha256);
    auto manifest = results::new_manifest();
    manifest.plan_sha256 = plan.plan_sha256;
    content[0] = results::to_json(manifest).dump();
    content[1] = results::to_text({row});
    content[2] = std::string(results::samples_header) + "\n";
    for (int i = 0; i < 3; ++i) put(i, content[i]);
    FUZZ_CHECK(lab::read_part(plan, 0).has_value());
  }
  ~Whole() {
    std::error_code ignored;
    fs::remove_all(plan.path, ignored);
  }

  void put(int file, const std::string& text) {
    std::string own[3] = {content[0], content[1], content[2]};
    own[file] = text;
    sums.clear();
    for (int i = 0; i < 3; ++i) sums += results::sha256(own[i]) + "  " + files[i] + "\n";
    std::ofstream(plan.part(0) / files[file], std::ios::binary) << text;
    std::ofstream(plan.part(0) / "SHA256SUMS", std::ios::binary) << sums;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Whole whole;
  if (size == 0) return 0;
  const int file = data[0] % 4;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (file < 3)
    whole.put(file, text);
  else
    std::ofstream(whole.plan.part(0) / "SHA256SUMS", std::ios::binary) << text;
  const auto part = lab::read_part(whole.plan, 0);
  FUZZ_CHECK(part ? part->rows == 1 : part.error().hint.find("--index 0") != std::string::npos);
  whole.put(file % 3, whole.content[file % 3]);
  return 0;
}
