#pragma once
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"

namespace CLI {
class App;
}

namespace chipfit::cli {

/// Words of the verbs around submitting a plugin (new, probe, check, pack, intake), as they stand on the command line.
struct VendorWords {
  std::string file, key, notes, output, vendor, chip, signers, out, lab, seed, seconds, deadline, expected, device,
      folder;
  std::vector<std::string> cases, options, suites;
  bool asan = false, simple = false;
};

void add_new(CLI::App&, VendorWords&);
void add_probe(CLI::App&, VendorWords&);
void add_check(CLI::App&, VendorWords&);
void add_pack(CLI::App&, VendorWords&);
void add_intake(CLI::App&, VendorWords&);

bool is_vendor_verb(const std::string& verb);
/// Errors (usage): a word that is missing or makes no sense.
Result<Command> read_vendor_command(const std::string& verb, const VendorWords&, Format);

}  // namespace chipfit::cli
