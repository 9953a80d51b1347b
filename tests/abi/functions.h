/* A device that opens and does nothing else: the functions of ABI 1.0 that every plugin here shares. */
#include <chipfit_plugin.h>

struct chipfit_device_s {
  int open;
};
static struct chipfit_device_s device;

static chipfit_status count(uint32_t* n) {
  *n = 1;
  return CHIPFIT_OK;
}
static chipfit_status open_device(uint32_t index, chipfit_device* out) {
  (void)index;
  *out = &device;
  return CHIPFIT_OK;
}
static void close_device(chipfit_device d) {
  (void)d;
}
static chipfit_status no_memory(chipfit_device d, uint64_t bytes, chipfit_buffer* buffer) {
  (void)d, (void)bytes, (void)buffer;
  return CHIPFIT_OUT_OF_MEMORY;
}
static void no_free(chipfit_device d, chipfit_buffer b) {
  (void)d, (void)b;
}
static chipfit_status no_upload(chipfit_device d, chipfit_buffer b, uint64_t at, const void* from, uint64_t bytes) {
  (void)d, (void)b, (void)at, (void)from, (void)bytes;
  return CHIPFIT_INTERNAL;
}
static chipfit_status no_download(chipfit_device d, chipfit_buffer b, uint64_t at, void* to, uint64_t bytes) {
  (void)d, (void)b, (void)at, (void)to, (void)bytes;
  return CHIPFIT_INTERNAL;
}
static chipfit_status no_kernel(chipfit_device d, const chipfit_problem* p, chipfit_kernel* k) {
  (void)d, (void)p, (void)k;
  return CHIPFIT_UNSUPPORTED;
}
static void no_release(chipfit_device d, chipfit_kernel k) {
  (void)d, (void)k;
}
static chipfit_status no_enqueue(chipfit_device d, chipfit_kernel k, const chipfit_view* in, uint32_t n,
                                 chipfit_view out) {
  (void)d, (void)k, (void)in, (void)n, (void)out;
  return CHIPFIT_INTERNAL;
}
static chipfit_status sync_device(chipfit_device d) {
  (void)d;
  return CHIPFIT_OK;
}
