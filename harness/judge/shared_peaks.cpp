#include "harness/judge/shared_peaks.hpp"

#include <sched.h>
#include <time.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/results/run_folder.hpp"

namespace chipfit::judge {
namespace {

using nlohmann::json;

std::string usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return {};
  std::string text;
  for (int first = 0; first < CPU_SETSIZE; ++first) {
    if (!CPU_ISSET(first, &set)) continue;
    int last = first;
    while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &set)) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
    first = last;
  }
  return text;
}

bool is_same_place(const json& entry, const std::string& what, int threads, const Moment& now) {
  return entry.value("what", "") == what && entry.value("threads", -1) == threads &&
         entry.value("boot_id", "") == now.boot_id && entry.value("processors", "") == now.processors;
}

bool is_recent(const json& entry, const Moment& now) {
  const double age_s = now.since_boot_s - entry.value("since_boot_s", -1e9);
  return age_s >= 0 && age_s <= longest_shared_s;
}

/// A list of objects; empty for anything else.
json entries_of(const std::filesystem::path& file) {
  const auto text = results::read_whole(file);
  auto entries = text ? json::parse(*text, nullptr, false) : json::array();
  if (!entries.is_array()) return json::array();
  for (const auto& entry : entries)
    if (!entry.is_object()) return json::array();
  return entries;
}

}  // namespace

Moment moment_now() {
  Moment now;
  if (const auto id = results::read_whole("/proc/sys/kernel/random/boot_id"))
    now.boot_id = id->substr(0, id->find('\n'));
  now.processors = usable_processors();
  timespec time{};
  if (::clock_gettime(CLOCK_BOOTTIME, &time) == 0)
    now.since_boot_s = static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  return now;
}

std::optional<results::ManifestPeak> SharedPeaks::find(const std::string& what, int threads, const Moment& now) const {
  if (file_.empty() || now.boot_id.empty() || now.processors.empty()) return std::nullopt;
  try {
    for (const auto& entry : entries_of(file_)) {
      if (!is_same_place(entry, what, threads, now) || !is_recent(entry, now)) continue;
      const results::ManifestPeak peak{.of = "host",
                                       .what = what,
                                       .source = "empirical",
                                       .method = entry.at("method"),
                                       .value = entry.at("value"),
                                       .unit = entry.at("unit"),
                                       .threads = threads,
                                       .run_id = entry.at("run_id")};
      if (std::isfinite(peak.value) && peak.value > 0) return peak;
    }
  } catch (const json::exception&) {  // a member of another kind: not ours
  }
  return std::nullopt;
}

void SharedPeaks::keep(const results::ManifestPeak& peak, const Moment& now) const {
  if (file_.empty() || now.boot_id.empty() || now.processors.empty() || !(peak.value > 0)) return;
  auto kept = json::array();
  try {
    for (auto& entry : entries_of(file_))
      if (!is_same_place(entry, peak.what, peak.threads, now)) kept.push_back(std::move(entry));
  } catch (const json::exception&) {
    kept = json::array();
  }
  kept.push_back({{"what", peak.what},
                  {"threads", peak.threads},
                  {"method", peak.method},
                  {"value", peak.value},
                  {"unit", peak.unit},
                  {"run_id", peak.run_id},
                  {"boot_id", now.boot_id},
                  {"processors", now.processors},
                  {"since_boot_s", now.since_boot_s}});
  std::error_code error;
  std::filesystem::create_directories(file_.parent_path(), error);
  (void)results::write_whole(file_, kept.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace chipfit::judge
