/* The honest plugin with one duty broken, by the variant that is defined. */
#ifdef VARIANT_MISNAMED
#undef PLUGIN_NAME
#define PLUGIN_NAME "somebody_else"
#endif
#include "tests/hostile/honest.h"

/* A queue that is carried out when somebody waits. */
struct job {
  chipfit_kernel kernel;
  const chipfit_view* lent; /* as it was passed in */
  chipfit_view in[2], out;
};
static struct job jobs[1024];
static int job_count;

static inline chipfit_status put(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                 uint32_t in_count, chipfit_view out) {
  (void)device, (void)in_count;
  const struct job job = {kernel, in, {in[0], in[1]}, out};
  jobs[job_count++] = job;
  return CHIPFIT_OK;
}
static inline chipfit_status carry_out(chipfit_device device) {
  for (int i = 0; i < job_count; ++i) {
#if defined(VARIANT_OUT_OF_ORDER)
    const struct job* job = &jobs[job_count - 1 - i];
#else
    const struct job* job = &jobs[i];
#endif
#if defined(VARIANT_KEEPS_VIEWS)
    honest_enqueue(device, job->kernel, job->lent, 2, job->out);
#else
    honest_enqueue(device, job->kernel, job->in, 2, job->out);
#endif
  }
  job_count = 0;
  return CHIPFIT_OK;
}
static inline chipfit_status upload_after(chipfit_device device, chipfit_buffer target, uint64_t offset,
                                          const void* source, uint64_t bytes) {
  carry_out(device);
  return honest_upload(device, target, offset, source, bytes);
}
static inline chipfit_status download_after(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                                            uint64_t bytes) {
  carry_out(device);
  return honest_download(device, source, offset, target, bytes);
}

#if defined(VARIANT_OUT_OF_ORDER) || defined(VARIANT_KEEPS_VIEWS)
static void hostile(chipfit_plugin* table) {
  table->enqueue = put;
  table->sync = carry_out;
  table->upload = upload_after;
  table->download = download_after;
}

#elif defined(VARIANT_DOWNLOAD_OVERTAKES)
static void hostile(chipfit_plugin* table) {
  table->enqueue = put;
  table->sync = carry_out;
  table->upload = upload_after;
}

#elif defined(VARIANT_UPLOAD_BY_REFERENCE)
static struct {
  chipfit_buffer target;
  uint64_t offset, bytes;
  const void* source;
} copies[256];
static int copy_count;
static void copy_now(chipfit_device device) {
  for (int i = 0; i < copy_count; ++i)
    honest_upload(device, copies[i].target, copies[i].offset, copies[i].source, copies[i].bytes);
  copy_count = 0;
}
static chipfit_status upload(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                             uint64_t bytes) {
  if (copy_count == 256) copy_now(device);
  copies[copy_count].target = target;
  copies[copy_count].offset = offset;
  copies[copy_count].bytes = bytes;
  copies[copy_count++].source = source;
  return CHIPFIT_OK;
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  copy_now(device);
  return honest_enqueue(device, kernel, in, in_count, out);
}
static void hostile(chipfit_plugin* table) {
  table->upload = upload;
  table->enqueue = enqueue;
}

#elif defined(VARIANT_KEEPS_PROBLEM)
static const chipfit_problem* kept;
static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  kept = problem;
  return honest_prepare(device, problem, kernel);
}
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  kernel->problem = *kept;
  return honest_enqueue(device, kernel, in, in_count, out);
}
static void hostile(chipfit_plugin* table) {
  table->prepare = prepare;
  table->enqueue = enqueue;
}

#elif defined(VARIANT_SUPPORTS_LESS)
static chipfit_status supports(chipfit_device device, const chipfit_problem* problem) {
  (void)device, (void)problem;
  return CHIPFIT_UNSUPPORTED;
}
static void hostile(chipfit_plugin* table) {
  table->supports = supports;
}

#elif defined(VARIANT_REFUSES_LATER)
static chipfit_status prepare(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel) {
  static int asked;
  return asked++ == 0 ? honest_prepare(device, problem, kernel) : CHIPFIT_UNSUPPORTED;
}
static void hostile(chipfit_plugin* table) {
  table->prepare = prepare;
}

#elif defined(VARIANT_WRITES_BEFORE)
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  honest_enqueue(device, kernel, in, in_count, out);
  if (out.offset > 0) honest_at(out)[-1] = 0;
  return CHIPFIT_OK;
}
static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}

#elif defined(VARIANT_LESS_AFTER_WARM_UP)
static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  static int calls;
  honest_enqueue(device, kernel, in, in_count, out);
  if (calls++ > 0)
    for (int64_t i = 0; i < kernel->elements[2]; ++i) honest_at(out)[i] += 1;
  return CHIPFIT_OK;
}
static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}

#else
static void hostile(chipfit_plugin* table) {
  (void)table;
}
#endif
HOSTILE_PLUGIN(PLUGIN_NAME)
