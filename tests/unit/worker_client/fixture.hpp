#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "harness/judge/worker.hpp"

namespace chipfit::judge {

/// A worker with a test plugin, two 2×2 matrices uploaded and a kernel prepared: C = A·B.
class WorkerTest : public testing::Test {
 protected:
  WorkerConfig config;
  wire::SealedMemory input = wire::SealedMemory::create(4096, "input").value();
  wire::SharedMemory output = wire::SharedMemory::create(4096, "output").value();
  std::unique_ptr<Worker> worker;
  BufferId a = 0, b = 0, c = 0;
  KernelId kernel = 0;

  WorkerTest() {
    folder = std::filesystem::temp_directory_path() / ("chipfit-unit-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    config.worker_binary = CHIPFIT_TEST_WORKER;
    config.scratch_dir = folder;
    config.log_file = folder / "worker.log";
    config.deadlines = {.load_s = 20, .open_s = 20, .prepare_s = 20, .transfer_s = 20, .call_s = 20, .exit_s = 5};
    plugin("mischief");
  }
  ~WorkerTest() override {
    worker.reset();
    std::filesystem::remove_all(folder);
  }

  void plugin(const std::string& name) {
    config.library = std::filesystem::path(CHIPFIT_TEST_PLUGINS) / (name + ".so");
  }
  CallResult<void> start(const std::string& options = "") {
    config.options = options;
    auto started = Worker::start(config);
    if (!started) return tl::unexpected(started.error());
    worker = std::move(*started);
    return {};
  }

  static GemmProblem gemm_2x2() {
    GemmProblem problem;
    problem.m = problem.n = problem.k = 2;
    return problem;
  }

  /// Everything up to the first run; the first failure ends it.
  CallResult<void> set_up(const std::string& options = "") {
    if (auto done = start(options); !done) return done;
    if (auto done = worker->open(0); !done) return done;
    if (auto done = worker->map_input(input); !done) return done;
    if (auto done = worker->map_output(output); !done) return done;
    for (BufferId* buffer : {&a, &b, &c}) {
      auto made = worker->alloc(64);
      if (!made) return tl::unexpected(made.error());
      *buffer = *made;
    }
    const float operands[] = {1, 2, 3, 4, 5, 6, 7, 8};
    std::memcpy(input.data(), operands, sizeof(operands));
    if (auto done = worker->upload(a, 0, 0, 16); !done) return done;
    if (auto done = worker->upload(b, 16, 16, 16); !done) return done;
    auto prepared = worker->prepare(gemm_2x2());
    if (!prepared) return tl::unexpected(prepared.error());
    kernel = prepared->kernel;
    return {};
  }
  EnqueueEntry entry() const {
    return {.in0 = a, .in1 = b, .out = c, .reserved = 0, .in0_offset = 0, .in1_offset = 16, .out_offset = 32};
  }
  CallResult<BatchTimes> run(double deadline_s = 20) {
    const std::vector<EnqueueEntry> batch = {entry(), entry()};
    return worker->run(kernel, batch, deadline_s);
  }
  /// The failure of set_up() or of the run behind it.
  CallFailure failure_of(const std::string& options, double deadline_s = 20) {
    if (auto done = set_up(options); !done) return done.error();
    auto done = run(deadline_s);
    if (done) return {.kind = CallFailure::Kind::refused, .status = CHIPFIT_OK, .reason = "it did not fail"};
    return done.error();
  }

  std::string log() const {
    std::ifstream file(config.log_file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  static bool is_over(int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(stat, line)) return true;
    const char state = line[line.rfind(')') + 2];
    return state == 'Z' || state == 'X';
  }
  static bool ends_soon(int pid) {
    for (int i = 0; i < 500 && !is_over(pid); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return is_over(pid);
  }

  std::filesystem::path folder;
};

inline void expect_died(const CallFailure& failure, Verdict verdict, const std::string& reason) {
  EXPECT_EQ(failure.kind, CallFailure::Kind::died) << failure.reason;
  EXPECT_EQ(info(failure.verdict).name, info(verdict).name) << failure.reason;
  EXPECT_EQ(failure.reason, reason);
}

}  // namespace chipfit::judge
