#include "harness/plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/plan/json_text.hpp"
#include "harness/results/digest.hpp"
#include "kernels/base/did_you_mean.hpp"
#include "kernels/problem/case_id.hpp"

namespace chipfit::plan {
namespace {

using nlohmann::json;

constexpr std::uint64_t largest_plan = 1u << 30;
constexpr int largest_launches = 1000000;

/// One object of a plan: takes its members by name and type, and refuses members that nobody took.
class Object {
 public:
  Object(const json& value, std::string at) : value_(value), at_(std::move(at)) {
    if (!value.is_object()) wrong("", "an object was expected");
  }

  std::string text(const char* key) {
    const auto* member = take(key);
    if (member && !member->is_string()) wrong(key, "a string was expected");
    return member && member->is_string() ? member->get<std::string>() : std::string();
  }
  std::int64_t whole(const char* key, std::int64_t low, std::int64_t high) {
    const auto* member = take(key);
    if (!member) return low;
    const bool fits =
        member->is_number_unsigned()
            ? member->get<std::uint64_t>() <= static_cast<std::uint64_t>(high) &&
                  static_cast<std::int64_t>(member->get<std::uint64_t>()) >= low
            : member->is_number_integer() && member->get<std::int64_t>() >= low && member->get<std::int64_t>() <= high;
    if (!fits) {
      wrong(key, fmt::format("a whole number from {} to {} was expected", low, high));
      return low;
    }
    return member->get<std::int64_t>();
  }
  double real(const char* key) {
    const auto* member = take(key);
    if (!member) return 0;
    if (!member->is_number() || !(member->get<double>() >= 0)) {
      wrong(key, "a number from 0 on was expected");
      return 0;
    }
    return member->get<double>();
  }
  const json& list(const char* key) {
    static const json empty = json::array();
    const auto* member = take(key);
    if (member && !member->is_array()) wrong(key, "a list was expected");
    return member && member->is_array() ? *member : empty;
  }
  /// Of any type; it must be there.
  const json& member(const char* key) { return *take(key); }
  void wrong(const std::string& key, std::string what, std::string hint = {}) {
    if (!error_) error_ = Error{Error::Kind::bad_data, std::move(what), at_ + key_path(key), std::move(hint)};
  }
  /// The first thing that is wrong, unknown members included.
  std::optional<Error> finish() {
    if (!error_ && value_.is_object()) {
      const std::vector<std::string> known(taken_.begin(), taken_.end());
      for (const auto& [key, member] : value_.items()) {
        if (!taken_.contains(key)) wrong(key, fmt::format("unknown key '{}'", key), did_you_mean(key, known));
      }
    }
    return error_;
  }

 private:
  static std::string key_path(const std::string& key) { return key.empty() ? "" : "/" + key; }
  const json* take(const char* key) {
    taken_.insert(key);
    if (!value_.is_object()) return nullptr;
    const auto found = value_.find(key);
    if (found != value_.end()) return &*found;
    wrong(key, fmt::format("key '{}' is missing", key));
    return nullptr;
  }

  const json& value_;
  std::string at_;
  std::set<std::string> taken_;
  std::optional<Error> error_;
};

Result<PlannedCase> case_from_json(const json& value, const std::string& at) {
  Object object(value, at);
  PlannedCase planned;
  planned.case_id = object.text("case_id");
  planned.suite = object.text("suite");
  planned.suite_sha256 = object.text("suite_sha256");
  planned.count = object.whole("count", 1, std::numeric_limits<std::int64_t>::max());
  planned.application = object.text("application");
  planned.source = object.text("source");
  if (const auto error = object.finish()) return pass_on(*error);
  const auto problem = parse_case_id(planned.case_id);
  if (!problem) {
    auto error = problem.error();
    error.kind = Error::Kind::bad_data;
    error.what = fmt::format("case id '{}': {}", planned.case_id, error.what);
    error.where = fmt::format("{}/case_id{}{}", at, error.where.empty() ? "" : ", ", error.where);
    return pass_on(std::move(error));
  }
  planned.problem = *problem;
  // The row's key must not depend on how somebody spelt a problem.
  if (const auto canonical = case_id(*problem); canonical != planned.case_id) {
    return fail(Error::Kind::bad_data, fmt::format("case id '{}' is written '{}'", planned.case_id, canonical),
                at + "/case_id");
  }
  return planned;
}

Result<PlannedDevice> device_from_json(const json& value, const std::string& at) {
  Object object(value, at);
  PlannedDevice device;
  device.backend = object.text("backend");
  device.library_sha256 = object.text("library_sha256");
  device.device_index =
      static_cast<std::uint32_t>(object.whole("device_index", 0, std::numeric_limits<std::uint32_t>::max()));
  device.options = object.text("options");
  if (const auto error = object.finish()) return pass_on(*error);
  return device;
}

Result<Division> division_from_json(const json& value) {
  Object object(value, "/tasks");
  Division division;
  division.cases_per_task = static_cast<int>(object.whole("cases_per_task", 1, largest_launches));
  division.harness_version = object.text("harness_version");
  const auto& nodes = object.list("nodes");
  if (const auto error = object.finish()) return pass_on(*error);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto at = fmt::format("/tasks/nodes/{}", i);
    if (!nodes[i].is_string()) return fail(Error::Kind::bad_data, "a string was expected", at);
    auto node = nodes[i].get<std::string>();
    if (!is_node_name(node)) return fail(Error::Kind::bad_data, fmt::format("'{}' is no machine's name", node), at);
    if (!seen.insert(node).second) return fail(Error::Kind::bad_data, fmt::format("'{}' stands here twice", node), at);
    division.nodes.push_back(std::move(node));
  }
  return division;
}

/// Bytes that do not depend on anything but the values: keys sorted, no spaces. Text that is not UTF-8 (an option from
/// the command line) must not stop a run, so it is replaced.
std::string canonical_bytes(const json& value, int indent = -1) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace

bool is_node_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '@';
  };
  return !name.empty() && name.size() <= 255 && name.front() != '-' && std::all_of(name.begin(), name.end(), fits);
}

std::vector<PlannedCase> merge_suites(const std::vector<Suite>& suites) {
  std::vector<PlannedCase> cases;
  std::set<std::string> seen;
  for (const auto& suite : suites) {
    const auto hash = suite.name.empty() ? std::string() : results::sha256(suite.sha256_input);
    for (const auto& suite_case : suite.cases) {
      auto id = case_id(suite_case.problem);
      if (!seen.insert(id).second) continue;
      cases.push_back({std::move(id), suite_case.problem, suite.name, hash, suite_case.count, suite_case.application,
                       suite_case.source});
    }
  }
  return cases;
}

json to_json(const Plan& plan) {
  auto cases = json::array(), devices = json::array();
  for (const auto& planned : plan.cases) {
    cases.push_back({{"case_id", planned.case_id},
                     {"suite", planned.suite},
                     {"suite_sha256", planned.suite_sha256},
                     {"count", planned.count},
                     {"application", planned.application},
                     {"source", planned.source}});
  }
  for (const auto& device : plan.devices) {
    devices.push_back({{"backend", device.backend},
                       {"library_sha256", device.library_sha256},
                       {"device_index", device.device_index},
                       {"options", device.options}});
  }
  json written = {{"format", 1},
                  {"cases", std::move(cases)},
                  {"devices", std::move(devices)},
                  {"launches", plan.launches},
                  {"mode", plan.mode},
                  {"isolation", plan.isolation},
                  {"time_s", plan.time_s},
                  {"ci_relative", plan.ci_relative}};
  // Left out where it is not asked for, so that plans made before it was known keep their hash.
  if (plan.sustained_s > 0) written["sustained_s"] = plan.sustained_s;
  if (plan.order == Order::interleaved) written["order"] = "interleaved";
  if (plan.division.cases_per_task > 0) {
    written["tasks"] = {{"cases_per_task", plan.division.cases_per_task},
                        {"nodes", plan.division.nodes},
                        {"harness_version", plan.division.harness_version}};
  }
  if (plan.order == Order::simultaneous) written["order"] = "simultaneous";
  return written;
}

Result<Plan> from_json(const json& value) {
  Object object(value, "");
  Plan plan;
  if (const auto format = object.whole("format", 0, std::numeric_limits<std::int64_t>::max()); format != 1) {
    object.wrong("format", fmt::format("plan format {} is not known, this harness reads format 1", format),
                 "make the plan again: chipfit plan … -o FILE");
  }
  plan.launches = static_cast<int>(object.whole("launches", 1, largest_launches));
  plan.mode = object.text("mode");
  plan.isolation = object.text("isolation");
  plan.time_s = object.real("time_s");
  plan.ci_relative = object.real("ci_relative");
  if (value.contains("sustained_s")) plan.sustained_s = object.real("sustained_s");
  if (value.is_object() && value.contains("order")) {
    if (object.text("order") == "interleaved")
      plan.order = Order::interleaved;
    else if (object.text("order") == "simultaneous")
      plan.order = Order::simultaneous;
    else
      object.wrong("order", "\"interleaved\" or \"simultaneous\" was expected");
  }
  if (plan.mode != "quick" && plan.mode != "standard") object.wrong("mode", "\"quick\" or \"standard\" was expected");
  static const json undivided;
  const json* tasks = &undivided;
  if (value.is_object() && value.contains("tasks")) tasks = &object.member("tasks");
  const auto& cases = object.list("cases");
  const auto& devices = object.list("devices");
  if (const auto error = object.finish()) return pass_on(*error);
  if (!tasks->is_null()) {
    auto division = division_from_json(*tasks);
    if (!division) return pass_on(division.error());
    plan.division = std::move(*division);
  }

  std::set<std::string> seen_cases;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto planned = case_from_json(cases[i], fmt::format("/cases/{}", i));
    if (!planned) return pass_on(planned.error());
    if (!seen_cases.insert(planned->case_id).second) {
      return fail(Error::Kind::bad_data, fmt::format("case '{}' is planned twice", planned->case_id),
                  fmt::format("/cases/{}", i));
    }
    plan.cases.push_back(std::move(*planned));
  }
  std::set<std::pair<std::string, std::uint32_t>> seen_devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    auto device = device_from_json(devices[i], fmt::format("/devices/{}", i));
    if (!device) return pass_on(device.error());
    if (!seen_devices.insert({device->backend, device->device_index}).second) {
      return fail(Error::Kind::bad_data,
                  fmt::format("device {} of '{}' is planned twice", device->device_index, device->backend),
                  fmt::format("/devices/{}", i));
    }
    plan.devices.push_back(std::move(*device));
  }
  return plan;
}

std::string plan_sha256(const Plan& plan) {
  return results::sha256(canonical_bytes(to_json(plan)));
}

std::string plan_text(const Plan& plan) {
  auto value = to_json(plan);
  value["plan_sha256"] = plan_sha256(plan);
  return canonical_bytes(value, 1) + "\n";
}

Result<Plan> load_plan(const std::filesystem::path& path) {
  const auto text = read_text(path, largest_plan);
  if (!text) return pass_on(text.error());
  auto value = parse_json_object(*text, path.string());
  if (!value) return pass_on(value.error());
  std::string stated;
  if (const auto found = value->find("plan_sha256"); found != value->end() && found->is_string()) {
    stated = found->get<std::string>();
    value->erase(found);
  }
  auto plan = from_json(*value);
  if (!plan) {
    auto error = plan.error();
    error.where = fmt::format("{}: {}", path.string(), error.where.empty() ? "/" : error.where);
    return pass_on(std::move(error));
  }
  if (const auto hash = plan_sha256(*plan); !stated.empty() && stated != hash) {
    return fail(Error::Kind::bad_data, fmt::format("the plan was changed after it was made (its hash is {})", hash),
                where_is_key(*text, path.string(), "plan_sha256"), "make it again: chipfit plan … -o FILE");
  }
  return plan;
}

}  // namespace chipfit::plan
