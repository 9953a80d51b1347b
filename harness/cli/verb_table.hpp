#pragma once
#include <vector>

namespace CLI {
class App;
}

namespace chipfit::cli {

struct Raw;

/// A verb of the command line and the options that it takes.
struct Verb {
  const char *name, *purpose;
  void (*add_options)(CLI::App&, Raw&);
};

/// In the order in which people meet them.
const std::vector<Verb>& verbs();

}  // namespace chipfit::cli
