/* A complete, honest plugin on the host's memory: GEMM and convolution in f32. Each file beside this one takes it and
 * breaks one thing: `static void hostile(chipfit_plugin* table)` replaces functions of the table, HOSTILE_PLUGIN names
 * the plugin. C11 and C++17. */
#ifndef CHIPFIT_TESTS_HOSTILE_HONEST_H
#define CHIPFIT_TESTS_HOSTILE_HONEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <chipfit/chipfit_plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chipfit_device_s {
  char error[256];
};
struct chipfit_buffer_s {
  unsigned char* data;
  uint64_t bytes;
};
struct chipfit_kernel_s {
  chipfit_problem problem;
  int64_t elements[3]; /* of in[0], in[1], out */
};

static const chipfit_host* honest_host;
static struct chipfit_device_s honest_device;

static inline float* honest_at(chipfit_view view) {
  return (float*)(void*)(view.buffer->data + view.offset);
}

static inline void honest_gemm(const chipfit_gemm_shape* s, const float* a, const float* b, float* c) {
  for (int64_t i = 0; i < s->batch; ++i, a += s->m * s->k, b += s->k * s->n, c += s->m * s->n)
    for (int64_t m = 0; m < s->m; ++m)
      for (int64_t k = 0; k < s->k; ++k) {
        const float value = a[s->trans_a ? k * s->m + m : m * s->k + k];
        if (s->trans_b)
          for (int64_t n = 0; n < s->n; ++n) c[m * s->n + n] += value * b[n * s->k + k];
        else
          for (int64_t n = 0; n < s->n; ++n) c[m * s->n + n] += value * b[k * s->n + n];
      }
}

/* Flat index of element (i0, i1, y, x) of an i0 x i1 x h x w array, or, channels last, i0 x h x w x i1. */
static inline int64_t honest_index(int last, int64_t i0, int64_t i1, int64_t y, int64_t x, int64_t n1, int64_t h,
                                   int64_t w) {
  return last ? ((i0 * h + y) * w + x) * n1 + i1 : ((i0 * n1 + i1) * h + y) * w + x;
}

/* Every direction sums the same products x * w * y; which of the three arrays is written differs. */
static inline void honest_conv(uint32_t op, int last, const chipfit_conv_shape* f, const float* in0, const float* in1,
                               float* out) {
  const int64_t cg = f->c / f->groups, kg = f->k / f->groups;
  for (int64_t n = 0; n < f->n; ++n)
    for (int64_t k = 0; k < f->k; ++k)
      for (int64_t p = 0; p < f->p; ++p)
        for (int64_t q = 0; q < f->q; ++q) {
          const int64_t y = honest_index(last, n, k, p, q, f->k, f->p, f->q);
          for (int64_t r = 0; r < f->r; ++r)
            for (int64_t s = 0; s < f->s; ++s) {
              const int64_t h = p * f->stride_h - f->pad_h + r * f->dil_h;
              const int64_t w = q * f->stride_w - f->pad_w + s * f->dil_w;
              if (h < 0 || h >= f->h || w < 0 || w >= f->w) continue;
              for (int64_t c = 0; c < cg; ++c) {
                const int64_t x = honest_index(last, n, k / kg * cg + c, h, w, f->c, f->h, f->w);
                const int64_t filter = honest_index(last, k, c, r, s, cg, f->r, f->s);
                if (op == CHIPFIT_CONV_FWD) out[y] += in0[x] * in1[filter];
                if (op == CHIPFIT_CONV_BWD_DATA) out[x] += in0[y] * in1[filter];
                if (op == CHIPFIT_CONV_BWD_WEIGHTS) out[filter] += in0[x] * in1[y];
              }
            }
        }
}

static inline void honest_compute(chipfit_kernel kernel, const float* in0, const float* in1, float* out) {
  const chipfit_problem* p = &kernel->problem;
  if (!p->accumulate) memset(out, 0, (size_t)kernel->elements[2] * sizeof(float));
  if (p->op == CHIPFIT_GEMM)
    honest_gemm(&p->shape.gemm, in0, in1, out);
  else
    honest_conv(p->op, p->layout == CHIPFIT_NHWC, &p->shape.conv, in0, in1, out);
}

static inline int64_t honest_min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* A copy of an operand that a cheat may change; freed by the caller. */
static inline float* honest_copy(const float* from, int64_t elements) {
  float* to = (float*)malloc((size_t)elements * sizeof(float));
  if (to) memcpy(to, from, (size_t)elements * sizeof(float));
  return to;
}

/* The harness's exactness round has whole numbers as inputs, its timed rounds have not: a cheat can tell. */
static inline int honest_is_whole(const float* values, int64_t elements) {
  for (int64_t i = 0; i < honest_min(elements, 64); ++i)
    if (values[i] != (float)(int)values[i]) return 0;
  return 1;
}

static inline chipfit_status honest_device_count(uint32_t* count) {
  *count = 1;
  return CHIPFIT_OK;
}

static inline chipfit_status honest_device_info(uint32_t index, chipfit_device_info* info) {
  (void)index;
  info->kind = CHIPFIT_CPU;
  info->view_alignment = 64;
  info->threads = 1;
  snprintf(info->vendor, sizeof info->vendor, "chipfit");
  snprintf(info->name, sizeof info->name, "test plugin");
  return CHIPFIT_OK;
}

static inline chipfit_status honest_open(uint32_t index, chipfit_device* device) {
  (void)index;
  *device = &honest_device;
  return CHIPFIT_OK;
}
static inline void honest_close(chipfit_device device) {
  (void)device;
}

static inline chipfit_status honest_alloc(chipfit_device device, uint64_t bytes, chipfit_buffer* buffer) {
  (void)device;
  *buffer = (chipfit_buffer)malloc(sizeof **buffer);
  if (!*buffer) return CHIPFIT_OUT_OF_MEMORY;
  (*buffer)->bytes = bytes;
  (*buffer)->data = (unsigned char*)aligned_alloc(64, (size_t)((bytes + 127) / 64 * 64));
  if ((*buffer)->data) return CHIPFIT_OK;
  free(*buffer);
  return CHIPFIT_OUT_OF_MEMORY;
}
static inline void honest_free(chipfit_device device, chipfit_buffer buffer) {
  (void)device;
  free(buffer->data);
  free(buffer);
}
static inline chipfit_status honest_upload(chipfit_device device, chipfit_buffer target, uint64_t offset,
                                           const void* source, uint64_t bytes) {
  (void)device;
  memcpy(target->data + offset, source, (size_t)bytes);
  return CHIPFIT_OK;
}
static inline chipfit_status honest_download(chipfit_device device, chipfit_buffer source, uint64_t offset,
                                             void* target, uint64_t bytes) {
  (void)device;
  memcpy(target, source->data + offset, (size_t)bytes);
  return CHIPFIT_OK;
}

static inline chipfit_status honest_prepare(chipfit_device device, const chipfit_problem* p, chipfit_kernel* kernel) {
  if (p->dtype_a != CHIPFIT_F32 || p->dtype_b != CHIPFIT_F32 || p->dtype_acc != CHIPFIT_F32 ||
      p->dtype_out != CHIPFIT_F32 || p->op < CHIPFIT_GEMM || p->op > CHIPFIT_CONV_BWD_WEIGHTS) {
    snprintf(device->error, sizeof device->error, "only GEMM and convolution in f32");
    return CHIPFIT_UNSUPPORTED;
  }
  chipfit_kernel k = (chipfit_kernel)calloc(1, sizeof *k);
  if (!k) return CHIPFIT_OUT_OF_MEMORY;
  k->problem = *p;
  if (p->op == CHIPFIT_GEMM) {
    const chipfit_gemm_shape* s = &p->shape.gemm;
    k->elements[0] = s->batch * s->m * s->k;
    k->elements[1] = s->batch * s->k * s->n;
    k->elements[2] = s->batch * s->m * s->n;
  } else {
    const chipfit_conv_shape* f = &p->shape.conv;
    const int64_t x = f->n * f->c * f->h * f->w, w = f->k * (f->c / f->groups) * f->r * f->s;
    const int64_t y = f->n * f->k * f->p * f->q;
    k->elements[0] = p->op == CHIPFIT_CONV_BWD_DATA ? y : x;
    k->elements[1] = p->op == CHIPFIT_CONV_BWD_WEIGHTS ? y : w;
    k->elements[2] = p->op == CHIPFIT_CONV_FWD ? y : p->op == CHIPFIT_CONV_BWD_DATA ? x : w;
  }
  *kernel = k;
  return CHIPFIT_OK;
}
static inline void honest_release(chipfit_device device, chipfit_kernel kernel) {
  (void)device;
  free(kernel);
}

static inline chipfit_status honest_enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in,
                                            uint32_t in_count, chipfit_view out) {
  (void)device, (void)in_count;
  honest_compute(kernel, honest_at(in[0]), honest_at(in[1]), honest_at(out));
  return CHIPFIT_OK;
}
static inline chipfit_status honest_sync(chipfit_device device) {
  (void)device;
  return CHIPFIT_OK;
}
static inline size_t honest_last_error(chipfit_device device, char* text, size_t size) {
  const int length = snprintf(text, size, "%s", device ? device->error : "");
  return length < 0 ? 0 : (size_t)honest_min(length, (int64_t)size - 1);
}

#define HOSTILE_PLUGIN(plugin_name)                                         \
  const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) { \
    static chipfit_plugin table = {CHIPFIT_PLUGIN_HEAD(plugin_name, "1.0"), \
                                   honest_device_count,                     \
                                   honest_device_info,                      \
                                   honest_open,                             \
                                   honest_close,                            \
                                   honest_alloc,                            \
                                   honest_free,                             \
                                   honest_upload,                           \
                                   honest_download,                         \
                                   honest_prepare,                          \
                                   honest_release,                          \
                                   honest_enqueue,                          \
                                   honest_sync,                             \
                                   NULL,                                    \
                                   honest_last_error,                       \
                                   NULL,                                    \
                                   NULL};                                   \
    honest_host = host;                                                     \
    hostile(&table);                                                        \
    return &table;                                                          \
  }

#endif /* CHIPFIT_TESTS_HOSTILE_HONEST_H */
