#include "harness/fleet/roster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "harness/fleet/selection.hpp"
#include "harness/fleet/types.hpp"
#include "harness/results/row_stream.hpp"
#include "harness/results/verdict.hpp"
#include "kernels/base/numbers.hpp"
#include "kernels/base/parse_number.hpp"
#include "kernels/base/wildcard.hpp"
#include "kernels/suites/suite.hpp"

namespace chipfit::fleet {
namespace {

namespace fs = std::filesystem;
using results::Column;
using results::RowStream;

bool has(std::string_view list, std::initializer_list<Condition> conditions) {
  return !list.empty() && std::ranges::any_of(conditions, [&](Condition condition) {
    return list.find(name(condition)) != std::string_view::npos;
  });
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Order matters, and so does where one text ends.
std::uint64_t hash_of(std::initializer_list<std::string_view> texts) {
  std::uint64_t all = 0x9e3779b97f4a7c15ull;
  for (const auto text : texts) all = (all ^ TextHash{}(text)) * 0xff51afd7ed558ccdull + (all >> 29);
  return all;
}

/// A row in memory, read as one of a stream.
class RowCells {
 public:
  RowCells(const results::Row& row, std::size_t index) : row_(row), index_(index) {}
  bool has(Column) const { return true; }
  std::string_view text(Column column) const { return row_.text(column); }
  std::string where(Column column) const { return fmt::format("row {}, {}", index_, results::info(column).name); }
  Result<void> check(Column column) const {
    if (results::fits(results::info(column).type, text(column))) return {};
    return fail(Error::Kind::bad_data, fmt::format("'{}' does not fit {}", text(column), results::info(column).name),
                where(column));
  }

 private:
  const results::Row& row_;
  std::size_t index_;
};

/// Takes rows of a stream or of memory: `Cells` has text, check and where for each column.
class Loader {
 public:
  explicit Loader(const Scheme& scheme) : scheme_(scheme) {
    for (auto& suite : standard_suite_names()) suites_.insert(std::move(suite));
    suites_.insert(scheme.suites.begin(), scheme.suites.end());
  }

  Result<void> read(const fs::path& file) {
    auto stream = RowStream::open(file);
    if (!stream) return pass_on(stream.error());
    while (true) {
      const auto more = stream->next();
      if (!more) return pass_on(more.error());
      if (!*more) break;
      if (auto taken = take(*stream); !taken) return taken;
    }
    if (stream->torn_line())
      roster_.notes.push_back(
          fmt::format("{}: the last line is cut off and was not read; is the file whole?", file.string()));
    return {};
  }

  Result<void> read(std::span<const results::Row> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (auto taken = take(RowCells(rows[i], i)); !taken) return taken;
    }
    return {};
  }

  Roster finish() {
    std::vector<std::size_t> order(roster_.devices.size()), place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return roster_.devices[i].uid; });
    std::vector<Device> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      sorted.push_back(std::move(roster_.devices[order[i]]));
    }
    roster_.devices = std::move(sorted);
    for (std::size_t d = 0; d < seen_.size(); ++d) {
      for (auto& each : seen_[d]) add_holding(place[d], each);
    }
    std::ranges::sort(roster_.holdings, [](const Holding& a, const Holding& b) {
      return a.types != b.types ? types_before(a.types, b.types) : a.device < b.device;
    });
    roster_.hosts = hosts_.size();
    roster_.runs = runs_.size();
    add_notes();
    return std::move(roster_);
  }

 private:
  /// One device in one set of types while rows are read.
  struct Seen {
    std::string types;
    Selection selection;
    double nominal = 0;
    std::string nominal_source, nominal_run;
    bool undertaken = false, gemm_elsewhere = false;
  };

  template <class Cells>
  Result<void> take(const Cells& row) {
    number_ = roster_.rows.all++;
    if (row.text(Column::provenance) == "published") {
      ++roster_.rows.published;
      return {};
    }
    const auto is_new = first_time(row);
    if (!is_new) return pass_on(is_new.error());
    if (!*is_new) return {};
    const auto verdict = parse_verdict(row.text(Column::verdict));
    if (!verdict) {
      auto error = verdict.error();
      error.where = row.where(Column::verdict);
      return pass_on(std::move(error));
    }
    const auto device = device_of(row);
    if (!device) return pass_on(device.error());
    count(row, *verdict);
    Seen& seen = seen_in(*device, row);
    seen.undertaken = seen.undertaken || (*verdict != Verdict::unsupported && *verdict != Verdict::too_big);
    if (auto told = take_nominal(seen, row); !told) return told;
    return *verdict == Verdict::ok && row.text(Column::case_id).starts_with("gemm:") ? take_gemm(seen, row)
                                                                                     : Result<void>();
  }

  /// False for a row that stood in an earlier line too.
  template <class Cells>
  Result<bool> first_time(const Cells& row) {
    const auto key = hash_of({row.text(Column::run_id), row.text(Column::host), row.text(Column::case_id),
                              row.text(Column::backend), row.text(Column::device_uid), row.text(Column::launch)});
    const auto content =
        hash_of({row.text(Column::verdict), row.text(Column::time_median_s), row.text(Column::rate_proven_flop_per_s)});
    const auto [found, is_new] = contents_.try_emplace(key, content);
    if (is_new) return true;
    if (found->second != content)
      return fail(Error::Kind::bad_data,
                  fmt::format("the row of '{}' on {}, launch {}, stood before with another result",
                              row.text(Column::case_id), row.text(Column::device_uid), row.text(Column::launch)),
                  row.where(Column::case_id),
                  fmt::format("one run ({}) has one result for each: find out which file was changed",
                              row.text(Column::run_id)));
    ++roster_.rows.repeated;
    return false;
  }

  template <class Cells>
  Result<std::size_t> device_of(const Cells& row) {
    const auto chip = row.text(Column::chip), host = row.text(Column::host);
    if (row.text(Column::device_uid).empty())
      return fail(Error::Kind::bad_data, "a measured row does not tell which device it is about",
                  row.where(Column::device_uid), "without device_uid one device could count many times");
    const auto uid = identity(row);
    if (last_device_ >= roster_.devices.size() || roster_.devices[last_device_].uid != uid) {
      const auto found = device_ids_.find(uid);
      last_device_ = found != device_ids_.end() ? found->second : roster_.devices.size();
      if (found == device_ids_.end()) {
        device_ids_.emplace(uid, last_device_);
        roster_.devices.push_back(
            {std::string(uid), std::string(row.text(Column::vendor)), std::string(chip), std::string(host)});
        seen_.emplace_back();
      }
    }
    Device& device = roster_.devices[last_device_];
    if (device.chip != chip)
      return fail(Error::Kind::bad_data,
                  fmt::format("device {} is a '{}' here and was a '{}' before", uid, chip, device.chip),
                  row.where(Column::device_uid),
                  "two devices under one device_uid would count once: the plugin must tell serial numbers apart");
    if (device.host != host && moved_.insert(std::string(uid)).second && moved_example_.empty())
      moved_example_ = fmt::format("{} on {} and {}", uid, device.host, host);
    if (last_host_ != host) hosts_.insert(last_host_ = host);
    if (last_run_ != row.text(Column::run_id)) runs_.insert(last_run_ = row.text(Column::run_id));
    return last_device_;
  }

  /// A serial number is unique; chip and number, which stand where there is none, are so on one host.
  template <class Cells>
  std::string_view identity(const Cells& row) {
    const auto uid = row.text(Column::device_uid), chip = row.text(Column::chip);
    const bool has_serial = !uid.starts_with(chip) || uid.substr(chip.size(), 1) != "#";
    if (has_serial) return uid;
    identity_.assign(row.text(Column::host)).append("/").append(uid);
    return identity_;
  }

  template <class Cells>
  void count(const Cells& row, Verdict verdict) {
    auto& rows = roster_.rows;
    ++rows.judged;
    if (verdict != Verdict::ok && verdict != Verdict::unchecked) return;
    ++rows.passed;
    if (row.text(Column::time_median_s).empty()) return;
    ++rows.rated;
    const auto conditions = row.text(Column::conditions);
    if (!has(conditions,
             {Condition::not_steady, Condition::ci_not_reached, Condition::throttled, Condition::power_limited}))
      ++rows.steady;
    if (has(conditions, {Condition::untrusted, Condition::implausible})) ++rows.untrusted;
  }

  template <class Cells>
  Seen& seen_in(std::size_t device, const Cells& row) {
    const auto id = row.text(Column::case_id), math = row.text(Column::math);
    const auto types = types_of(id, math);
    auto& all = seen_[device];
    const auto found = std::ranges::find(all, types, &Seen::types);
    if (found != all.end()) return *found;
    all.emplace_back().types = types;
    return all.back();
  }

  template <class Cells>
  Result<void> take_nominal(Seen& seen, const Cells& row) {
    const auto text = row.text(Column::peak_flop_per_s);
    if (text.empty()) return {};
    if (auto sound = row.check(Column::peak_flop_per_s); !sound) return sound;
    const double peak = leading_number(text);
    const auto run = row.text(Column::run_id);
    if (!(peak > 0) || run < seen.nominal_run) return {};
    if (seen.nominal > 0 && seen.nominal != peak) peak_changed_.insert(std::string(row.text(Column::device_uid)));
    if (seen.nominal == peak && seen.nominal_run == run) return {};
    seen.nominal = peak;
    seen.nominal_run = run;
    seen.nominal_source = row.text(Column::peak_source);
    return {};
  }

  template <class Cells>
  Result<void> take_gemm(Seen& seen, const Cells& row) {
    if (has(row.text(Column::conditions), {Condition::untrusted, Condition::implausible})) return {};
    for (const Column column :
         {Column::rate_proven_flop_per_s, Column::rate_bracket_low_flop_per_s, Column::work_flop, Column::power_mean_w,
          Column::energy_j, Column::time_median_s, Column::devices_active}) {
      if (!row.has(column) || row.text(column).empty()) continue;
      if (auto sound = row.check(column); !sound) return sound;
    }
    const auto proven = row.text(Column::rate_proven_flop_per_s);
    Launch launch;
    launch.row = number_;
    launch.rate_flop_per_s = leading_number(proven.empty() ? row.text(Column::rate_bracket_low_flop_per_s) : proven);
    launch.work_flop = leading_number(row.text(Column::work_flop));
    if (!(launch.rate_flop_per_s > 0) || !(launch.work_flop > 0)) return {};
    if (!is_standard(row.text(Column::suite))) {
      seen.gemm_elsewhere = true;
      return {};
    }
    launch.devices_active =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(leading_number(row.text(Column::devices_active))));
    if (!seen.selection.wants(launch)) return {};
    launch.power_w = leading_number(row.text(Column::power_mean_w));
    if (const double energy = leading_number(row.text(Column::energy_j)),
        time = leading_number(row.text(Column::time_median_s));
        launch.power_w <= 0 && energy > 0 && time > 0)
      launch.power_w = energy / time;
    launch.case_id = row.text(Column::case_id);
    launch.backend = row.text(Column::backend);
    launch.run_id = row.text(Column::run_id);
    launch.provenance = row.text(Column::provenance);
    launch.energy_source = row.text(Column::energy_source);
    launch.energy_grade = row.text(Column::energy_grade);
    seen.selection.add(std::move(launch));
    return {};
  }

  bool is_standard(std::string_view suite) {
    if (suite != last_suite_) {
      last_suite_ = suite;
      last_is_standard_ = suites_.contains(last_suite_);
    }
    return last_is_standard_;
  }

  void add_holding(std::size_t device, Seen& seen) {
    Holding holding{device, std::move(seen.types), {}, seen.nominal, std::move(seen.nominal_source)};
    const auto& chip = roster_.devices[device].chip;
    for (const auto& peak : scheme_.peaks) {
      if (peak.types != holding.types || !matches(peak.chip, chip)) continue;
      holding.nominal_flop_per_s = peak.flop_per_s;
      holding.nominal_source = peak.source;
      break;
    }
    auto choice = seen.selection.choose();
    if (choice) {
      if (choice->disagreement > scheme_.disagreement) {
        ++disagreeing_;
        if (disagreeing_ <= named_at_most)
          roster_.notes.push_back(fmt::format(
              "{} {}: run {} counts with {}, run {} gave {} ({} apart)", roster_.devices[device].uid, holding.types,
              choice->sustained.run_id, rate_text(choice->sustained.rate_flop_per_s), choice->other_run,
              rate_text(choice->other_rate_flop_per_s), percent_text(choice->disagreement)));
      }
      holding.sustained = std::move(choice->sustained);
    } else if (seen.gemm_elsewhere) {
      ++without_standard_;
    }
    // A type that a device has never undertaken, and claims no peak for, is no gap in its measurement.
    if (seen.undertaken || holding.nominal_flop_per_s > 0) roster_.holdings.push_back(std::move(holding));
  }

  void add_notes() {
    auto& notes = roster_.notes;
    const auto& rows = roster_.rows;
    if (disagreeing_ > named_at_most)
      notes.push_back(fmt::format("{} more devices have runs that disagree by more than {}",
                                  count_text(disagreeing_ - named_at_most), percent_text(scheme_.disagreement)));
    if (rows.published > 0)
      notes.push_back(fmt::format("{} are published: nobody measured these devices here, they are left out",
                                  counted(rows.published, "row")));
    if (rows.repeated > 0) notes.push_back(fmt::format("{} stood twice and count once", counted(rows.repeated, "row")));
    if (rows.untrusted > 0)
      notes.push_back(
          fmt::format("{} UNTRUSTED or IMPLAUSIBLE: their rates do not count", counted(rows.untrusted, "row")));
    if (!moved_.empty())
      notes.push_back(
          fmt::format("{} on several hosts under one device_uid ({}): each counts once; serial numbers "
                      "that are not unique hide devices",
                      counted(moved_.size(), "device"), moved_example_));
    if (!peak_changed_.empty())
      notes.push_back(fmt::format("{} with different nominal peaks for the same types ({}): the newest run's counts",
                                  counted(peak_changed_.size(), "device"), *peak_changed_.begin()));
    if (without_standard_ > 0)
      notes.push_back(
          fmt::format("{} measured on GEMMs of other suites only: chipfit run --suite square, or name the "
                      "suite in the scheme (suites = [...])",
                      counted(without_standard_, "device")));
  }

  static constexpr std::size_t named_at_most = 10;
  const Scheme& scheme_;
  Roster roster_;
  std::set<std::string, std::less<>> suites_;
  std::vector<std::vector<Seen>> seen_;  // per device, by types
  ByText<std::size_t> device_ids_;
  std::unordered_map<std::uint64_t, std::uint64_t> contents_;
  std::unordered_set<std::string> hosts_, runs_;
  std::set<std::string> moved_, peak_changed_;
  std::string identity_, last_host_, last_run_, last_suite_, moved_example_;
  std::size_t number_ = 0, last_device_ = static_cast<std::size_t>(-1), disagreeing_ = 0, without_standard_ = 0;
  bool last_is_standard_ = false;
};

}  // namespace

std::string_view counting_rule() {
  return "a device counts once in each set of types: its largest standard GEMM (most FLOP, then most devices at work), "
         "the newest run, the median over its launches, the fastest backend";
}

Result<Roster> read_roster(std::span<const fs::path> files, const Scheme& scheme) {
  Loader loader(scheme);
  for (const auto& file : files) {
    if (auto read = loader.read(file); !read) return pass_on(read.error());
  }
  return loader.finish();
}

Result<Roster> read_roster(std::span<const results::Row> rows, const Scheme& scheme) {
  Loader loader(scheme);
  if (auto read = loader.read(rows); !read) return pass_on(read.error());
  return loader.finish();
}

}  // namespace chipfit::fleet
