#include "harness/compare/samples.hpp"

#include <algorithm>
#include <array>

#include "harness/results/row_stream.hpp"
#include "kernels/base/parse_number.hpp"

namespace chipfit::compare {

Result<std::vector<std::vector<double>>> read_samples(const std::filesystem::path& result_file,
                                                      const std::vector<WantedLaunch>& wanted) {
  std::vector<std::vector<double>> rounds(wanted.size());
  const auto path = result_file.parent_path() / "samples.csv";
  auto source = results::file_source(path);
  if (!source && source.error().kind == Error::Kind::missing) return rounds;
  if (!source) return pass_on(source.error());
  csv::Scanner scanner(path.string(), std::move(*source));
  auto more = scanner.next();
  if (!more) return pass_on(more.error());
  if (!*more) return rounds;
  constexpr std::array<std::string_view, 6> names{"run_id", "case_id", "backend", "device_uid", "launch", "time_s"};
  std::array<std::size_t, names.size()> at{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    while (at[i] < scanner.field_count() && scanner.field(at[i]) != names[i]) ++at[i];
    if (at[i] == scanner.field_count())
      return fail(Error::Kind::bad_data, "the header has no column '" + std::string(names[i]) + "'",
                  path.string() + ":1:1", "this is no samples.csv of chipfit");
  }
  const std::size_t fields = scanner.field_count();
  while ((more = scanner.next()) && *more && !scanner.in_torn_line()) {
    if (scanner.field_count() != fields)
      return fail(Error::Kind::bad_data, "another number of fields than the header has", scanner.where(0));
    const auto found = std::ranges::find_if(wanted, [&](const WantedLaunch& w) {
      return scanner.field(at[1]) == w.case_id && scanner.field(at[4]) == w.launch &&
             scanner.field(at[0]) == w.run_id && scanner.field(at[2]) == w.backend &&
             scanner.field(at[3]) == w.device_uid;
    });
    if (found == wanted.end()) continue;
    const std::string_view text = scanner.field(at[5]);
    const double time_s = leading_number(text);
    if (!(time_s > 0)) return fail(Error::Kind::bad_data, "this round has no time above 0", scanner.where(at[5]));
    rounds[static_cast<std::size_t>(found - wanted.begin())].push_back(time_s);
  }
  if (!more && !scanner.in_torn_line()) return pass_on(more.error());
  return rounds;
}

}  // namespace chipfit::compare
