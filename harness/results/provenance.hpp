#pragma once
#include <string_view>

namespace chipfit::results {

/// Who stands behind a row: column `provenance`.
enum class Provenance {
  self_run,   ///< whoever hands the results in measured them
  lab_run,    ///< a laboratory measured, and says so
  published,  ///< taken from a table that others published
};
std::string_view name(Provenance);  ///< "self-run", "lab-run", "published"

/// A cell by its present name: files of the first versions say "self" where "self-run" is meant. Other text stays.
std::string_view present_provenance(std::string_view cell);

}  // namespace chipfit::results
