/* Loads a plugin and multiplies 3x4 by 4x2 with it; exits 0 when the result is right. */
#include <chipfit/chipfit_plugin.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define REQUIRE(condition)                                            \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      return 1;                                                       \
    }                                                                 \
  } while (0)

typedef const chipfit_plugin* (*query_function)(const chipfit_host*);

static void log_line(const char* text) {
  fprintf(stderr, "%s\n", text);
}

int main(int argc, char** argv) {
  const float a[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, b[8] = {1, -1, 2, 0, 3, 1, 4, 2};
  const float expected[6] = {30, 10, 70, 18, 110, 26};
  float c[6] = {0};
  const chipfit_host host = {sizeof host, CHIPFIT_ABI_MINOR, log_line, "/tmp", ""};
  REQUIRE(argc == 2);
  void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) fprintf(stderr, "%s\n", dlerror());
  REQUIRE(library);
  query_function query;
  void* symbol = dlsym(library, "chipfit_plugin_query_v1");
  REQUIRE(symbol);
  memcpy(&query, &symbol, sizeof query); /* ISO C has no conversion from object to function pointers */
  const chipfit_plugin* plugin = query(&host);
  REQUIRE(plugin && plugin->struct_size >= offsetof(chipfit_plugin, supports));

  uint32_t count = 0;
  REQUIRE(plugin->device_count(&count) == CHIPFIT_OK && count == 1);
  chipfit_device device = NULL;
  REQUIRE(plugin->open(0, &device) == CHIPFIT_OK);
  chipfit_view in[2] = {{NULL, 0}, {NULL, 0}}, out = {NULL, 0};
  REQUIRE(plugin->alloc(device, sizeof a, &in[0].buffer) == CHIPFIT_OK);
  REQUIRE(plugin->alloc(device, sizeof b, &in[1].buffer) == CHIPFIT_OK);
  REQUIRE(plugin->alloc(device, sizeof c, &out.buffer) == CHIPFIT_OK);
  REQUIRE(plugin->upload(device, in[0].buffer, 0, a, sizeof a) == CHIPFIT_OK);
  REQUIRE(plugin->upload(device, in[1].buffer, 0, b, sizeof b) == CHIPFIT_OK);

  chipfit_problem problem;
  chipfit_kernel kernel = NULL;
  memset(&problem, 0, sizeof problem);
  problem.struct_size = sizeof problem;
  problem.op = CHIPFIT_CONV_FWD;
  problem.math = CHIPFIT_STRICT;
  problem.dtype_a = problem.dtype_b = problem.dtype_acc = problem.dtype_out = CHIPFIT_F32;
  REQUIRE(plugin->prepare(device, &problem, &kernel) == CHIPFIT_UNSUPPORTED);
  problem.op = CHIPFIT_GEMM;
  problem.shape.gemm.m = 3;
  problem.shape.gemm.n = 2;
  problem.shape.gemm.k = 4;
  problem.shape.gemm.batch = 1;
  REQUIRE(plugin->prepare(device, &problem, &kernel) == CHIPFIT_OK);
  REQUIRE(plugin->enqueue(device, kernel, in, 2, out) == CHIPFIT_OK);
  REQUIRE(plugin->sync(device) == CHIPFIT_OK);
  REQUIRE(plugin->download(device, out.buffer, 0, c, sizeof c) == CHIPFIT_OK);
  for (int i = 0; i < 6; ++i) REQUIRE(c[i] == expected[i]);

  plugin->release(device, kernel);
  plugin->free(device, in[0].buffer);
  plugin->free(device, in[1].buffer);
  plugin->free(device, out.buffer);
  plugin->close(device);
  return 0;
}
