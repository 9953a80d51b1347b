#pragma once
#include <elf.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/elf_probe.hpp"

namespace chipfit::plan::testing {

/// The smallest shared library that exports functions: one PT_LOAD over the whole file, one PT_DYNAMIC, DT_HASH.
struct ElfBuilder {
  std::vector<std::string> exports{"chipfit_plugin_query_v1"};
  std::vector<std::string> needed{};
  std::string runpath{};
  std::uint16_t machine = 0;  ///< 0: this machine
  unsigned char elf_class = ELFCLASS64;
  unsigned char byte_order = ELFDATA2LSB;
  std::uint16_t type = ET_DYN;
  unsigned char symbol_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
  unsigned char symbol_other = STV_DEFAULT;
  std::uint16_t symbol_section = 1;
  bool with_dynamic = true;

  static std::uint16_t own_machine() {
    std::ifstream self("/proc/self/exe", std::ios::binary);
    Elf64_Ehdr header{};
    self.read(reinterpret_cast<char*>(&header), sizeof header);
    return header.e_machine;
  }

  std::string build() const {
    constexpr std::uint64_t base = 0x10000;  // addresses differ from offsets, as in real libraries
    std::string strings(1, '\0');
    std::vector<Elf64_Sym> symbols(1);
    for (const auto& name : exports) {
      Elf64_Sym symbol{};
      symbol.st_name = static_cast<Elf64_Word>(strings.size());
      symbol.st_info = symbol_info;
      symbol.st_other = symbol_other;
      symbol.st_shndx = symbol_section;
      symbols.push_back(symbol);
      strings += name + '\0';
    }
    const auto place = [&](const std::string& text) {
      strings += text + '\0';
      return static_cast<std::uint64_t>(strings.size() - text.size() - 1);
    };
    std::vector<std::uint64_t> needed_at;
    for (const auto& name : needed) needed_at.push_back(place(name));
    const std::uint64_t runpath_at = runpath.empty() ? 0 : place(runpath);
    const std::uint64_t entry_count = 5 + needed.size() + (runpath.empty() ? 0 : 1);
    const std::uint64_t dynamic_at = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    const std::uint64_t symbols_at = dynamic_at + entry_count * sizeof(Elf64_Dyn);
    const std::uint64_t hash_at = symbols_at + symbols.size() * sizeof(Elf64_Sym);
    const std::uint64_t strings_at = hash_at + 8;
    const std::uint64_t bytes = strings_at + strings.size();

    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = elf_class;
    header.e_ident[EI_DATA] = byte_order;
    header.e_type = type;
    header.e_machine = machine == 0 ? own_machine() : machine;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = with_dynamic ? 2 : 1;
    Elf64_Phdr load{}, dynamic{};
    load.p_type = PT_LOAD;
    load.p_vaddr = base;
    load.p_filesz = load.p_memsz = bytes;
    dynamic.p_type = PT_DYNAMIC;
    dynamic.p_offset = dynamic_at;
    dynamic.p_vaddr = base + dynamic_at;
    dynamic.p_filesz = entry_count * sizeof(Elf64_Dyn);
    const auto entry = [](Elf64_Sxword tag, std::uint64_t value) {
      Elf64_Dyn made{};
      made.d_tag = tag;
      made.d_un.d_val = value;
      return made;
    };
    std::vector<Elf64_Dyn> entries{entry(DT_SYMTAB, base + symbols_at), entry(DT_STRTAB, base + strings_at),
                                   entry(DT_STRSZ, strings.size()), entry(DT_HASH, base + hash_at)};
    for (const auto at : needed_at) entries.push_back(entry(DT_NEEDED, at));
    if (!runpath.empty()) entries.push_back(entry(DT_RUNPATH, runpath_at));
    entries.push_back(entry(DT_NULL, 0));
    const std::uint32_t hash[2] = {0, static_cast<std::uint32_t>(symbols.size())};

    std::string file;
    const auto put = [&](const void* data, std::size_t size) { file.append(static_cast<const char*>(data), size); };
    put(&header, sizeof header);
    put(&load, sizeof load);
    put(&dynamic, sizeof dynamic);
    put(entries.data(), entries.size() * sizeof(Elf64_Dyn));
    put(symbols.data(), symbols.size() * sizeof(Elf64_Sym));
    put(hash, sizeof hash);
    return file + strings;
  }
};

inline ReadAt read_from(const std::string& file) {
  return [&file](std::uint64_t offset, std::span<std::byte> target) {
    if (offset > file.size() || target.size() > file.size() - offset) return false;
    if (!target.empty()) std::memcpy(target.data(), file.data() + offset, target.size());
    return true;
  };
}

}  // namespace chipfit::plan::testing
