/* One object of every type of the ABI, so that abidiff sees them all; compiled once with each released header and once
 * with the present one. */
#include <chipfit_plugin.h>

#define VISIBLE __attribute__((visibility("default")))
VISIBLE chipfit_plugin probe_plugin;
VISIBLE chipfit_host probe_host;
VISIBLE chipfit_device_info probe_device_info;
VISIBLE chipfit_problem probe_problem;
VISIBLE chipfit_gemm_shape probe_gemm_shape;
VISIBLE chipfit_conv_shape probe_conv_shape;
VISIBLE chipfit_view probe_view;
VISIBLE chipfit_peak probe_peak;
VISIBLE chipfit_status probe_status;
VISIBLE chipfit_op probe_op;
VISIBLE chipfit_dtype probe_dtype;
VISIBLE chipfit_math probe_math;
VISIBLE chipfit_layout probe_layout;
VISIBLE chipfit_device_kind probe_device_kind;

const chipfit_plugin* chipfit_plugin_query_v1(const chipfit_host* host) {
  return host ? &probe_plugin : 0;
}
