#include "harness/foreign/foreign.hpp"

#include "harness/results/run_folder.hpp"
#include "kernels/base/names.hpp"

namespace chipfit::foreign {

Result<Source> parse_source(std::string_view text) {
  const std::vector<std::string> names{"deepbench", "googlebenchmark", "nvbench", "benchdnn"};
  const auto found = find_name(text, "a format that can be imported", names);
  if (!found) return pass_on(found.error());
  return static_cast<Source>(*found);
}

Result<Imported> import_file(Source source, const std::filesystem::path& path, const Facts& facts) {
  if (facts.case_pattern.empty() && !facts.name_pattern.empty())
    return fail(Error::Kind::usage, "--name says how names look, --as what they become: one is missing");
  const auto text = results::read_whole(path);
  if (!text) return pass_on(text.error());
  // Messages and notes go into files that are kept: the name is enough.
  const std::string name = path.filename().string();
  switch (source) {
    case Source::deepbench:
      return import_deepbench(name, *text, facts);
    case Source::google_benchmark:
      return import_google_benchmark(name, *text, facts);
    case Source::nvbench:
      return import_nvbench(name, *text, facts);
    case Source::benchdnn:
      return import_benchdnn(name, *text, facts);
  }
  return fail(Error::Kind::internal, "an unknown source");
}

}  // namespace chipfit::foreign
