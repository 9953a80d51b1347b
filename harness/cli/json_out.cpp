#include "harness/cli/json_out.hpp"

namespace chipfit::cli {

void print_json(const nlohmann::ordered_json& value, Console& console) {
  console.data(value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

nlohmann::ordered_json to_json(const Error& error) {
  return {{"what", error.what}, {"where", error.where}, {"hint", error.hint}};
}

}  // namespace chipfit::cli
