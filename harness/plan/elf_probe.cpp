#include "harness/plan/elf_probe.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "backends/plugin/chipfit_plugin.h"

namespace chipfit::plan {
namespace {

constexpr std::string_view query_prefix = "chipfit_plugin_query_v";
constexpr std::uint64_t largest_string_table = 256u << 20;

struct MachineName {
  std::uint16_t id;
  std::string_view name;
};
constexpr std::array machines{
    MachineName{EM_X86_64, "x86_64"}, MachineName{EM_AARCH64, "aarch64"}, MachineName{EM_RISCV, "riscv64"},
    MachineName{EM_PPC64, "ppc64"},   MachineName{EM_S390, "s390x"},      MachineName{258, "loongarch64"},
    MachineName{0x9916, "sw_64"},     MachineName{EM_MIPS, "mips64"},
};

std::string machine_name(std::uint16_t id) {
  for (const auto& machine : machines) {
    if (machine.id == id) return std::string(machine.name);
  }
  return fmt::format("machine {}", id);
}

/// Position and length of a table inside the file.
struct Extent {
  std::uint64_t offset = 0, bytes = 0;
};

class Probe {
 public:
  Probe(const ReadAt& read, std::uint64_t file_bytes) : read_(read), file_bytes_(file_bytes) {}

  template <class T>
  std::optional<T> at(std::uint64_t offset) const {
    T value;
    if (!inside(offset, sizeof(T)) || !read_(offset, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
    return value;
  }

  template <class T>
  std::optional<std::vector<T>> table(std::uint64_t offset, std::uint64_t count) const {
    if (count > file_bytes_ / sizeof(T) || !inside(offset, count * sizeof(T))) return std::nullopt;
    std::vector<T> values(count);
    if (count != 0 && !read_(offset, std::as_writable_bytes(std::span(values)))) return std::nullopt;
    return values;
  }

  /// Takes the loaded segments; addresses are translated through them from now on.
  void set_segments(std::vector<Elf64_Phdr> segments) { segments_ = std::move(segments); }

  /// File offset of an address, and the bytes that the file holds from there to the end of its segment.
  std::optional<Extent> at_address(std::uint64_t address) const {
    for (const auto& segment : segments_) {
      if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
      const std::uint64_t into = address - segment.p_vaddr;
      if (into >= segment.p_filesz || segment.p_offset > file_bytes_ || into >= file_bytes_ - segment.p_offset)
        continue;
      const std::uint64_t offset = segment.p_offset + into;
      return Extent{offset, std::min(segment.p_filesz - into, file_bytes_ - offset)};
    }
    return std::nullopt;
  }

 private:
  bool inside(std::uint64_t offset, std::uint64_t bytes) const {
    return offset <= file_bytes_ && bytes <= file_bytes_ - offset;
  }

  const ReadAt& read_;
  std::uint64_t file_bytes_;
  std::vector<Elf64_Phdr> segments_;
};

/// The addresses that the dynamic section gives.
struct Dynamic {
  std::optional<std::uint64_t> symbols, strings, hash, gnu_hash;
  std::uint64_t string_bytes = 0;
  std::vector<std::uint64_t> needed, runpaths;  // places in the strings
};

std::optional<Dynamic> read_dynamic(const Probe& probe, const Elf64_Phdr& segment) {
  const auto entries = probe.table<Elf64_Dyn>(segment.p_offset, segment.p_filesz / sizeof(Elf64_Dyn));
  if (!entries) return std::nullopt;
  Dynamic dynamic;
  for (const auto& entry : *entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SYMTAB) dynamic.symbols = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRTAB) dynamic.strings = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) dynamic.string_bytes = entry.d_un.d_val;
    if (entry.d_tag == DT_NEEDED) dynamic.needed.push_back(entry.d_un.d_val);
    if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) dynamic.runpaths.push_back(entry.d_un.d_val);
    if (entry.d_tag == DT_HASH) dynamic.hash = entry.d_un.d_ptr;
    if (entry.d_tag == DT_GNU_HASH) dynamic.gnu_hash = entry.d_un.d_ptr;
  }
  return dynamic;
}

/// Symbols of a GNU hash table: the last chain of the highest bucket ends the symbol table.
std::optional<std::uint64_t> count_by_gnu_hash(const Probe& probe, std::uint64_t address) {
  const auto table = probe.at_address(address);
  if (!table || table->bytes < 16) return std::nullopt;
  const auto header = probe.table<std::uint32_t>(table->offset, 4);  // buckets, first symbol, bloom words, shift
  if (!header) return std::nullopt;
  const std::uint64_t bucket_count = (*header)[0], first = (*header)[1], bloom_words = (*header)[2];
  const std::uint64_t buckets_at = table->offset + 16 + bloom_words * 8;
  const auto buckets = probe.table<std::uint32_t>(buckets_at, bucket_count);
  if (!buckets) return std::nullopt;
  const std::uint64_t last = buckets->empty() ? 0 : *std::max_element(buckets->begin(), buckets->end());
  if (last < first) return first;  // nothing is exported
  const std::uint64_t chains_at = buckets_at + bucket_count * 4;
  for (std::uint64_t symbol = last;; ++symbol) {
    const auto chain = probe.at<std::uint32_t>(chains_at + (symbol - first) * 4);
    if (!chain) return std::nullopt;
    if (*chain & 1) return symbol + 1;
  }
}

std::optional<std::uint64_t> symbol_count(const Probe& probe, const Dynamic& dynamic) {
  if (dynamic.gnu_hash) return count_by_gnu_hash(probe, *dynamic.gnu_hash);
  if (!dynamic.hash) return std::nullopt;
  const auto table = probe.at_address(*dynamic.hash);
  if (!table || table->bytes < 8) return std::nullopt;
  return probe.at<std::uint32_t>(table->offset + 4);  // nchain equals the number of symbols
}

bool is_exported(const Elf64_Sym& symbol) {
  const auto binding = ELF64_ST_BIND(symbol.st_info), visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && (binding == STB_GLOBAL || binding == STB_WEAK) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

bool is_function(const Elf64_Sym& symbol) {
  const auto type = ELF64_ST_TYPE(symbol.st_info);
  return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
}

/// n of "chipfit_plugin_query_v<n>".
std::optional<int> query_major(std::string_view symbol) {
  if (symbol.substr(0, query_prefix.size()) != query_prefix) return std::nullopt;
  const auto digits = symbol.substr(query_prefix.size());
  int major = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), major);
  if (error != std::errc() || end != digits.data() + digits.size() || major < 0) return std::nullopt;
  return major;
}

/// The string at this place of a string table; empty outside of it.
std::string_view text_at(const std::vector<char>& strings, std::uint64_t at) {
  if (at >= strings.size()) return {};
  return {strings.data() + at, strnlen(strings.data() + at, strings.size() - at)};
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void read_symbols(ElfFacts& facts, const std::vector<Elf64_Sym>& symbols, const std::vector<char>& strings) {
  for (const auto& symbol : symbols) {
    const auto text = text_at(strings, symbol.st_name);
    if (text.empty() || !is_exported(symbol)) continue;
    facts.exported.emplace_back(text);
    const auto major = is_function(symbol) ? query_major(text) : std::nullopt;
    if (major) facts.plugin_majors.push_back(*major);
  }
  sort_unique(facts.plugin_majors);
  sort_unique(facts.exported);
}

void read_libraries(ElfFacts& facts, const Dynamic& dynamic, const std::vector<char>& strings) {
  for (const auto at : dynamic.needed) facts.needed.emplace_back(text_at(strings, at));
  for (const auto at : dynamic.runpaths) {
    std::string_view rest = text_at(strings, at);
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      if (end > 0) facts.runpaths.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

}  // namespace

Result<ElfFacts> probe_elf(const ReadAt& read, std::uint64_t file_bytes, const std::string& where) {
  const auto bad = [&](std::string what, std::string hint = {}) {
    return fail(Error::Kind::bad_data, std::move(what), where, std::move(hint));
  };
  Probe probe(read, file_bytes);
  const auto ident = probe.table<unsigned char>(0, EI_NIDENT);
  if (!ident || std::memcmp(ident->data(), ELFMAG, SELFMAG) != 0) {
    return bad("not an ELF file", "a plugin is a shared library for Linux: cc -shared -fPIC -o plugin.so …");
  }
  if ((*ident)[EI_CLASS] != ELFCLASS64) return bad("a 32-bit library: plugins are 64-bit", "build it with -m64");
  const auto own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if ((*ident)[EI_DATA] != own_order) return bad("a library for a machine of the other byte order");
  const auto header = probe.at<Elf64_Ehdr>(0);
  if (!header) return bad("truncated ELF header");
  if (header->e_type != ET_DYN) {
    return bad("an ELF file, but no shared library",
               "link it with -shared (an object file or program cannot be loaded)");
  }
  ElfFacts facts;
  facts.machine = machine_name(header->e_machine);

  if (header->e_phentsize != sizeof(Elf64_Phdr)) return bad("damaged ELF file: odd program header size");
  auto segments = probe.table<Elf64_Phdr>(header->e_phoff, header->e_phnum);
  if (!segments) return bad("truncated: the program headers lie behind the end of the file");
  const auto dynamic_segment = std::find_if(segments->begin(), segments->end(),
                                            [](const Elf64_Phdr& segment) { return segment.p_type == PT_DYNAMIC; });
  if (dynamic_segment == segments->end()) return bad("no dynamic symbols: a static or stripped file cannot be loaded");
  const auto dynamic = read_dynamic(probe, *dynamic_segment);
  if (!dynamic) return bad("truncated: the dynamic section lies behind the end of the file");
  if (!dynamic->symbols || !dynamic->strings) return bad("no dynamic symbols: nothing is exported");
  probe.set_segments(std::move(*segments));

  const auto count = symbol_count(probe, *dynamic);
  const auto symbols_at = probe.at_address(*dynamic->symbols);
  const auto strings_at = probe.at_address(*dynamic->strings);
  if (!count || !symbols_at || !strings_at) return bad("truncated or damaged dynamic symbol table");
  if (dynamic->string_bytes > std::min(strings_at->bytes, largest_string_table)) {
    return bad("truncated or damaged dynamic string table");
  }
  const auto symbols = probe.table<Elf64_Sym>(symbols_at->offset, *count);
  const auto strings = probe.table<char>(strings_at->offset, dynamic->string_bytes);
  if (!symbols || !strings) return bad("truncated or damaged dynamic symbol table");
  read_symbols(facts, *symbols, *strings);
  read_libraries(facts, *dynamic, *strings);
  return facts;
}

Result<ElfFacts> probe_elf_file(const std::filesystem::path& path) {
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) close(fd);
    }
  } const file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) {
    return fail(Error::Kind::io, fmt::format("cannot open the library: {}", std::strerror(errno)), path.string());
  }
  struct stat facts {};
  if (fstat(file.fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(Error::Kind::bad_data, "the library is not a file", path.string());
  }
  const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> target) {
    while (!target.empty()) {
      const auto got = pread(file.fd, target.data(), target.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      offset += static_cast<std::uint64_t>(got);
      target = target.subspan(static_cast<std::size_t>(got));
    }
    return true;
  };
  return probe_elf(read, static_cast<std::uint64_t>(facts.st_size), path.string());
}

std::string_view this_machine() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv) && __riscv_xlen == 64
  return "riscv64";
#elif defined(__powerpc64__)
  return "ppc64";
#elif defined(__s390x__)
  return "s390x";
#elif defined(__loongarch64)
  return "loongarch64";
#elif defined(__sw_64__)
  return "sw_64";
#elif defined(__mips64)
  return "mips64";
#else
#error "name this machine here and in the table of ELF machines above"
#endif
}

Result<void> usable_here(const ElfFacts& facts, const std::string& where) {
  if (facts.machine != this_machine()) {
    return fail(Error::Kind::unavailable,
                fmt::format("library is for {}, this machine is {}", facts.machine, this_machine()), where,
                "ask the vendor for a build for this machine");
  }
  const auto& majors = facts.plugin_majors;
  if (std::find(majors.begin(), majors.end(), CHIPFIT_ABI_MAJOR) != majors.end()) return {};
  if (majors.empty()) {
    return fail(Error::Kind::bad_data, fmt::format("does not export {}{}", query_prefix, CHIPFIT_ABI_MAJOR), where,
                "define it extern \"C\" with CHIPFIT_EXPORT, and let the version script keep it");
  }
  const int major = majors.back();
  return fail(Error::Kind::unavailable, fmt::format("ABI major {}, this harness speaks {}", major, CHIPFIT_ABI_MAJOR),
              where,
              major > CHIPFIT_ABI_MAJOR ? "use a newer chipfit" : "rebuild the plugin against the current header");
}

}  // namespace chipfit::plan
