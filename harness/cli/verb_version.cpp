#include <fmt/format.h>

#include "backends/plugin/chipfit_plugin.h"
#include "harness/cli/errors.hpp"
#include "harness/cli/json_out.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/results/build_info.hpp"
#include "harness/results/row.hpp"

namespace chipfit::cli {

Result<int> version(const VersionCommand& command, Console& console) {
  const auto& build = results::build_info();
  const auto abi = fmt::format("{}.{}", CHIPFIT_ABI_MAJOR, CHIPFIT_ABI_MINOR);
  if (command.format == Format::json) {
    print_json({{"version", build.version},
                {"commit", build.commit},
                {"compiler", build.compiler},
                {"build_type", build.build_type},
                {"plugin_abi", abi},
                {"result_schema", results::schema_name}},
               console);
    return exit_ok;
  }
  console.data(fmt::format("chipfit {} ({})\n{}, {}\nplugin ABI {}, results {}\n", build.version, build.commit,
                           build.compiler, build.build_type, abi, results::schema_name));
  return exit_ok;
}

}  // namespace chipfit::cli
