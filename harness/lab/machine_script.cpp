#include <fmt/format.h>

#include <algorithm>

#include "harness/lab/indexes.hpp"
#include "harness/lab/submission.hpp"
#include "harness/plan/tasks.hpp"
#include "kernels/base/shell_line.hpp"

namespace chipfit::lab {
namespace {

/// Ascending indexes as words of bash: "{0..9} 12".
std::string words(const std::vector<std::size_t>& indexes) {
  std::string text, span;
  for (const char c : ranges(indexes) + ",") {
    if (c != ',') {
      span += c;
      continue;
    }
    const auto dash = span.find('-');
    text += text.empty() ? "" : " ";
    text += dash == std::string::npos ? span : fmt::format("{{{}..{}}}", span.substr(0, dash), span.substr(dash + 1));
    span.clear();
  }
  return text;
}

/// "lab1" of "user@lab1".
std::string machine_name(const std::string& host) {
  return host.substr(host.find('@') + 1);
}

// A task is taken by making a folder: one machine succeeds. A machine that cannot be reached gives its task back.
constexpr const char* machine_function = R"(
# machine COMMAND… INDEXES: does tasks that nobody else has taken, one after another, until none is left.
# COMMAND is called with the line to carry out as its last word.
machine() {
  local indexes=$1 line=$2 index code child='' again=0 took=1
  shift 2
  trap 'again=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
  while [ "$took" = 1 ]; do
    took=0
    for index in $indexes; do
      mkdir "taken/$index" 2>/dev/null || continue
      took=1 again=1
      "$@" "$line --index $index" </dev/null >>"log/$index.log" 2>&1 &
      child=$!
      while [ "$again" = 1 ]; do again=0 code=0; wait "$child" || code=$?; done
      child=''
      case $code in
        75 | 143) return ;;
        255) rmdir "taken/$index"; echo "cannot be reached: $*" >&2; return ;;
        0) ;;
        *) echo "task $index exits with $code: $PWD/log/$index.log" >&2 ;;
      esac
    done
  done
}

machines=()
trap 'kill -TERM "${machines[@]}" 2>/dev/null' INT TERM
)";

constexpr const char* wait_lines = R"(
for process in "${machines[@]}"; do
  while kill -0 "$process" 2>/dev/null; do wait "$process"; done
done
)";

}  // namespace

Result<std::vector<Script>> machine_scripts(const PlanFolder& plan, const std::vector<std::size_t>& indexes,
                                            const std::filesystem::path& folder, const SubmitOptions& options) {
  auto text = fmt::format(
      "#!/bin/bash\n"
      "# Does {} of plan {}, merges and reports. Written by chipfit submit.\n"
      "set -u\n"
      "cd {} || exit\n"
      "mkdir -p taken\n",
      indexes.size() == 1 ? "1 task" : fmt::format("{} tasks", indexes.size()), plan.plan_sha256.substr(0, 12),
      shell_word(folder.string()));
  text += machine_function;
  text +=
      fmt::format("# Quoted for the shell that carries it out.\nline=$(printf '%q ' {})\n", run_line(plan, options));
  const auto& nodes = plan.plan.division.nodes;
  if (options.engine == Engine::local) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.at_once); ++i)
      text += fmt::format("machine \"$(echo {})\" \"exec $line\" bash -c & machines+=($!)\n", words(indexes));
  } else {
    const auto& hosts = options.hosts.empty() ? nodes : options.hosts;
    for (const auto& host : hosts) {
      if (!plan::is_node_name(host))
        return fail(Error::Kind::usage, fmt::format("'{}' is no machine's name", host), {}, "--hosts lab1,user@lab2");
      auto own = indexes;
      if (!nodes.empty())
        std::erase_if(own, [&](std::size_t index) {
          const auto task = plan::task(plan.plan, index);
          return !task || machine_name(task->node) != machine_name(host);
        });
      if (own.empty()) continue;
      const auto node = nodes.empty() ? machine_name(host) : plan::task(plan.plan, own.front())->node;
      text += fmt::format("machine \"$(echo {})\" \"$line --node {}\" ssh -o BatchMode=yes {} & machines+=($!)\n",
                          words(own), node, host);
    }
  }
  text += wait_lines;
  text += "\n" + finish_lines(plan, options, options.engine == Engine::ssh ? 10 : 0);
  return std::vector<Script>{{"submit.sh", std::move(text)}};
}

}  // namespace chipfit::lab
