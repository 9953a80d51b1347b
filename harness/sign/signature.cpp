#include "harness/sign/signature.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <optional>

namespace chipfit::sign {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----", kEnd = "-----END SSH SIGNATURE-----";

std::optional<std::string> decoded(std::string_view base64) {
  std::string packed;
  for (const char c : base64) {
    if (c != '\n' && c != '\r' && c != ' ') packed += c;
  }
  if (packed.empty() || packed.size() % 4 != 0) return std::nullopt;
  std::string bytes(packed.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(packed.data()), static_cast<int>(packed.size()));
  if (length < 0) return std::nullopt;
  return bytes;
}

/// Takes a uint32 of network order from the front.
std::optional<std::uint32_t> take_number(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  bytes.remove_prefix(4);
  return value;
}

std::optional<std::string_view> take_string(std::string_view& bytes) {
  const auto length = take_number(bytes);
  if (!length || *length > bytes.size()) return std::nullopt;
  const auto text = bytes.substr(0, *length);
  bytes.remove_prefix(*length);
  return text;
}

}  // namespace

Result<SignatureHead> read_signature_head(std::string_view armoured) {
  const auto wrong = [](std::string what) { return fail(Error::Kind::bad_data, std::move(what)); };
  const auto begin = armoured.find(kBegin), end = armoured.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return wrong("is no SSH signature");
  }
  const auto bytes = decoded(armoured.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  if (!bytes) return wrong("the signature is not base64");
  std::string_view rest = *bytes;
  if (!rest.starts_with("SSHSIG")) return wrong("the signature does not begin with SSHSIG");
  rest.remove_prefix(6);
  if (take_number(rest) != 1u) return wrong("the signature is of a version other than 1");
  auto key = take_string(rest);
  const auto name_space = take_string(rest);
  const auto type = key ? take_string(*key) : std::nullopt;
  if (!name_space || !type) return wrong("the signature is cut short");
  return SignatureHead{std::string(*name_space), std::string(*type)};
}

}  // namespace chipfit::sign
