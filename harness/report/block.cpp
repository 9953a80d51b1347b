#include "harness/report/block.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace chipfit::report {

using results::Column;
using results::ColumnType;

namespace {

constexpr Column kColumns[] = {Column::run_id,
                               Column::launch,
                               Column::suite,
                               Column::case_id,
                               Column::op,
                               Column::direction,
                               Column::math,
                               Column::layout,
                               Column::count,
                               Column::application,
                               Column::vendor,
                               Column::chip,
                               Column::device_uid,
                               Column::device_index,
                               Column::devices_active,
                               Column::backend,
                               Column::backend_version,
                               Column::provenance,
                               Column::verdict,
                               Column::reason,
                               Column::conditions,
                               Column::time_median_s,
                               Column::time_ci_low_s,
                               Column::time_ci_high_s,
                               Column::latency_p50_s,
                               Column::latency_p95_s,
                               Column::latency_p99_s,
                               Column::work_flop,
                               Column::traffic_byte,
                               Column::rate_flop_per_s,
                               Column::rate_proven_flop_per_s,
                               Column::rate_bracket_low_flop_per_s,
                               Column::peak_flop_per_s,
                               Column::peak_empirical_flop_per_s,
                               Column::grade_e,
                               Column::grade,
                               Column::err_backward,
                               Column::power_mean_w,
                               Column::energy_j,
                               Column::temp_max_c};

/// Text of JSON; bytes that are not UTF-8 cannot stand in a row.
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump();
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "null";
}

/// Few different texts: a dictionary and codes; a number in nearly every row: the numbers.
void append_column(const Model& model, Column column, std::string& out) {
  const auto& rows = model.evidence.rows;
  const auto& info = results::info(column);
  std::unordered_map<std::string_view, std::size_t> codes;
  std::vector<const std::string*> values;
  std::vector<std::size_t> of_row;
  of_row.reserve(rows.size());
  for (const auto& row : rows) {
    const auto& text = row.text(column);
    const auto [found, is_new] = codes.emplace(text, values.size());
    if (is_new) values.push_back(&text);
    of_row.push_back(found->second);
  }
  out += fmt::format("{{\"name\":\"{}\",", info.name);
  if (values.size() <= 1) {
    out += fmt::format("\"kind\":\"const\",\"value\":{}}}", values.empty() ? "\"\"" : json_text(*values.front()));
    return;
  }
  const bool is_number = info.type == ColumnType::real || info.type == ColumnType::integer;
  if (is_number && values.size() > 1000 && values.size() > rows.size() / 8) {
    out += "\"kind\":\"real\",\"values\":[";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i != 0) out += ',';
      const auto value = rows[i].real(column);
      out += value ? number(*value) : "null";
    }
    out += "]}";
    return;
  }
  out += "\"kind\":\"dict\",\"values\":[";
  for (std::size_t i = 0; i < values.size(); ++i) out += (i == 0 ? "" : ",") + json_text(*values[i]);
  out += "],\"codes\":[";
  for (std::size_t i = 0; i < of_row.size(); ++i) {
    if (i != 0) out += ',';
    fmt::format_to(std::back_inserter(out), "{}", of_row[i]);
  }
  out += "]}";
}

constexpr std::size_t kMostReadings = 1500;

/// Indexes of the readings to keep: of each stretch the first, the lowest and the highest clock.
std::vector<std::size_t> thinned(const Track& track) {
  std::vector<std::size_t> kept;
  const std::size_t n = track.t_s.size();
  const std::size_t stretch = n <= kMostReadings ? 1 : (3 * n + kMostReadings - 1) / kMostReadings;
  for (std::size_t from = 0; from < n; from += stretch) {
    const std::size_t to = std::min(n, from + stretch);
    std::size_t low = from, high = from;
    for (std::size_t i = from; i < to; ++i) {
      if (track.clock_hz[i] < track.clock_hz[low]) low = i;
      if (track.clock_hz[i] > track.clock_hz[high]) high = i;
    }
    for (const std::size_t i : {from, std::min(low, high), std::max(low, high)}) {
      if (kept.empty() || i > kept.back()) kept.push_back(i);
    }
  }
  return kept;
}

void append_track(const Track& track, std::string& out) {
  const auto kept = thinned(track);
  const auto list = [&](std::string_view name, const std::vector<double>& values) {
    out += fmt::format(",\"{}\":[", name);
    for (std::size_t i = 0; i < kept.size(); ++i) out += (i == 0 ? "" : ",") + number(values[kept[i]]);
    out += "]";
  };
  out += fmt::format("{{\"run_id\":{},\"device_uid\":{}", json_text(track.run_id), json_text(track.device_uid));
  list("t_s", track.t_s);
  list("power_w", track.power_w);
  list("temp_c", track.temp_c);
  list("clock_hz", track.clock_hz);
  out += ",\"throttle\":[";
  bool first = true;
  const auto held = [](const std::string& reason) { return !reason.empty() && reason != "none"; };
  for (std::size_t i = 0; i < track.t_s.size();) {
    std::size_t end = i + 1;
    while (end < track.t_s.size() && track.throttle_reasons[end] == track.throttle_reasons[i]) ++end;
    if (held(track.throttle_reasons[i])) {
      out += fmt::format("{}[{},{},{}]", first ? "" : ",", number(track.t_s[i]),
                         number(track.t_s[std::min(end, track.t_s.size() - 1)]), json_text(track.throttle_reasons[i]));
      first = false;
    }
    i = end;
  }
  out += "]}";
}

std::string deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string out(size, '\0');
  const int done = compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                             text.size(), 6);
  out.resize(done == Z_OK ? size : 0);
  return out;
}

std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace

std::string data_block(const Model& model) {
  const auto& evidence = model.evidence;
  std::string out = fmt::format("{{\"rows\":{},\"columns\":[", evidence.rows.size());
  bool first = true;
  for (const Column column : kColumns) {
    if (!first) out += ",\n";
    append_column(model, column, out);
    first = false;
  }
  out += "],\"telemetry\":[";
  for (std::size_t i = 0; i < evidence.tracks.size(); ++i) {
    if (i != 0) out += ',';
    append_track(evidence.tracks[i], out);
  }
  out += "],\"quantiles\":[";
  for (std::size_t i = 0; i < evidence.spreads.size(); ++i) {
    const auto& spread = evidence.spreads[i];
    std::string list;
    for (const double q : spread.quantiles_s) list += (list.empty() ? "" : ",") + number(q);
    out += fmt::format("{}{{\"row\":{},\"q\":[{}],\"n\":{}}}", i == 0 ? "" : ",", spread.row, list, spread.rounds);
  }
  out += "],\"peaks\":[";
  first = true;
  for (const auto& source : evidence.sources) {
    if (!source.manifest) continue;
    for (const auto& peak : source.manifest->peaks) {
      out +=
          fmt::format("{}{{\"run_id\":{},\"of\":{},\"what\":{},\"source\":{},\"method\":{},\"value\":{},\"unit\":{}}}",
                      first ? "" : ",", json_text(source.name), json_text(peak.of), json_text(peak.what),
                      json_text(peak.source), json_text(peak.method), number(peak.value), json_text(peak.unit));
      first = false;
    }
  }
  out += "]}";
  return base64(deflated(out));
}

}  // namespace chipfit::report
