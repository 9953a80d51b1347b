#include "harness/results/provenance.hpp"

namespace chipfit::results {

std::string_view name(Provenance provenance) {
  switch (provenance) {
    case Provenance::self_run:
      return "self-run";
    case Provenance::lab_run:
      return "lab-run";
    case Provenance::published:
      return "published";
  }
  return {};
}

std::string_view present_provenance(std::string_view cell) {
  return cell == "self" ? name(Provenance::self_run) : cell;
}

}  // namespace chipfit::results
