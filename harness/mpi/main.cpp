// mpirun -n N chipfit-mpi OPTIONS OF `chipfit run`: every device of every rank runs the same case at the same time. The
// ranks of one machine share its devices out; before, rank 0 measures its first device alone, which is T_1.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "harness/cli/commands.hpp"
#include "harness/cli/errors.hpp"
#include "harness/cli/plan_here.hpp"
#include "harness/cli/run_here.hpp"
#include "harness/cli/text.hpp"
#include "harness/judge/aggregate.hpp"
#include "harness/mpi/ranks.hpp"
#include "harness/results/run_folder.hpp"
#include "kernels/base/numbers.hpp"

namespace {

using namespace chipfit;
using results::Column;

/// Notes and failed rows, with the rank before them.
class Speaker : public judge::RunObserver {
 public:
  Speaker(cli::Console& console, int rank) : console_(console), rank_(rank) {}
  void note(const std::string& line) override { console_.note(fmt::format("rank {}: {}", rank_, line)); }

 private:
  cli::Console& console_;
  int rank_;
};

std::vector<std::string> words(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"run"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const bool asks_for_help = std::ranges::any_of(arguments, [](const auto& a) { return a == "--help" || a == "-h"; });
  if (!asks_for_help) all.emplace_back("--simultaneous");
  return all;
}

/// Devices of this rank: those of the machine, dealt out among its ranks.
Result<void> take_share(plan::Plan& plan, const mpi::Ranks& ranks) {
  const auto shares = static_cast<std::size_t>(ranks.local_size()), mine = static_cast<std::size_t>(ranks.local_rank());
  if (plan.devices.size() < shares)
    return fail(
        Error::Kind::usage,
        fmt::format("{} ranks on this machine, but {} to measure", shares, counted(plan.devices.size(), "device")), {},
        fmt::format("mpirun --map-by ppr:{}:node chipfit-mpi …", std::max<std::size_t>(1, plan.devices.size())));
  std::vector<plan::PlannedDevice> share;
  for (std::size_t i = mine; i < plan.devices.size(); i += shares) share.push_back(plan.devices[i]);
  plan.devices = std::move(share);
  return {};
}

using Rates = std::map<std::string, double>;

/// T_1: rates by case of the first device of this rank, with nobody else at work.
Result<Rates> alone(judge::RunOptions options, judge::RunObserver& observer) {
  options.plan.devices.resize(1);
  options.plan.order = plan::Order::by_case;
  options.plan.launches = 1;
  const auto summary = judge::run(options, observer);
  if (!summary) return pass_on(summary.error());
  if (summary->interrupted) return fail(Error::Kind::interrupted, "interrupted");
  Rates rates;
  for (const auto& row : summary->rows)
    if (const auto rate = row.real(Column::rate_flop_per_s)) rates[row.text(Column::case_id)] = *rate;
  return rates;
}

/// On rank 0: rows of all ranks in one file, and a line for each case and launch.
Result<std::vector<judge::Aggregate>> write_all(const std::filesystem::path& folder,
                                                const std::vector<std::string>& lines, const Rates& rates) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Error::Kind::io, fmt::format("cannot be made: {}", error.message()), folder.string());
  std::string text = results::header_line() + "\n";
  for (const auto& part : lines) text += part;
  if (auto written = results::write_whole(folder / "results.csv", text); !written) return pass_on(written.error());
  const auto read = results::read_results(folder / "results.csv");
  if (!read) return pass_on(read.error());
  auto all = judge::aggregates_of(read->rows);
  for (auto& one : all) {
    one.run_id = folder.filename().string();
    if (const auto single = rates.find(one.case_id); single != rates.end() && one.rated > 0)
      one.scaling_efficiency = one.rate_flop_per_s.sum / (static_cast<double>(one.rated) * single->second);
  }
  if (auto written = judge::write_aggregates(folder, all); !written) return pass_on(written.error());
  return all;
}

std::string table(const std::vector<judge::Aggregate>& all, const cli::Paper& paper) {
  using cli::Align;
  cli::Table table;
  table.columns = {{.title = "case", .shortest = 20},          {.title = "devices", .align = Align::right},
                   {.title = "min", .align = Align::right},    {.title = "avg", .align = Align::right},
                   {.title = "max", .align = Align::right},    {.title = "sum", .align = Align::right},
                   {.title = "scaling", .align = Align::right}};
  for (const auto& each : all) {
    const auto& rate = each.rate_flop_per_s;
    std::vector<cli::Table::Cell> cells{{cli::printable(each.case_id), cli::Tone::plain},
                                        {fmt::format("{}/{}", each.rated, each.devices), cli::Tone::plain}};
    for (const double value : {rate.min, rate.mean, rate.max, rate.sum})
      cells.push_back({value > 0 ? si_text(value, "", 3) : "–", cli::Tone::plain});
    cells.push_back({each.scaling_efficiency > 0 ? percent_text(each.scaling_efficiency) : "–", cli::Tone::plain});
    table.lines.push_back({std::move(cells), ""});
  }
  return cli::render(table, paper.width, paper.colour);
}

Result<int> run(mpi::Ranks& ranks, const std::vector<std::string>& arguments, cli::Console& console) {
  const auto parsed = cli::parse_arguments(words(arguments));
  if (!parsed) return pass_on(parsed.error());
  const auto* command = std::get_if<cli::RunCommand>(&*parsed);
  if (command == nullptr || command->resume || command->dry_run == cli::DryRun::yes ||
      !command->selection.benchmark.passed_on.empty() || !command->selection.plan_file.empty())
    return fail(Error::Kind::usage, "chipfit-mpi takes what selects cases, backends and devices, and --out and --lab",
                {}, "mpirun -n 4 chipfit-mpi --suite square --backend cuda --out results");
  auto planned = cli::plan_here(command->selection, console);
  if (!planned) return pass_on(planned.error());
  if (!planned->unavailable.empty()) return pass_on(planned->unavailable.front());
  if (auto shared = take_share(planned->plan, ranks); !shared) return pass_on(shared.error());
  std::string cases = fmt::format("{} launches", planned->plan.launches);
  for (const auto& each : planned->plan.cases) cases += "\n" + each.case_id;
  if (!ranks.all_equal(cases))
    return fail(Error::Kind::usage, "the ranks do not have the same cases", {},
                "one version of chipfit on all machines");
  auto options = cli::run_options(*planned, *command, arguments);
  if (!options) return pass_on(options.error());

  Speaker speaker(console, ranks.rank());
  Rates rates;
  if (ranks.rank() == 0) {
    auto single = alone(*options, speaker);
    if (!single) return pass_on(single.error());
    rates = std::move(*single);
  }
  ranks.wait_for_all();
  options->wider = {[&] { ranks.wait_for_all(); }, [&] { ranks.begin_end(); }, [&] { return ranks.all_ended(); },
                    [&](std::size_t here) { return ranks.total(here); }};
  const auto summary = judge::run(*options, speaker);
  if (!summary) return pass_on(summary.error());
  if (summary->interrupted) return fail(Error::Kind::interrupted, "interrupted", summary->folder.string());
  std::string lines;
  for (const auto& row : summary->rows) lines += results::to_line(row);
  const auto all_lines = ranks.gather(lines);
  const int code = cli::exit_code(summary->rows);
  if (ranks.rank() != 0) return code;
  const auto folder = command->out / (results::new_run_id() + "-mpi");
  const auto all = write_all(folder, all_lines, rates);
  if (!all) return pass_on(all.error());
  console.data(table(*all, console.paper()));
  console.data(
      fmt::format("scaling = sum of the rates / (devices × rate of rank 0's first device alone)\nresults: {}\n",
                  cli::printable(folder.string())));
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  mpi::Ranks ranks(argc, argv);
  cli::Console console(stdout, cli::paper_of_stdout(), stderr, cli::width_of_stderr());
  const auto result = run(ranks, {argv + (argc > 0 ? 1 : 0), argv + argc}, console);
  if (!result) {
    console.error(result.error());
    static_cast<void>(console.finish());
    // The others wait for this rank: they end too.
    mpi::Ranks::abort(cli::exit_code(result.error().kind));
  }
  return console.finish() ? *result : cli::exit_code(Error::Kind::io);
}
