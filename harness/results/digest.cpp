#include "harness/results/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

namespace chipfit::results {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    sound_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }
  void add(const void* bytes, std::size_t size) {
    sound_ = sound_ && EVP_DigestUpdate(context_.get(), bytes, size) == 1;
  }
  /// Empty where libcrypto refuses (out of memory, a provider without SHA-256).
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!sound_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) return {};
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool sound_ = false;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.hex();
}

Result<std::string> sha256_file(const std::filesystem::path& path) {
  errno = 0;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file) {
    const auto kind = errno == ENOENT ? Error::Kind::missing : Error::Kind::io;
    return fail(kind, fmt::format("cannot be read: {}", std::system_category().message(errno)), path.string());
  }
  Sha256 digest;
  std::vector<char> block(1 << 16);
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), file.get())) digest.add(block.data(), got);
  if (std::ferror(file.get()) != 0) {
    return fail(Error::Kind::io, fmt::format("cannot be read: {}", std::system_category().message(errno)),
                path.string());
  }
  std::string hex = digest.hex();
  if (hex.empty()) return fail(Error::Kind::internal, "libcrypto gives no SHA-256", path.string());
  return hex;
}

}  // namespace chipfit::results
