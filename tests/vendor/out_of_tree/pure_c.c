/* A plugin in C11 and nothing else. */
#include <chipfit/chipfit_plugin.h>
#include <stdlib.h>
#include <string.h>

struct chipfit_device_s {
  int open;
};
struct chipfit_buffer_s {
  unsigned char* data;
};
struct chipfit_kernel_s {
  chipfit_gemm_shape shape;
};

static struct chipfit_device_s the_device;

static chipfit_status device_count(uint32_t* count) {
  *count = 1;
  return CHIPFIT_OK;
}
static chipfit_status device_info(uint32_t index, chipfit_device_info* info) {
  (void)index;
  info->kind = CHIPFIT_CPU;
  strcpy(info->name, "C");
  return CHIPFIT_OK;
}
static chipfit_status open_device(uint32_t index, chipfit_device* device) {
  (void)index;
  the_device.open = 1;
  *device = &the_device;
  return CHIPFIT_OK;
}
static void close_device(chipfit_device device) {
  device->open = 0;
}

static chipfit_status alloc(chipfit_device device, uint64_t bytes, chipfit_buffer* buffer) {
  (void)device;
  *buffer = malloc(sizeof **buffer);
  if (*buffer == NULL) return CHIPFIT_OUT_OF_MEMORY;
  (*buffer)->data = malloc((size_t)bytes);
  if ((*buffer)->data != NULL) return CHIPFIT_OK;
  free(*buffer);
  return CHIPFIT_OUT_OF_MEMORY;
}
static void release_buffer(chipfit_device device, chipfit_buffer buffer) {
  (void)device;
  free(buffer->data);
  free(buffer);
}
static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  (void)device;
  memcpy(target->data + offset, source, (size_t)bytes);
  return CHIPFIT_OK;
}
static chipfit_status download(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                               uint64_t bytes) {
  (void)device;
  memcpy(target, source->data + offset, (size_t)bytes);
  return CHIPFIT_OK;
}

static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  const chipfit_gemm_shape* s = &problem->shape.gemm;
  (void)device;
  if (problem->op != CHIPFIT_GEMM || problem->dtype_a != CHIPFIT_F32 || problem->dtype_b != CHIPFIT_F32 ||
      problem->dtype_acc != CHIPFIT_F32 || problem->dtype_out != CHIPFIT_F32 || problem->accumulate || s->trans_a ||
      s->trans_b || s->batch != 1)
    return CHIPFIT_UNSUPPORTED;
  *kernel = malloc(sizeof **kernel);
  if (*kernel == NULL) return CHIPFIT_OUT_OF_MEMORY;
  (*kernel)->shape = *s;
  return CHIPFIT_OK;
}
static void release_kernel(chipfit_device device, chipfit_kernel kernel) {
  (void)device;
  free(kernel);
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  const chipfit_gemm_shape* s = &kernel->shape;
  const float* a = (const float*)(const void*)(in[0].buffer->data + in[0].offset);
  const float* b = (const float*)(const void*)(in[1].buffer->data + in[1].offset);
  float* c = (float*)(void*)(out.buffer->data + out.offset);
  (void)device, (void)in_count;
  for (int64_t m = 0; m < s->m; ++m)
    for (int64_t n = 0; n < s->n; ++n) {
      float sum = 0;
      for (int64_t k = 0; k < s->k; ++k) sum += a[m * s->k + k] * b[k * s->n + n];
      c[m * s->n + n] = sum;
    }
  return CHIPFIT_OK;
}
static chipfit_status sync_device(chipfit_device device) {
  (void)device;
  return CHIPFIT_OK;
}

const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {
  static const chipfit_plugin table = {CHIPFIT_PLUGIN_HEAD("pure-c", "1.0"),
                                       .device_count = device_count,
                                       .device_info = device_info,
                                       .open = open_device,
                                       .close = close_device,
                                       .alloc = alloc,
                                       .free = release_buffer,
                                       .upload = upload,
                                       .download = download,
                                       .prepare = prepare,
                                       .release = release_kernel,
                                       .enqueue = enqueue,
                                       .sync = sync_device};
  (void)host;
  return &table;
}
