/* ABI 1.0, member by member: what a released plugin was compiled with. A line here never changes; a later minor version
 * appends a file of its own for what it appends. Compiles as C and as C++. */
#include <chipfit/chipfit_plugin.h>

#define OFFSET(type, member, at) CHIPFIT_STATIC_ASSERT(offsetof(type, member) == (at), "ABI 1.0: " #type "." #member)
#define NUMBER(name, value) CHIPFIT_STATIC_ASSERT((name) == (value), "ABI 1.0: " #name)
#define SIZE_AT_LEAST(type, bytes) CHIPFIT_STATIC_ASSERT(sizeof(type) >= (bytes), "ABI 1.0: " #type)
#define SIZE(type, bytes) CHIPFIT_STATIC_ASSERT(sizeof(type) == (bytes), "ABI 1.0: " #type)

OFFSET(chipfit_gemm_shape, m, 0);
OFFSET(chipfit_gemm_shape, n, 8);
OFFSET(chipfit_gemm_shape, k, 16);
OFFSET(chipfit_gemm_shape, batch, 24);
OFFSET(chipfit_gemm_shape, trans_a, 32);
OFFSET(chipfit_gemm_shape, trans_b, 36);
SIZE(chipfit_gemm_shape, 40);

OFFSET(chipfit_conv_shape, n, 0);
OFFSET(chipfit_conv_shape, c, 8);
OFFSET(chipfit_conv_shape, h, 16);
OFFSET(chipfit_conv_shape, w, 24);
OFFSET(chipfit_conv_shape, k, 32);
OFFSET(chipfit_conv_shape, r, 40);
OFFSET(chipfit_conv_shape, s, 48);
OFFSET(chipfit_conv_shape, p, 56);
OFFSET(chipfit_conv_shape, q, 64);
OFFSET(chipfit_conv_shape, pad_h, 72);
OFFSET(chipfit_conv_shape, pad_w, 80);
OFFSET(chipfit_conv_shape, stride_h, 88);
OFFSET(chipfit_conv_shape, stride_w, 96);
OFFSET(chipfit_conv_shape, dil_h, 104);
OFFSET(chipfit_conv_shape, dil_w, 112);
OFFSET(chipfit_conv_shape, groups, 120);
SIZE(chipfit_conv_shape, 128);

OFFSET(chipfit_problem, struct_size, 0);
OFFSET(chipfit_problem, op, 4);
OFFSET(chipfit_problem, dtype_a, 8);
OFFSET(chipfit_problem, dtype_b, 12);
OFFSET(chipfit_problem, dtype_acc, 16);
OFFSET(chipfit_problem, dtype_out, 20);
OFFSET(chipfit_problem, math, 24);
OFFSET(chipfit_problem, accumulate, 28);
OFFSET(chipfit_problem, layout, 32);
OFFSET(chipfit_problem, since_minor, 36);
OFFSET(chipfit_problem, shape, 40);
OFFSET(chipfit_problem, reserved, 232);
SIZE(chipfit_problem, 256);

OFFSET(chipfit_view, buffer, 0);
OFFSET(chipfit_view, offset, 8);
SIZE(chipfit_view, 16);

OFFSET(chipfit_peak, dtype_in, 0);
OFFSET(chipfit_peak, dtype_acc, 4);
OFFSET(chipfit_peak, math, 8);
OFFSET(chipfit_peak, reserved, 12);
OFFSET(chipfit_peak, flop_per_s, 16);
SIZE(chipfit_peak, 24);

OFFSET(chipfit_device_info, struct_size, 0);
OFFSET(chipfit_device_info, kind, 4);
OFFSET(chipfit_device_info, view_alignment, 8);
OFFSET(chipfit_device_info, memory_bytes, 16);
OFFSET(chipfit_device_info, compute_units, 24);
OFFSET(chipfit_device_info, threads, 28);
OFFSET(chipfit_device_info, nominal_clock_hz, 32);
OFFSET(chipfit_device_info, memory_byte_per_s, 40);
OFFSET(chipfit_device_info, vendor, 48);
OFFSET(chipfit_device_info, name, 112);
OFFSET(chipfit_device_info, arch, 240);
OFFSET(chipfit_device_info, serial, 304);
OFFSET(chipfit_device_info, driver, 368);
OFFSET(chipfit_device_info, runtime, 432);
OFFSET(chipfit_device_info, peak_count, 496);
OFFSET(chipfit_device_info, last_level_cache_kib, 500);
OFFSET(chipfit_device_info, peaks, 504);
SIZE_AT_LEAST(chipfit_device_info, 888);

OFFSET(chipfit_host, struct_size, 0);
OFFSET(chipfit_host, abi_minor, 4);
OFFSET(chipfit_host, log, 8);
OFFSET(chipfit_host, scratch_dir, 16);
OFFSET(chipfit_host, options, 24);
SIZE_AT_LEAST(chipfit_host, 32);

OFFSET(chipfit_plugin, struct_size, 0);
OFFSET(chipfit_plugin, abi_minor, 4);
OFFSET(chipfit_plugin, name, 8);
OFFSET(chipfit_plugin, version, 16);
OFFSET(chipfit_plugin, device_count, 24);
OFFSET(chipfit_plugin, device_info, 32);
OFFSET(chipfit_plugin, open, 40);
OFFSET(chipfit_plugin, close, 48);
OFFSET(chipfit_plugin, alloc, 56);
OFFSET(chipfit_plugin, free, 64);
OFFSET(chipfit_plugin, upload, 72);
OFFSET(chipfit_plugin, download, 80);
OFFSET(chipfit_plugin, prepare, 88);
OFFSET(chipfit_plugin, release, 96);
OFFSET(chipfit_plugin, enqueue, 104);
OFFSET(chipfit_plugin, sync, 112);
OFFSET(chipfit_plugin, supports, 120);
OFFSET(chipfit_plugin, last_error, 128);
OFFSET(chipfit_plugin, counter, 136);
OFFSET(chipfit_plugin, algorithm, 144);
SIZE_AT_LEAST(chipfit_plugin, 152);

NUMBER(CHIPFIT_OK, 0);
NUMBER(CHIPFIT_UNSUPPORTED, 1);
NUMBER(CHIPFIT_UNAVAILABLE, 2);
NUMBER(CHIPFIT_OUT_OF_MEMORY, 3);
NUMBER(CHIPFIT_DEVICE_LOST, 4);
NUMBER(CHIPFIT_INTERNAL, 5);

NUMBER(CHIPFIT_GEMM, 1);
NUMBER(CHIPFIT_CONV_FWD, 2);
NUMBER(CHIPFIT_CONV_BWD_DATA, 3);
NUMBER(CHIPFIT_CONV_BWD_WEIGHTS, 4);

NUMBER(CHIPFIT_F64, 1);
NUMBER(CHIPFIT_F32, 2);
NUMBER(CHIPFIT_F16, 3);
NUMBER(CHIPFIT_BF16, 4);
NUMBER(CHIPFIT_E4M3, 5);
NUMBER(CHIPFIT_E5M2, 6);
NUMBER(CHIPFIT_I8, 7);
NUMBER(CHIPFIT_U8, 8);
NUMBER(CHIPFIT_I32, 9);

NUMBER(CHIPFIT_STRICT, 1);
NUMBER(CHIPFIT_RELAXED, 2);
NUMBER(CHIPFIT_TF32, 3);
NUMBER(CHIPFIT_MATH_F16, 4);
NUMBER(CHIPFIT_MATH_BF16, 5);

NUMBER(CHIPFIT_ROW_MAJOR, 0);
NUMBER(CHIPFIT_NCHW, 1);
NUMBER(CHIPFIT_NHWC, 2);

NUMBER(CHIPFIT_CPU, 1);
NUMBER(CHIPFIT_GPU, 2);
NUMBER(CHIPFIT_ACCELERATOR, 3);
NUMBER(CHIPFIT_SIMULATED, 4);

NUMBER(CHIPFIT_MAX_PEAKS, 16);
NUMBER(CHIPFIT_ABI_MAJOR, 1);
