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
constexpr const char* machine_function = R"sh(
# machine NAME INDEXES LINE COMMAND…: does tasks that nobody else has taken, one after another, until none is left.
# COMMAND is called with the line to carry out as its last word; the line ends its task when its input ends. The first
# TERM ends the input, a second one the command too.
machine() {
  local name=$1 indexes=$2 line=$3 index code task='' again=0 stops=0 input holder
  shift 3
  exec {input}< <(exec tail --pid="$$" -f /dev/null)
  holder=$!
  trap 'again=1 stops=$((stops + 1)); kill "$holder" 2>/dev/null; [ "$stops" = 1 ] || kill "$task" 2>/dev/null' TERM
  for index in $indexes; do
    [ "$stops" = 0 ] || break
    mkdir "taken/$index" 2>/dev/null || continue
    again=1
    "$@" "$line --index $index" <&"$input" >>"log/$index.log" 2>&1 &
    task=$!
    while [ "$again" = 1 ]; do again=0 code=0; wait "$task" || code=$?; done
    echo "$name $index $code" >>outcomes
    case $code in
      0) ;;
      75 | 143) break ;;
      255)
        rmdir "taken/$index"
        mkdir -p "gone/$name"
        : >given-back
        echo "$name cannot be reached: $(tail -n 1 "log/$index.log")" >&2
        break
        ;;
      *) echo "task $index on $name exits with $code: $PWD/log/$index.log" >&2 ;;
    esac
  done
  kill "$holder" 2>/dev/null
}

# A machine that can be reached, as far as is known.
start() { [ -e "gone/$1" ] || { machine "$@" & machines+=($!); }; }

stopped=0 wait_s=WAIT machines=()
trap 'stopped=1 wait_s=0; kill -TERM "${machines[@]}" 2>/dev/null' HUP INT TERM

# Carries out the words after it, and tells them to end once its input does: a machine that is told over ssh hears of
# nothing else, be it that this script is stopped, is killed, or that the network is gone.
until_input_ends=$(cat <<'END'
exec sh -c 'exec 3<&0; "$@" 3<&- & task=$!;
(while read -r _; do :; done <&3; kill "$task") >/dev/null 2>&1 & watch=$!;
exec 3<&-; wait "$task"; code=$?; kill "$watch" 2>/dev/null; exit "$code"' sh
END
)
until_input_ends=${until_input_ends//$'\n'/ }  # csh takes no line ends within quotes
)sh";

// Machines that have ended do what one of the others gives back later.
constexpr const char* rounds = R"sh(
while :; do
  rm -f given-back
  machines=()
  start_all
  for process in "${machines[@]}"; do
    while kill -0 "$process" 2>/dev/null; do wait "$process"; done
  done
  if [ "$stopped" = 1 ] || [ ! -e given-back ] || [ ${#machines[@]} = 0 ]; then break; fi
done
)sh";

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
  // On a network file system a part may be seen some seconds late.
  const auto is_ssh = options.engine == Engine::ssh;
  std::string functions = machine_function;
  text += functions.replace(functions.find("WAIT"), 4, is_ssh ? "10" : "0");
  text += fmt::format("# Quoted for the shell that carries it out.\nline=$until_input_ends$(printf ' %q' {})\n",
                      run_line(plan, options));
  text += "start_all() {\n";
  const auto& nodes = plan.plan.division.nodes;
  if (!is_ssh) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.at_once); ++i)
      text += fmt::format("  start local \"$(echo {})\" \"$line\" bash -c\n", words(indexes));
  } else {
    std::string ssh = "ssh";
    // The user's come first, since ssh takes the first value that it hears.
    for (const auto& option : options.ssh) ssh += " " + shell_word(option);
    ssh += " -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=20";
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
      text += fmt::format("  start {} \"$(echo {})\" \"$line --node {}\" {} {}\n", host, words(own), node, ssh, host);
    }
  }
  text += "}\n";
  text += rounds;
  text += "\n" + finish_lines(plan, options, "\"$wait_s\"");
  return std::vector<Script>{{"submit.sh", std::move(text)}};
}

}  // namespace chipfit::lab
