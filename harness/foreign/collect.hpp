#pragma once
#include <map>
#include <optional>
#include <string>

#include "harness/foreign/foreign.hpp"

namespace chipfit::foreign {

/// What one foreign measurement says.
struct Measured {
  Problem problem;
  double time_s = 0;
  std::string vendor, chip, backend, algorithm, suite, reason;  ///< `reason`: where it was published
};

/// Gathers rows and numbers the launches.
class Collector {
 public:
  explicit Collector(const Facts& facts) : facts_(facts) {}
  /// The row, to be completed; time and shape give its rate.
  results::Row& add(const Measured&);
  void note(std::string text) { imported_.notes.push_back(std::move(text)); }
  /// Error (bad_data) where nothing was imported.
  Result<Imported> finish(const std::string& name);

 private:
  const Facts& facts_;
  Imported imported_;
  std::map<std::string, int> launches_;
};

/// Values of the {placeholders} of `pattern` in `text`; what follows the pattern in the text does not matter. Nothing
/// where the text is not of this form.
std::optional<std::map<std::string, std::string>> match_pattern(std::string_view pattern, std::string_view text);
/// The pattern with its {placeholders} replaced. Error (usage): one that has no value.
Result<std::string> fill_pattern(std::string_view pattern, const std::map<std::string, std::string>& values);

/// The problem a foreign name stands for: by the patterns of `facts`, else the first part between '/' that is a case
/// id. Nothing where it stands for none; error (usage) where the patterns give no case id.
Result<std::optional<Problem>> problem_of(const std::string& name, const Facts&);

}  // namespace chipfit::foreign
