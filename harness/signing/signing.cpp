#include "harness/signing/signing.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "harness/sandbox/process.hpp"

namespace chipfit::signing {
namespace {

namespace fs = std::filesystem;

constexpr double longest_s = 30;  // an agent may ask its owner

struct Ran {
  int code = -1;
  std::string output;
};

std::vector<std::string> environment() {
  std::vector<std::string> kept{"LC_ALL=C"};
  for (const char* name : {"PATH", "HOME", "SSH_AUTH_SOCK"})
    if (const char* value = std::getenv(name)) kept.push_back(fmt::format("{}={}", name, value));
  return kept;
}

/// Everything until the output ends; a program that never ends it is killed with the Process.
std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> piece;
  for (;;) {
    pollfd ready{fd, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(longest_s * 1000)) <= 0) return text;
    const ssize_t got = read(fd, piece.data(), piece.size());
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

/// ssh-keygen with these words; `input` becomes its standard input. The words reach it as they are.
Result<Ran> ssh_keygen(const std::vector<std::string>& words, const fs::path& input) {
  std::vector<std::string> arguments{"-c", R"(input=$1; shift; exec ssh-keygen "$@" < "$input")", "sh",
                                     input.empty() ? "/dev/null" : input.string()};
  arguments.insert(arguments.end(), words.begin(), words.end());
  auto process = sandbox::Process::spawn(
      {.program = "/bin/sh", .arguments = arguments, .environment = environment(), .working_dir = {}, .inherit = {}});
  if (!process) return pass_on(process.error());
  Ran ran;
  ran.output = read_all(process->log_fd());
  const auto exit = process->wait(longest_s);
  if (!exit) return fail(Error::Kind::unavailable, "ssh-keygen does not end", {}, "load the key into an ssh-agent");
  ran.code = exit->how == sandbox::Exit::How::exited ? exit->code : -1;
  if (ran.code == 127)
    return fail(Error::Kind::unavailable, "ssh-keygen is not on this machine", {}, "apt install openssh-client");
  return ran;
}

Result<fs::path> existing(const fs::path& path, const std::string& what, const std::string& hint) {
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  if (fs::is_regular_file(whole, failed)) return whole;
  return fail(Error::Kind::missing, what, path.string(), hint);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// "ED25519 SHA256:…" of 'Good "x" signature for y with ED25519 key SHA256:…'.
std::string key_of(const std::string& output) {
  constexpr std::string_view with = " with ", key = " key ";
  const auto at = output.rfind(with), middle = output.rfind(key);
  if (at == std::string::npos || middle == std::string::npos || middle < at) return {};
  return output.substr(at + with.size(), middle - at - with.size()) + " " +
         first_line(output.substr(middle + key.size()));
}

tl::unexpected<Error> not_trusted(const fs::path& file, const fs::path& signature, const fs::path& signers,
                                  const std::string& purpose) {
  const auto checked = ssh_keygen({"-Y", "check-novalidate", "-n", purpose, "-s", signature.string()}, file);
  if (!checked) return pass_on(checked.error());
  if (checked->code != 0)
    return fail(Error::Kind::bad_data,
                "the signature does not fit the file: one of them was changed, or it was signed for another purpose",
                signature.string(), "ask whoever signed it for the original");
  return fail(
      Error::Kind::bad_data, fmt::format("signed by a key that is not trusted here: {}", key_of(checked->output)),
      signers.string(),
      "ask its owner for the public key, compare the fingerprint, and add a line: NAME@DOMAIN ssh-ed25519 AAAA…");
}

}  // namespace

Result<void> sign(const fs::path& file, const fs::path& key, const std::string& purpose) {
  const auto target = existing(file, "there is nothing to sign", "");
  if (!target) return pass_on(target.error());
  const auto own = existing(key, "no such key", "ssh-keygen -t ed25519 -f KEY makes one");
  if (!own) return pass_on(own.error());
  std::error_code ignored;
  fs::remove(target->string() + ".sig", ignored);  // ssh-keygen would ask before it overwrites
  const auto ran = ssh_keygen({"-Y", "sign", "-f", own->string(), "-n", purpose, target->string()}, {});
  if (!ran) return pass_on(ran.error());
  if (ran->code == 0) return {};
  return fail(Error::Kind::unavailable, fmt::format("cannot sign: {}", first_line(ran->output)), key.string(),
              "a key with a passphrase must be in an ssh-agent: ssh-add KEY");
}

Result<Signer> verify(const fs::path& file, const fs::path& signature, const fs::path& signers,
                      const std::string& purpose) {
  const auto signed_file = existing(file, "the signed file is not there", "");
  if (!signed_file) return pass_on(signed_file.error());
  const auto sig = existing(signature, "there is no signature", "");
  if (!sig) return pass_on(sig.error());
  const auto list = existing(signers, "no list of trusted signers",
                             "a line for each: qa@mychip.example ssh-ed25519 AAAA… (ssh-keygen(1), ALLOWED SIGNERS)");
  if (!list) return pass_on(list.error());
  const auto found = ssh_keygen({"-Y", "find-principals", "-s", sig->string(), "-f", list->string()}, *signed_file);
  if (!found) return pass_on(found.error());
  if (found->code != 0) return not_trusted(*signed_file, *sig, *list, purpose);
  const std::string principal = first_line(found->output);
  const auto verified = ssh_keygen(
      {"-Y", "verify", "-f", list->string(), "-I", principal, "-n", purpose, "-s", sig->string()}, *signed_file);
  if (!verified) return pass_on(verified.error());
  if (verified->code != 0) return not_trusted(*signed_file, *sig, *list, purpose);
  return Signer{principal, key_of(verified->output)};
}

}  // namespace chipfit::signing
