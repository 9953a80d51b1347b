#include "harness/compare/machine_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "harness/results/run_folder.hpp"

namespace chipfit::compare {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

fs::path file_in(const fs::path& folder) {
  return folder / "machine-profile.json";
}

json to_json(const ProfileEntry& e) {
  return {{"host", e.host},
          {"backend", e.backend},
          {"chip", e.chip},
          {"delta", e.delta},
          {"cases", e.cases},
          {"launches", e.launches},
          {"false_flags", e.false_flags},
          {"measured_utc", e.measured_utc},
          {"expires_utc", e.expires_utc}};
}

ProfileEntry entry_from(const json& value) {
  ProfileEntry e;
  e.host = value.at("host").get<std::string>();
  e.backend = value.at("backend").get<std::string>();
  e.chip = value.at("chip").get<std::string>();
  e.delta = value.at("delta").get<double>();
  e.cases = value.at("cases").get<int>();
  e.launches = value.at("launches").get<int>();
  e.false_flags = value.at("false_flags").get<int>();
  e.measured_utc = value.at("measured_utc").get<std::string>();
  e.expires_utc = value.at("expires_utc").get<std::string>();
  return e;
}

}  // namespace

Result<std::vector<ProfileEntry>> load_profile(const fs::path& folder) {
  if (folder.empty()) return std::vector<ProfileEntry>{};
  const auto text = results::read_whole(file_in(folder));
  if (!text && text.error().kind == Error::Kind::missing) return std::vector<ProfileEntry>{};
  if (!text) return pass_on(text.error());
  try {
    std::vector<ProfileEntry> entries;
    const json value = json::parse(*text);
    for (const auto& each : value.at("entries")) entries.push_back(entry_from(each));
    return entries;
  } catch (const json::exception&) {
    return fail(Error::Kind::bad_data, "this is no machine profile", file_in(folder).string(),
                "remove the file; chipfit aa writes it anew");
  }
}

Result<void> store_in_profile(const fs::path& folder, const ProfileEntry& entry) {
  if (folder.empty()) return fail(Error::Kind::io, "there is no folder for the machine's profile", "", "set HOME");
  auto entries = load_profile(folder);
  if (!entries) return pass_on(entries.error());
  std::erase_if(*entries, [&](const ProfileEntry& old) {
    return old.host == entry.host && old.backend == entry.backend && old.chip == entry.chip;
  });
  entries->push_back(entry);
  json value{{"format", 1}, {"entries", json::array()}};
  for (const auto& each : *entries) value["entries"].push_back(to_json(each));
  std::error_code failed;
  fs::create_directories(folder, failed);
  return results::write_whole(file_in(folder), value.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

std::string days_after(const std::string& utc, int days) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (utc.size() < 10 || std::sscanf(utc.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return utc;
  using namespace std::chrono;
  const year_month_day later{sys_days{std::chrono::year(year) / month / day} + std::chrono::days(days)};
  return fmt::format("{:04}-{:02}-{:02}{}", int{later.year()}, unsigned{later.month()}, unsigned{later.day()},
                     utc.substr(10));
}

}  // namespace chipfit::compare
