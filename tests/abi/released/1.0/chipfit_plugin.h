/* SPDX-License-Identifier: Apache-2.0
 *
 * chipfit plugin ABI 1.0: everything a chip vendor implements. C11, C++17.
 *
 * A plugin is one shared library that exports one symbol, chipfit_plugin_query_v1. It returns a constant table of
 * functions. The harness loads the library in a process of its own, asks for devices, allocates buffers, uploads
 * data, prepares a kernel for a problem, enqueues it on views of the buffers, synchronises and downloads the result.
 * It verifies every result; a crash, a hang or a wrong answer becomes a verdict on that one case.
 *
 * Rules, numbered as `chipfit check` prints them (docs/vendor-guide.md has them with examples):
 *   P1  one in-order queue per device; upload, download and sync are ordered after earlier enqueues
 *   P2  when sync returns OK all outputs are final
 *   P3  one device is called from one thread; the plugin may own threads
 *   P4  nothing unwinds across this interface: no exception, longjmp or exit
 *   P5  no pointer passed in is kept after the call returns
 *   P6  a problem that cannot be computed is answered CHIPFIT_UNSUPPORTED, never by an abort
 *   P7  supports() says what prepare() then does
 *   P8  enqueue does not change its inputs
 *   P9  nothing is written beyond the output
 *   P10 math is a floor on precision: strict f32 is never computed in less
 *   P11 prepare sees shapes only; work that depends on data happens between enqueue and the end of sync
 *   P12 the same input gives a result of the same accuracy
 */
#ifndef CHIPFIT_PLUGIN_H
#define CHIPFIT_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define CHIPFIT_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define CHIPFIT_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#if defined(__GNUC__)
#define CHIPFIT_EXPORT __attribute__((visibility("default")))
#else
#define CHIPFIT_EXPORT
#endif

#define CHIPFIT_ABI_MAJOR 1
#define CHIPFIT_ABI_MINOR 0

/* Six answers, because the harness has six reactions. */
typedef enum chipfit_status {
  CHIPFIT_OK = 0,
  CHIPFIT_UNSUPPORTED = 1,   /* this problem is not computed: an honest empty cell */
  CHIPFIT_UNAVAILABLE = 2,   /* no driver or no device here: the plugin is skipped */
  CHIPFIT_OUT_OF_MEMORY = 3, /* the problem is too big for the device */
  CHIPFIT_DEVICE_LOST = 4,   /* the device needs a new process */
  CHIPFIT_INTERNAL = 5       /* a defect of the plugin */
} chipfit_status;

typedef enum chipfit_op {
  CHIPFIT_GEMM = 1,            /* in[0] = A, in[1] = B, out = C */
  CHIPFIT_CONV_FWD = 2,        /* in[0] = X, in[1] = W, out = Y */
  CHIPFIT_CONV_BWD_DATA = 3,   /* in[0] = dY, in[1] = W, out = dX */
  CHIPFIT_CONV_BWD_WEIGHTS = 4 /* in[0] = X, in[1] = dY, out = dW */
} chipfit_op;

typedef enum chipfit_dtype {
  CHIPFIT_F64 = 1,
  CHIPFIT_F32 = 2,
  CHIPFIT_F16 = 3, /* IEEE binary16 */
  CHIPFIT_BF16 = 4,
  CHIPFIT_E4M3 = 5, /* OCP 8-bit, no infinities */
  CHIPFIT_E5M2 = 6, /* OCP 8-bit */
  CHIPFIT_I8 = 7,
  CHIPFIT_U8 = 8,
  CHIPFIT_I32 = 9 /* accumulator and output of integer products, modulo 2^32 */
} chipfit_dtype;

/* How operands of type f32 may be multiplied; CHIPFIT_STRICT for every other type. */
typedef enum chipfit_math {
  CHIPFIT_STRICT = 1,
  CHIPFIT_RELAXED = 2,
  CHIPFIT_TF32 = 3,
  CHIPFIT_MATH_F16 = 4,
  CHIPFIT_MATH_BF16 = 5
} chipfit_math;

typedef enum chipfit_layout {
  CHIPFIT_ROW_MAJOR = 0, /* GEMM */
  CHIPFIT_NCHW = 1,      /* X NCHW, W KCRS, Y NKPQ */
  CHIPFIT_NHWC = 2       /* X NHWC, W KRSC, Y NPQK */
} chipfit_layout;

typedef enum chipfit_device_kind {
  CHIPFIT_CPU = 1,
  CHIPFIT_GPU = 2,
  CHIPFIT_ACCELERATOR = 3,
  CHIPFIT_SIMULATED = 4 /* never part of a default run */
} chipfit_device_kind;

/* C[i] = op(A[i]) op(B[i]), i < batch; row-major, dense. op(A) is m x k, stored m x k or, transposed, k x m;
 * op(B) is k x n, stored k x n or n x k; C is m x n. */
typedef struct chipfit_gemm_shape {
  int64_t m, n, k, batch;
  uint32_t trans_a, trans_b; /* 0 or 1 */
} chipfit_gemm_shape;

/* X is n x c x h x w, W is k x (c/groups) x r x s, Y is n x k x p x q with
 * p = (h + 2*pad_h - dil_h*(r-1) - 1) / stride_h + 1, q alike; p and q are filled in. Cross-correlation. */
typedef struct chipfit_conv_shape {
  int64_t n, c, h, w, k, r, s, p, q;
  int64_t pad_h, pad_w, stride_h, stride_w, dil_h, dil_w, groups;
} chipfit_conv_shape;

typedef struct chipfit_problem {
  uint32_t struct_size;
  uint32_t op;                                     /* chipfit_op */
  uint32_t dtype_a, dtype_b, dtype_acc, dtype_out; /* chipfit_dtype of in[0], in[1], accumulator, out */
  uint32_t math;                                   /* chipfit_math */
  uint32_t accumulate;                             /* 0: out = ..., 1: out += ...; 1 may be UNSUPPORTED */
  uint32_t layout;                                 /* chipfit_layout */
  uint32_t since_minor;                            /* minor version that introduced this kind of problem */
  union {
    chipfit_gemm_shape gemm;
    chipfit_conv_shape conv;
    uint64_t words[24];
  } shape;
  uint64_t reserved[3]; /* zero */
} chipfit_problem;

/* The plugin defines these structs; the harness only passes the pointers on. */
typedef struct chipfit_device_s* chipfit_device;
typedef struct chipfit_buffer_s* chipfit_buffer;
typedef struct chipfit_kernel_s* chipfit_kernel;

/* `offset` is in bytes, a multiple of the device's view_alignment (0 where that is 0). */
typedef struct chipfit_view {
  chipfit_buffer buffer;
  uint64_t offset;
} chipfit_view;

typedef struct chipfit_peak {
  uint32_t dtype_in, dtype_acc; /* chipfit_dtype */
  uint32_t math, reserved;      /* chipfit_math */
  double flop_per_s;            /* dense, at the nominal clock */
} chipfit_peak;

#define CHIPFIT_MAX_PEAKS 16

/* Text is UTF-8 and ends with 0; numbers that are not known are 0. */
typedef struct chipfit_device_info {
  uint32_t struct_size;    /* set by the caller */
  uint32_t kind;           /* chipfit_device_kind */
  uint64_t view_alignment; /* bytes, a power of two; 0: whole buffers only */
  uint64_t memory_bytes;
  uint32_t compute_units; /* cores, multiprocessors */
  uint32_t threads;       /* host threads the plugin computes with */
  double nominal_clock_hz;
  double memory_byte_per_s;
  char vendor[64], name[128], arch[64], serial[64], driver[64], runtime[64];
  uint32_t peak_count;
  uint32_t last_level_cache_kib; /* of the device itself, in KiB: inputs are drawn from at least twice as much */
  chipfit_peak peaks[CHIPFIT_MAX_PEAKS]; /* claimed, dense */
} chipfit_device_info;

/* What the harness gives the plugin. Valid as long as the plugin is loaded. */
typedef struct chipfit_host {
  uint32_t struct_size, abi_minor;
  void (*log)(const char* text); /* one line, goes to the worker's log */
  const char* scratch_dir;       /* the only place the plugin may write to */
  const char* options;           /* "key=value key=value", from the plugin's manifest and the command line */
} chipfit_host;

/* Every function but the last four is required. All are called from one thread per device (P3). */
typedef struct chipfit_plugin {
  uint32_t struct_size, abi_minor;
  const char* name;    /* as in the manifest */
  const char* version; /* of the plugin, with the version of the library it wraps: "1.0 (OpenBLAS 0.3.21)" */

  chipfit_status (*device_count)(uint32_t* count);
  chipfit_status (*device_info)(uint32_t index, chipfit_device_info* info);
  chipfit_status (*open)(uint32_t index, chipfit_device* device);
  void (*close)(chipfit_device device);

  chipfit_status (*alloc)(chipfit_device device, uint64_t bytes, chipfit_buffer* buffer);
  void (*free)(chipfit_device device, chipfit_buffer buffer);
  /* Blocking; ordered after earlier enqueues. */
  chipfit_status (*upload)(chipfit_device device, chipfit_buffer target, uint64_t offset, const void* source,
                           uint64_t bytes);
  chipfit_status (*download)(chipfit_device device, chipfit_buffer source, uint64_t offset, void* target,
                             uint64_t bytes);

  /* Not timed: compile, select, allocate workspace. Sees no data (P11). */
  chipfit_status (*prepare)(chipfit_device device, const chipfit_problem* problem, chipfit_kernel* kernel);
  void (*release)(chipfit_device device, chipfit_kernel kernel);
  /* Timed. May return before the work is done. Inputs never overlap the output. */
  chipfit_status (*enqueue)(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                            chipfit_view out);
  chipfit_status (*sync)(chipfit_device device);

  /* Optional: NULL is fine. */
  chipfit_status (*supports)(chipfit_device device, const chipfit_problem* problem);
  /* Text of the last failure on this device (NULL: of the plugin), at most `size` bytes with the final 0; returns
   * the length written. */
  size_t (*last_error)(chipfit_device device, char* text, size_t size);
  /* "power_w", "energy_j", "clock_hz", "temp_c". */
  chipfit_status (*counter)(chipfit_device device, const char* name, double* value);
  /* Name of the algorithm that prepare chose; valid until release. */
  const char* (*algorithm)(chipfit_device device, chipfit_kernel kernel);
} chipfit_plugin;

/* The one exported symbol. Returns NULL when this host cannot be served at all. */
CHIPFIT_EXPORT const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host);

/* First lines of a plugin's table: CHIPFIT_PLUGIN_HEAD("name", "1.0"), .device_count = ... */
#define CHIPFIT_PLUGIN_HEAD(plugin_name, plugin_version) \
  (uint32_t)sizeof(chipfit_plugin), CHIPFIT_ABI_MINOR, plugin_name, plugin_version

/* Offset locks: released structs only grow at their end. */
CHIPFIT_STATIC_ASSERT(sizeof(void*) == 8, "chipfit plugins are 64-bit");
CHIPFIT_STATIC_ASSERT(sizeof(chipfit_problem) == 256, "ABI 1.0");
CHIPFIT_STATIC_ASSERT(sizeof(chipfit_view) == 16, "ABI 1.0");
CHIPFIT_STATIC_ASSERT(sizeof(chipfit_device_info) == 888, "ABI 1.0");
CHIPFIT_STATIC_ASSERT(sizeof(chipfit_host) == 32, "ABI 1.0");
CHIPFIT_STATIC_ASSERT(offsetof(chipfit_plugin, supports) == 120, "ABI 1.0");
CHIPFIT_STATIC_ASSERT(sizeof(chipfit_plugin) == 152, "ABI 1.0");

#ifdef __cplusplus
}
#endif
#endif /* CHIPFIT_PLUGIN_H */
