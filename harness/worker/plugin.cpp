#include "harness/worker/plugin.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <mutex>

namespace chipfit::worker {
namespace {

constexpr std::size_t required_bytes = offsetof(chipfit_plugin, supports);

/// One line into the worker's log, in one write so that lines of several threads do not mix.
void log_line(const char* text) {
  if (text == nullptr) return;
  std::string line(text);
  if (!line.ends_with('\n')) line += '\n';
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

/// What a plugin was given; it may use it as long as it is loaded, which is for ever.
struct HostTable {
  std::string options, scratch_dir;
  chipfit_host host{};
};

const chipfit_host* make_host(const std::string& options, const std::string& scratch_dir) {
  // Never destroyed, since a plugin's threads may run until the very end of the process.
  static auto& tables = *new std::deque<HostTable>();
  static auto& mutex = *new std::mutex();
  const std::lock_guard lock(mutex);
  HostTable& table = tables.emplace_back();
  table.options = options;
  table.scratch_dir = scratch_dir;
  table.host = {sizeof(chipfit_host), CHIPFIT_ABI_MINOR, log_line, table.scratch_dir.c_str(), table.options.c_str()};
  return &table.host;
}

tl::unexpected<Error> unavailable(std::string what) {
  return fail(Error::Kind::unavailable, std::move(what));
}

const char* missing_function(const chipfit_plugin& table) {
  if (!table.device_count) return "device_count";
  if (!table.device_info) return "device_info";
  if (!table.open) return "open";
  if (!table.close) return "close";
  if (!table.alloc) return "alloc";
  if (!table.free) return "free";
  if (!table.upload) return "upload";
  if (!table.download) return "download";
  if (!table.prepare) return "prepare";
  if (!table.release) return "release";
  if (!table.enqueue) return "enqueue";
  if (!table.sync) return "sync";
  return nullptr;
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

Result<Plugin> Plugin::load(const std::filesystem::path& library, const std::string& options,
                            const std::string& scratch_dir, wire::Progress& progress) {
  using Query = const chipfit_plugin* (*)(const chipfit_host*);
  // dlopen runs the library's constructors: plugin code, so nothing may unwind out of it either.
  const auto open_library = +[](const char* path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); };
  void* handle = call_plugin(progress, wire::Step::load, open_library, library.c_str());
  if (handle == nullptr) return unavailable(text_or_empty(dlerror()));
  void* symbol = dlsym(handle, "chipfit_plugin_query_v1");
  if (symbol == nullptr) return unavailable("the library does not export chipfit_plugin_query_v1");
  const auto query = reinterpret_cast<Query>(symbol);
  const chipfit_plugin* table = call_plugin(progress, wire::Step::query, query, make_host(options, scratch_dir));
  if (table == nullptr)
    return unavailable("the plugin cannot be served by this harness (ABI 1." + std::to_string(CHIPFIT_ABI_MINOR) +
                       "): its query returned NULL");
  const std::uint32_t table_bytes = table->struct_size;
  if (table_bytes < required_bytes) {
    return unavailable("the plugin's table has " + std::to_string(table_bytes) +
                       " bytes; the required functions need " + std::to_string(required_bytes));
  }
  Plugin plugin;
  std::memcpy(&plugin.table_, table, std::min<std::size_t>(table_bytes, sizeof(chipfit_plugin)));
  if (const char* missing = missing_function(plugin.table_)) {
    return unavailable(std::string("the plugin lacks the required function ") + missing);
  }
  plugin.name_ = text_or_empty(table->name);
  plugin.version_ = text_or_empty(table->version);
  return plugin;
}

}  // namespace chipfit::worker
