// An honest f32 GEMM that misbehaves on request: options "enqueue:crash" crash in enqueue, and so on.
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/wire/messages.hpp"

struct chipfit_device_s {
  int unused;
};
struct chipfit_buffer_s {
  unsigned char* data;
};
struct chipfit_kernel_s {
  chipfit_gemm_shape shape;
};

namespace {

const chipfit_host* host;
const char* last_text = "";
constexpr int judge_socket = 3;

[[noreturn]] void sleep_for_ever() {
  for (;;) sleep(1);
}

/// As a wild pointer does, but in a way that no compiler and no sanitizer sees first.
void write_where_nothing_is() {
  void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 1;
}

void forge(const char* text) {
  chipfit::wire::ReplyHeader reply;
  reply.call = chipfit::wire::Call::run;
  reply.status = CHIPFIT_OK;
  reply.nonce = 1;  // not known to the plugin
  snprintf(reply.text, sizeof(reply.text), "%s", text);
  send(judge_socket, &reply, sizeof(reply), MSG_NOSIGNAL);
}

void* message_later(void*) {
  usleep(50000);
  forge("late");
  return nullptr;
}

void fork_and_exit() {
  const pid_t child = fork();
  if (child == 0) sleep_for_ever();
  const std::string file = std::string(host->scratch_dir) + "/grandchild";
  FILE* out = fopen(file.c_str(), "w");
  fprintf(out, "%d\n", static_cast<int>(child));
  fclose(out);
  _exit(3);
}

/// What the options ask for in `function`. Returns the status to answer.
chipfit_status act(const char* function) {
  const char* colon = host == nullptr ? nullptr : strchr(host->options, ':');
  if (colon == nullptr || std::string(host->options, colon) != function) return CHIPFIT_OK;
  const std::string action = colon + 1;
  if (action == "crash") raise(SIGSEGV);
  if (action == "wild") write_where_nothing_is();
  if (action == "abort") abort();
  if (action == "exit") exit(0);
  if (action == "exit7") _exit(7);
  if (action == "kill") kill(getpid(), SIGKILL);
  if (action == "stop") kill(getpid(), SIGSTOP);
  if (action == "throw") throw std::runtime_error("thrown by the plugin");
  if (action == "hang") {
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    sleep_for_ever();
  }
  if (action == "nap") usleep(700000);
  if (action == "flood") {
    for (;;) puts("0123456789012345678901234567890123456789012345678901234567890123456789");
  }
  if (action == "garbage") {
    for (int fd = 3; fd < 256; ++fd) {
      [[maybe_unused]] const ssize_t written = write(fd, "garbage", 7);
    }
  }
  if (action == "empty") send(judge_socket, "", 0, MSG_NOSIGNAL);
  if (action == "forge") forge("forged");
  if (action == "close") {
    for (int fd = 1; fd < 256; ++fd) close(fd);
    sleep_for_ever();
  }
  if (action == "later") {
    pthread_t thread;
    pthread_create(&thread, nullptr, message_later, nullptr);
    pthread_detach(thread);
  }
  if (action == "fork") fork_and_exit();
  if (action == "refuse") {
    last_text = "out of\nbananas \xff";
    return CHIPFIT_INTERNAL;
  }
  if (action == "too_big") return CHIPFIT_OUT_OF_MEMORY;
  if (action == "status77") return static_cast<chipfit_status>(77);
  return CHIPFIT_OK;
}

chipfit_status device_count(uint32_t* count) {
  *count = host != nullptr && strcmp(host->options, "many") == 0 ? 0xffffffffu : 1;
  return act("device_count");
}

chipfit_status device_info(uint32_t index, chipfit_device_info* info) {
  if (index != 0) {
    last_text = "there is one device";
    return CHIPFIT_UNAVAILABLE;
  }
  info->kind = CHIPFIT_CPU;
  info->view_alignment = 4;
  info->threads = 1;
  snprintf(info->name, sizeof(info->name), "mischief\n\xff");
  info->nominal_clock_hz = -1;
  info->peak_count = 99;
  info->peaks[0] = {CHIPFIT_F32, CHIPFIT_F32, CHIPFIT_STRICT, 0, 1e9};
  if (strcmp(host->options, "alignment") == 0) info->view_alignment = 3;
  return act("device_info");
}

chipfit_status open_device(uint32_t, chipfit_device* device) {
  static chipfit_device_s the_device;
  *device = &the_device;
  if (host->log != nullptr) host->log("mischief: opened");
  return act("open");
}

void close_device(chipfit_device) {
  if (host->log != nullptr) host->log("mischief: closed");
  act("close");
}

chipfit_status alloc_buffer(chipfit_device, uint64_t bytes, chipfit_buffer* buffer) {
  if (act("alloc") != CHIPFIT_OK) return CHIPFIT_OUT_OF_MEMORY;
  if (strcmp(host->options, "no_buffer") == 0) return CHIPFIT_OK;
  auto* data = static_cast<unsigned char*>(malloc(bytes));
  if (data == nullptr) return CHIPFIT_OUT_OF_MEMORY;
  *buffer = new chipfit_buffer_s{data};
  return CHIPFIT_OK;
}

void free_buffer(chipfit_device, chipfit_buffer buffer) {
  act("free");
  free(buffer->data);
  delete buffer;
}

chipfit_status upload(chipfit_device, chipfit_buffer target, uint64_t at, const void* source, uint64_t bytes) {
  if (strcmp(host->options, "write_input") == 0) *static_cast<volatile char*>(const_cast<void*>(source)) = 1;
  if (strcmp(host->options, "unseal_input") == 0) {
    const auto page_bytes = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto page = reinterpret_cast<uintptr_t>(source) & ~(page_bytes - 1);
    if (mprotect(reinterpret_cast<void*>(page), page_bytes, PROT_READ | PROT_WRITE) != 0) _exit(42);
  }
  memcpy(target->data + at, source, bytes);
  return act("upload");
}

chipfit_status download(chipfit_device, chipfit_buffer source, uint64_t at, void* target, uint64_t bytes) {
  memcpy(target, source->data + at, bytes);
  return act("download");
}

chipfit_status supports(chipfit_device, const chipfit_problem* problem) {
  if (const auto status = act("supports"); status != CHIPFIT_OK) return status;
  if (problem->op == CHIPFIT_GEMM && problem->dtype_a == CHIPFIT_F32 && problem->accumulate == 0) return CHIPFIT_OK;
  last_text = "only f32 GEMM";
  return CHIPFIT_UNSUPPORTED;
}

chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  if (const auto status = act("prepare"); status != CHIPFIT_OK) return status;
  if (const auto status = supports(device, problem); status != CHIPFIT_OK) return status;
  *kernel = new chipfit_kernel_s{problem->shape.gemm};
  return CHIPFIT_OK;
}

void release(chipfit_device, chipfit_kernel kernel) {
  act("release");
  delete kernel;
}

chipfit_status enqueue(chipfit_device, chipfit_kernel kernel, const chipfit_view* in, uint32_t, chipfit_view out) {
  const auto& g = kernel->shape;
  const auto* a = reinterpret_cast<const float*>(in[0].buffer->data + in[0].offset);
  const auto* b = reinterpret_cast<const float*>(in[1].buffer->data + in[1].offset);
  auto* c = reinterpret_cast<float*>(out.buffer->data + out.offset);
  for (int64_t i = 0; i < g.m; ++i) {
    for (int64_t j = 0; j < g.n; ++j) {
      float sum = 0;
      for (int64_t k = 0; k < g.k; ++k) sum += a[i * g.k + k] * b[k * g.n + j];
      c[i * g.n + j] = sum;
    }
  }
  return act("enqueue");
}

[[maybe_unused]] chipfit_status sync_device(chipfit_device) {
  return act("sync");
}

size_t last_error(chipfit_device, char* text, size_t size) {
  return static_cast<size_t>(snprintf(text, size, "%s", last_text));
}

chipfit_status counter(chipfit_device, const char* name, double* value) {
  *value = strcmp(name, "power_w") == 0 ? 12.5 : 0.0 / strlen(name + strlen(name));
  return strcmp(name, "energy_j") == 0 ? CHIPFIT_UNSUPPORTED : act("counter");
}

const char* algorithm(chipfit_device, chipfit_kernel) {
  return "three loops";
}

#if defined(VARIANT_TOO_SMALL_TABLE)
constexpr uint32_t table_bytes = 64;
#elif defined(VARIANT_SMALLER_TABLE)
constexpr uint32_t table_bytes = offsetof(chipfit_plugin, supports);
#elif defined(VARIANT_LARGER_TABLE)
constexpr uint32_t table_bytes = sizeof(chipfit_plugin) + 16;
#else
constexpr uint32_t table_bytes = sizeof(chipfit_plugin);
#endif

#if defined(VARIANT_MISSING_SYNC)
constexpr auto the_sync = static_cast<chipfit_status (*)(chipfit_device)>(nullptr);
#else
constexpr auto the_sync = sync_device;
#endif

struct LargerTable {
  chipfit_plugin table;
  void* later[2];
};
const LargerTable larger = {
    {table_bytes,  CHIPFIT_ABI_MINOR, "mischief",  "1.0 (none)", device_count, device_info, open_device,
     close_device, alloc_buffer,      free_buffer, upload,       download,     prepare,     release,
     enqueue,      the_sync,          supports,    last_error,   counter,      algorithm},
    {nullptr, nullptr}};

#if defined(VARIANT_ABORT_IN_CONSTRUCTOR)
__attribute__((constructor)) void in_constructor() {
  abort();
}
#elif defined(VARIANT_THROW_IN_CONSTRUCTOR)
struct Thrower {
  Thrower() { throw std::runtime_error("thrown by a constructor"); }
} thrower;
#endif

}  // namespace

#if defined(VARIANT_NO_SYMBOL)
extern "C" CHIPFIT_EXPORT const chipfit_plugin* some_other_symbol(const chipfit_host* given) {
#else
extern "C" CHIPFIT_EXPORT const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* given) {
#endif
  host = given;
  act("query");
#if defined(VARIANT_NULL_QUERY)
  return nullptr;
#else
  return &larger.table;
#endif
}
