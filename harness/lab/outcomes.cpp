#include "harness/lab/outcomes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "harness/results/run_folder.hpp"

namespace chipfit::lab {

Result<std::vector<MachineOutcome>> read_outcomes(const std::filesystem::path& submission) {
  const auto path = submission / "outcomes";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::vector<MachineOutcome>{};
  const auto text = results::read_whole(path);
  if (!text) return pass_on(text.error());
  std::map<std::string, MachineOutcome> machines;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::size_t index = 0;
    int code = 0;
    if (!(words >> name >> index >> code) || words.peek() != std::istringstream::traits_type::eof())
      return fail(Error::Kind::bad_data, fmt::format("'{}' is not \"machine index code\"", line), path.string());
    auto& machine = machines[name];
    machine.name = name;
    if (code == 0)
      machine.done.push_back(index);
    else
      machine.unfinished.push_back({index, code});
  }
  std::vector<MachineOutcome> all;
  for (auto& [name, machine] : machines) {
    std::sort(machine.done.begin(), machine.done.end());
    all.push_back(std::move(machine));
  }
  return all;
}

}  // namespace chipfit::lab
