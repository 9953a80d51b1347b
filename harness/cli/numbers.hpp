#pragma once
#include "kernels/base/numbers.hpp"

namespace chipfit::cli {

using chipfit::bytes_text;
using chipfit::count_text;
using chipfit::counted;
using chipfit::percent_text;
using chipfit::rate_text;
using chipfit::si_text;
using chipfit::time_text;
using chipfit::wait_text;
using chipfit::work_text;

}  // namespace chipfit::cli
