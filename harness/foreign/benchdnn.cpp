// benchdnn's performance lines (--mode=P): the "Output template:" line above says what stands between the commas.
#include <fmt/format.h>

#include <map>

#include "harness/foreign/collect.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::foreign {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

constexpr auto whole = parse_number<std::int64_t>;

/// What the knobs in front of a descriptor say.
struct Knobs {
  std::string driver = "conv", direction = "FWD_B", types = "f32", tag = "any", math = "strict";
};

/// "f32", "bf16:bf16:f32", "u8s8s32" (a --cfg): source, weights, destination.
std::optional<DtypeCombo> combo_of(const std::string& types) {
  const auto parts = split(types, ':');
  const auto known = [](std::string_view name) {
    return parse_dtype(name == "s8" ? "i8" : name == "s32" ? "i32" : name);
  };
  const auto first = known(parts[0]);
  if (!first) return std::nullopt;
  auto combo = default_combo(*first);
  if (!combo) return std::nullopt;
  if (parts.size() == 3) {
    const auto second = known(parts[1]), out = known(parts[2]);
    if (!second || !out) return std::nullopt;
    combo->b = *second;
    combo->out = *out;
  }
  for (const auto& defined : all_combos())
    if (defined == *combo) return *combo;
  return std::nullopt;
}

/// "mb256ic64ih56oc64oh56kh3ph1n…": letters and a number in turns; `n` begins the name.
std::optional<std::map<std::string, std::int64_t>> extents_of(std::string_view text) {
  std::map<std::string, std::int64_t> extents;
  while (!text.empty() && text[0] != 'n') {
    if (text[0] == '_') text.remove_prefix(1);
    std::size_t letters = 0, digits = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    while (letters + digits < text.size() && text[letters + digits] >= '0' && text[letters + digits] <= '9') ++digits;
    const auto value = whole(text.substr(letters, digits));
    if (letters == 0 || !value) return std::nullopt;
    extents[std::string(text.substr(0, letters))] = *value;
    text.remove_prefix(letters + digits);
  }
  return extents;
}

std::optional<Problem> conv_of(const Knobs& knobs, std::string_view descriptor) {
  const auto extents = extents_of(descriptor);
  const auto combo = combo_of(knobs.types);
  if (!extents || !combo || extents->contains("id") || extents->contains("kd")) return std::nullopt;
  // What is not said of the width is as of the height.
  const auto of = [&](const char* height, const char* width, std::int64_t otherwise) {
    for (const char* key : {width, height})
      if (const auto found = extents->find(key); found != extents->end()) return found->second;
    return otherwise;
  };
  ConvProblem p;
  p.dtypes = *combo;
  p.n = of("mb", "mb", 2);  // benchdnn's default
  p.groups = of("g", "g", 1);
  p.c = of("ic", "ic", 0);
  p.k = of("oc", "oc", 0);
  p.h = of("ih", "ih", 0);
  p.w = of("ih", "iw", 0);
  p.r = of("kh", "kh", 0);
  p.s = of("kh", "kw", 0);
  p.stride_h = of("sh", "sh", 1);
  p.stride_w = of("sh", "sw", 1);
  p.pad_h = of("ph", "ph", 0);
  p.pad_w = of("ph", "pw", 0);
  p.dil_h = of("dh", "dh", 0) + 1;
  p.dil_w = of("dh", "dw", 0) + 1;
  p.layout = knobs.tag == "abx" || knobs.tag == "abcd" || knobs.tag == "nchw" ? Layout::nchw : Layout::nhwc;
  p.direction = knobs.direction.starts_with("BWD_D")   ? ConvDirection::bwd_data
                : knobs.direction.starts_with("BWD_W") ? ConvDirection::bwd_weights
                                                       : ConvDirection::fwd;
  if (!validate(p)) return std::nullopt;
  // A descriptor may pad at the right only; such a shape is no problem of ours.
  if (const auto oh = extents->find("oh"); oh != extents->end() && oh->second != p.p()) return std::nullopt;
  if (const auto ow = extents->find("ow"); ow != extents->end() && ow->second != p.q()) return std::nullopt;
  return p;
}

std::optional<Problem> matmul_of(const Knobs& knobs, std::string_view descriptor) {
  const auto combo = combo_of(knobs.types);
  const auto sides = split(descriptor.substr(0, descriptor.find('n')), ':');
  if (!combo || sides.size() != 2) return std::nullopt;
  const auto a = split(sides[0], 'x'), b = split(sides[1], 'x');
  if (a.size() != b.size() || a.size() < 2) return std::nullopt;
  GemmProblem p;
  p.dtypes = *combo;
  for (std::size_t i = 0; i + 2 < a.size(); ++i) {
    const auto batch = whole(a[i]);
    if (!batch || a[i] != b[i]) return std::nullopt;
    p.batch *= *batch;
  }
  const auto m = whole(a[a.size() - 2]), k = whole(a.back()), k2 = whole(b[b.size() - 2]), n = whole(b.back());
  if (!m || !k || !n || k != k2) return std::nullopt;
  p.m = *m;
  p.n = *n;
  p.k = *k;
  if (!validate(p)) return std::nullopt;
  return p;
}

std::optional<Problem> problem_in(std::string_view text) {
  Knobs knobs;
  std::string_view descriptor;
  for (const auto word : split(text, ' ')) {
    const auto value = std::string(word.substr(std::min(word.find('=') + 1, word.size())));
    if (word == "--conv" || word == "--matmul")
      knobs.driver = word.substr(2);
    else if (word.starts_with("--dir="))
      knobs.direction = value;
    else if (word.starts_with("--dt=") || word.starts_with("--cfg="))
      knobs.types = value;
    else if (word.starts_with("--stag="))
      knobs.tag = value;
    else if (!word.starts_with("--") && !word.empty())
      descriptor = word;
  }
  if (descriptor.empty()) return std::nullopt;
  return knobs.driver == "matmul" ? matmul_of(knobs, descriptor) : conv_of(knobs, descriptor);
}

}  // namespace

Result<Imported> import_benchdnn(const std::string& name, std::string_view text, const Facts& facts) {
  constexpr std::string_view announced = "Output template: ";
  Collector out(facts);
  std::vector<std::string_view> fields;
  std::size_t line = 0, other = 0;
  for (auto row : split(text, '\n')) {
    ++line;
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.starts_with(announced)) {
      fields = split(row.substr(announced.size()), ',');
      continue;
    }
    if (!row.starts_with("perf,")) continue;
    if (fields.empty())
      return fail(Error::Kind::bad_data, "no line \"Output template: …\" stands above this one",
                  fmt::format("{}:{}:1", name, line), "import benchdnn's whole output");
    auto parts = split(row, ',');
    std::size_t problem_at = fields.size(), time_at = fields.size(), mean_at = fields.size(), impl_at = fields.size();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i] == "%prb%" || fields[i] == "%desc%") problem_at = i;
      if (fields[i] == "%-time%") time_at = i;
      if (fields[i] == "%0time%") mean_at = i;
      if (fields[i] == "%impl%") impl_at = i;
    }
    const std::size_t when = mean_at < fields.size() ? mean_at : time_at;
    if (problem_at == fields.size() || when == fields.size() || parts.size() < fields.size())
      return fail(Error::Kind::bad_data, "the line has no problem or no time", fmt::format("{}:{}:1", name, line),
                  "use benchdnn's default --perf-template");
    // A name in the problem may hold commas: fields behind it are counted from the end.
    const std::size_t extra = parts.size() - fields.size();
    const auto from_end = [&](std::size_t field) { return parts[field > problem_at ? field + extra : field]; };
    const auto first = static_cast<std::size_t>(parts[problem_at].data() - row.data());
    const auto& last = parts[problem_at + extra];
    const auto problem =
        problem_in(row.substr(first, static_cast<std::size_t>(last.data() - row.data()) + last.size() - first));
    if (!problem) {
      ++other;
      continue;
    }
    const auto cell = from_end(when);
    const double ms = parse_number<double>(cell).value_or(0);
    if (!(ms > 0))
      return fail(Error::Kind::bad_data, fmt::format("'{}' is no time above 0", cell),
                  fmt::format("{}:{}:1", name, line));
    out.add({*problem, ms * 1e-3, "", "", "onednn", impl_at < fields.size() ? std::string(from_end(impl_at)) : "", "",
             when == mean_at ? "benchdnn, mean time" : "benchdnn, least time"});
  }
  if (other > 0)
    out.note(fmt::format("{}: {} lines are no GEMM or 2-D convolution of ours and were left out", name, other));
  return out.finish(name);
}

}  // namespace chipfit::foreign
