// What an honest plugin gets, and what it may refuse.
#include <gmock/gmock.h>

#include "tests/unit/worker_client/fixture.hpp"

namespace chipfit::judge {
namespace {

using testing::HasSubstr;

class HonestPlugin : public WorkerTest {
 protected:
  void expect_refused(const CallFailure& failure, chipfit_status status, const std::string& reason) {
    EXPECT_EQ(failure.kind, CallFailure::Kind::refused);
    EXPECT_EQ(failure.status, status);
    EXPECT_EQ(failure.reason, reason);
  }
  void expect_product() {
    ASSERT_TRUE(worker->download(c, 32, 128, 16));
    float product[4];
    std::memcpy(product, output.data() + 128, sizeof(product));
    EXPECT_THAT(product, testing::ElementsAre(19, 22, 43, 50)) << "[1 2; 3 4] · [5 6; 7 8]";
  }
};

TEST_F(HonestPlugin, AMissingLibraryIsUnavailableInTheLoadersWords) {
  plugin("no_such_plugin");
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, CallFailure::Kind::refused);
  EXPECT_EQ(started.error().status, CHIPFIT_UNAVAILABLE);
  EXPECT_THAT(started.error().reason, HasSubstr("no_such_plugin.so: cannot open shared object file"));
}
TEST_F(HonestPlugin, AMissingWorkerBinaryIsNamed) {
  config.worker_binary = "/no/such/worker";
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, CallFailure::Kind::broken);
  EXPECT_THAT(started.error().reason, HasSubstr("/no/such/worker"));
}
TEST_F(HonestPlugin, AnUnwritableLogIsNamed) {
  config.log_file = "/no/such/folder/worker.log";
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().reason, HasSubstr("/no/such/folder/worker.log"));
}

struct Table {
  const char* plugin;
  const char* reason;
};
class UnusableTable : public WorkerTest, public testing::WithParamInterface<Table> {};
TEST_P(UnusableTable, IsUnavailableWithTheCause) {
  plugin(GetParam().plugin);
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().status, CHIPFIT_UNAVAILABLE);
  EXPECT_THAT(started.error().reason, HasSubstr(GetParam().reason));
}
INSTANTIATE_TEST_SUITE_P(All, UnusableTable,
                         testing::Values(Table{"too_small_table",
                                               "the plugin's table has 64 bytes; the required functions need 120"},
                                         Table{"missing_sync", "the plugin lacks the required function sync"},
                                         Table{"null_query", "its query returned NULL"},
                                         Table{"no_symbol", "does not export chipfit_plugin_query_v1"}));

TEST_F(HonestPlugin, LargerTablesAreFine) {
  plugin("larger_table");
  ASSERT_TRUE(set_up());
  ASSERT_TRUE(run());
  expect_product();
}
TEST_F(HonestPlugin, SmallerTablesLackOnlyTheOptionalFunctions) {
  plugin("smaller_table");
  ASSERT_TRUE(set_up());
  EXPECT_FALSE(worker->plugin().has_supports);
  EXPECT_FALSE(worker->plugin().has_counter);
  EXPECT_TRUE(worker->supports(ConvProblem{})) << "only prepare knows";
  EXPECT_EQ(worker->counter("power_w").value(), std::nullopt);
  EXPECT_EQ(worker->prepare(gemm_2x2())->algorithm, "");
  const auto prepared = worker->prepare(ConvProblem{});
  ASSERT_FALSE(prepared);
  expect_refused(prepared.error(), CHIPFIT_UNSUPPORTED, "prepare: UNSUPPORTED");
}

TEST_F(HonestPlugin, FactsComeFromItsTable) {
  ASSERT_TRUE(start());
  EXPECT_EQ(worker->plugin().name, "mischief");
  EXPECT_EQ(worker->plugin().version, "1.0 (none)");
  EXPECT_TRUE(worker->plugin().has_supports);
  EXPECT_EQ(worker->device_count().value(), 1u);
}

TEST_F(HonestPlugin, DeviceInfoIsMadeSafe) {
  ASSERT_TRUE(start());
  const auto device = worker->device_info(0).value();
  EXPECT_STREQ(device.name, "mischief ?");
  EXPECT_EQ(device.peak_count, 16u);
  EXPECT_EQ(device.nominal_clock_hz, 0);
  EXPECT_EQ(device.view_alignment, 4u);
  const auto second = worker->device_info(1);
  ASSERT_FALSE(second);
  expect_refused(second.error(), CHIPFIT_UNAVAILABLE, "device_info: there is one device");
}
TEST_F(HonestPlugin, AnAlignmentThatIsNoPowerOfTwoIsADefect) {
  ASSERT_TRUE(start("alignment"));
  const auto device = worker->device_info(0);
  ASSERT_FALSE(device);
  expect_refused(device.error(), CHIPFIT_INTERNAL, "device_info: view_alignment 3 is no power of two");
}
TEST_F(HonestPlugin, AnAbsurdNumberOfDevicesIsADefect) {
  ASSERT_TRUE(start("many"));
  const auto count = worker->device_count();
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().status, CHIPFIT_INTERNAL);
}

TEST_F(HonestPlugin, MultipliesOnViews) {
  ASSERT_TRUE(set_up());
  const auto times = run();
  ASSERT_TRUE(times) << times.error().reason;
  EXPECT_GT(times->synced_s, times->revealed_s);
  expect_product();
}

TEST_F(HonestPlugin, PathsMayBeRelativeToTheCurrentFolder) {
  config.library = std::filesystem::relative(config.library);
  config.worker_binary = std::filesystem::relative(config.worker_binary);
  config.scratch_dir = std::filesystem::relative(config.scratch_dir);
  EXPECT_TRUE(start());
}

TEST_F(HonestPlugin, TheLargestBatchFits) {
  ASSERT_TRUE(set_up());
  const std::vector<EnqueueEntry> batch(max_batch, entry());
  ASSERT_TRUE(worker->run(kernel, batch, 20));
  const auto latencies = worker->latency(kernel, batch, 20);
  ASSERT_TRUE(latencies);
  ASSERT_EQ(latencies->each_s.size(), max_batch);
  double sum = 0;
  for (const double each_s : latencies->each_s) {
    EXPECT_GE(each_s, 0);
    sum += each_s;
  }
  EXPECT_GT(sum, 0);
  EXPECT_LE(sum, latencies->total.synced_s - latencies->total.revealed_s);
  expect_product();
}
TEST_F(HonestPlugin, ALargerBatchIsNotSent) {
  ASSERT_TRUE(set_up());
  const std::vector<EnqueueEntry> batch(max_batch + 1, entry());
  const auto done = worker->run(kernel, batch, 20);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, CallFailure::Kind::broken);
  EXPECT_TRUE(run()) << "the worker lives on";
}
TEST_F(HonestPlugin, AnEmptyBatchIsJustASync) {
  ASSERT_TRUE(set_up());
  EXPECT_TRUE(worker->run(kernel, {}, 20));
}

TEST_F(HonestPlugin, UnsupportedIsAnAnswerNotAFailure) {
  ASSERT_TRUE(set_up());
  EXPECT_TRUE(worker->supports(gemm_2x2()));
  const auto supported = worker->supports(ConvProblem{});
  ASSERT_FALSE(supported);
  expect_refused(supported.error(), CHIPFIT_UNSUPPORTED, "supports: only f32 GEMM");
  const auto prepared = worker->prepare(ConvProblem{});
  ASSERT_FALSE(prepared);
  expect_refused(prepared.error(), CHIPFIT_UNSUPPORTED, "prepare: only f32 GEMM");
  EXPECT_EQ(worker->prepare(gemm_2x2())->algorithm, "three loops");
}

TEST_F(HonestPlugin, LastErrorIsCleanedAndSaysWhere) {
  expect_refused(failure_of("sync:refuse"), CHIPFIT_INTERNAL, "sync: out of bananas ?");
  EXPECT_FALSE(is_over(worker->pid())) << "a refusal kills nobody";
}
TEST_F(HonestPlugin, OutOfMemoryIsPassedOn) {
  const auto failure = failure_of("alloc:too_big");
  EXPECT_EQ(failure.status, CHIPFIT_OUT_OF_MEMORY);
  EXPECT_EQ(failure.reason, "alloc: OUT_OF_MEMORY");
}
TEST_F(HonestPlugin, AStatusOutsideTheSixIsADefect) {
  expect_refused(failure_of("enqueue:status77"), CHIPFIT_INTERNAL, "enqueue: answered 77, which is no chipfit_status");
}
TEST_F(HonestPlugin, OkWithoutABufferIsADefect) {
  const auto failure = failure_of("no_buffer");
  EXPECT_EQ(failure.status, CHIPFIT_INTERNAL);
  EXPECT_THAT(failure.reason, HasSubstr("OK without a buffer"));
}

TEST_F(HonestPlugin, CountersAreOptional) {
  ASSERT_TRUE(set_up());
  EXPECT_EQ(worker->counter("power_w").value(), 12.5);
  EXPECT_EQ(worker->counter("energy_j").value(), std::nullopt) << "UNSUPPORTED";
  EXPECT_EQ(worker->counter("temp_c").value(), std::nullopt) << "NaN is no reading";
}

TEST_F(HonestPlugin, LogsIntoTheFileAndIsClosedAtTheEnd) {
  ASSERT_TRUE(set_up());
  const int pid = worker->pid();
  worker.reset();
  EXPECT_EQ(log(), "mischief: opened\nmischief: closed\n");
  EXPECT_EQ(kill(pid, 0), -1) << "not even a zombie";
}

TEST_F(HonestPlugin, ItsLibrariesAreListed) {
  ASSERT_TRUE(start());
  const auto files = worker->loaded_libraries();
  EXPECT_THAT(files, testing::Contains(std::filesystem::canonical(config.library)));
  EXPECT_THAT(files, testing::Contains(std::filesystem::canonical(config.worker_binary)));
}

TEST_F(HonestPlugin, MemoryMayBeReplacedByLargerMemory) {
  ASSERT_TRUE(set_up());
  const auto larger = wire::SealedMemory::create(1 << 20, "larger").value();
  ASSERT_TRUE(worker->map_input(larger));
  EXPECT_TRUE(worker->upload(a, 0, (1 << 20) - 16, 16));
}

/// Requests that no correct judge makes: refused before the plugin sees them, and the worker is not trusted further.
class ImpossibleRequest : public WorkerTest {
 protected:
  void SetUp() override { ASSERT_TRUE(set_up()); }
  void expect_impossible(const CallFailure& failure, const std::string& text) {
    EXPECT_EQ(info(failure.verdict).name, "PROTOCOL");
    EXPECT_THAT(failure.reason, HasSubstr("the worker calls the request impossible: " + text));
  }
};
TEST_F(ImpossibleRequest, UploadBeyondTheBuffer) {
  expect_impossible(worker->upload(a, 49, 0, 16).error(), "outside the buffer");
}
TEST_F(ImpossibleRequest, UploadWhoseEndOverflows) {
  expect_impossible(worker->upload(a, ~std::uint64_t{0} - 7, 0, 16).error(), "outside the buffer");
}
TEST_F(ImpossibleRequest, UploadBeyondTheInput) {
  expect_impossible(worker->upload(a, 0, 4090, 16).error(), "outside the input memory");
}
TEST_F(ImpossibleRequest, DownloadBeyondTheOutput) {
  expect_impossible(worker->download(a, 0, 4090, 16).error(), "outside the output memory");
}
TEST_F(ImpossibleRequest, AViewOutsideItsBuffer) {
  auto outside = entry();
  outside.in1_offset = 64;
  expect_impossible(worker->run(kernel, std::span(&outside, 1), 20).error(), "a view is outside its buffer");
}
TEST_F(ImpossibleRequest, AFreedBuffer) {
  ASSERT_TRUE(worker->free(b));
  expect_impossible(run().error(), "a view is outside its buffer");
}
TEST_F(ImpossibleRequest, AReleasedKernel) {
  ASSERT_TRUE(worker->release(kernel));
  expect_impossible(run().error(), "there is no kernel 0");
}
TEST_F(ImpossibleRequest, ASecondDevice) {
  expect_impossible(worker->open(0).error(), "a device is open already");
}

class InProcess : public HonestPlugin {
 protected:
  InProcess() { config.in_process = true; }
};
TEST_F(InProcess, ServesTheSameCalls) {
  ASSERT_TRUE(set_up());
  EXPECT_EQ(worker->pid(), getpid());
  ASSERT_TRUE(run());
  expect_product();
  const auto refused = worker->prepare(ConvProblem{});
  ASSERT_FALSE(refused);
  expect_refused(refused.error(), CHIPFIT_UNSUPPORTED, "prepare: only f32 GEMM");
}
TEST_F(InProcess, ADeadlineLeavesTheThreadBehind) {
  expect_died(failure_of("sync:nap", 0.3), Verdict::timeout, "sync: no answer in 0.3 s");
  worker.reset();
  // The plugin of the left thread ends its nap before the test's memory goes.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace chipfit::judge
