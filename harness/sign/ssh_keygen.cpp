#include "harness/sign/ssh_keygen.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "harness/results/row.hpp"
#include "harness/results/run_folder.hpp"
#include "harness/sandbox/run_program.hpp"
#include "harness/sign/signature.hpp"

namespace chipfit::sign {
namespace {

namespace fs = std::filesystem;

constexpr double longest_s = 120;  // an agent may ask its owner

std::vector<std::string> environment() {
  std::vector<std::string> kept{"LC_ALL=C"};
  for (const char* name : {"PATH", "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"})
    if (const char* value = std::getenv(name)) kept.push_back(fmt::format("{}={}", name, value));
  return kept;
}

/// ssh-keygen with these words, which reach it as they are. It reads what was signed from its standard input, which our
/// processes have only through a shell.
Result<sandbox::ProgramEnd> ssh_keygen(const std::vector<std::string>& words, const fs::path& input) {
  std::vector<std::string> arguments{"-c", R"(input=$1; shift; exec ssh-keygen "$@" < "$input")", "sh", input.string()};
  arguments.insert(arguments.end(), words.begin(), words.end());
  auto end = sandbox::run_program(
      {.program = "/bin/sh", .arguments = arguments, .environment = environment(), .working_dir = {}, .inherit = {}},
      longest_s);
  if (!end) return fail(Error::Kind::unavailable, "ssh-keygen does not end", {}, "load the key into an ssh-agent");
  if (end->exit.how == sandbox::Exit::How::exited && end->exit.code == 127)
    return fail(Error::Kind::unavailable, "ssh-keygen is not on this machine", {}, "sudo apt install openssh-client");
  return end;
}

Result<fs::path> existing(const fs::path& path, const std::string& what, const std::string& hint) {
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  if (fs::is_regular_file(whole, failed)) return whole;
  return fail(Error::Kind::missing, what, path.string(), hint);
}

std::string first_line(const std::string& text) {
  return results::one_line(text.substr(0, text.find('\n')));
}

/// "ED25519 SHA256:…" of 'Good "x" signature for y with ED25519 key SHA256:…'.
std::string key_of(const std::string& output) {
  constexpr std::string_view with = " with ", key = " key ";
  const auto at = output.rfind(with), middle = output.rfind(key);
  if (at == std::string::npos || middle == std::string::npos || middle < at) return {};
  return output.substr(at + with.size(), middle - at - with.size()) + " " +
         first_line(output.substr(middle + key.size()));
}

/// What the signature says of its purpose: ssh-keygen tells a wrong one from a changed file only by a number.
Result<void> check_purpose(const fs::path& signature, const std::string& purpose) {
  const auto text = results::read_whole(signature);
  if (!text) return pass_on(text.error());
  const auto head = read_signature_head(*text);
  if (!head) return fail(Error::Kind::bad_data, head.error().what, signature.string());
  if (head->name_space == purpose) return {};
  return fail(Error::Kind::bad_data,
              fmt::format("signed for '{}', which does not vouch for this: that would be '{}'",
                          results::one_line(head->name_space), purpose),
              signature.string(), "ask whoever signed it for a signature for this purpose");
}

}  // namespace

Result<void> sign_file(const fs::path& file, const fs::path& key, const std::string& purpose) {
  const auto target = existing(file, "there is nothing to sign", "");
  if (!target) return pass_on(target.error());
  const auto own = existing(key, "there is no such key",
                            "ssh-keygen -t ed25519 -f KEY makes a pair; keep KEY, give KEY.pub to readers");
  if (!own) return pass_on(own.error());
  std::error_code ignored;
  // ssh-keygen asks before it replaces a signature, and there is nobody to answer.
  fs::remove(target->string() + ".sig", ignored);
  const auto end =
      ssh_keygen({"-Y", "sign", "-f", own->string(), "-n", purpose, target->string()}, fs::path("/dev/null"));
  if (!end) return pass_on(end.error());
  if (end->ok()) return {};
  return fail(Error::Kind::unavailable, fmt::format("ssh-keygen did not sign: {}", first_line(end->output)),
              key.string(), "a key with a passphrase is used through ssh-agent: ssh-add KEY, then --key KEY.pub");
}

Result<std::string> fitting_key(const fs::path& file, const fs::path& signature, const std::string& purpose) {
  const auto target = existing(file, "the signed file is not there", "");
  if (!target) return pass_on(target.error());
  const auto sig = existing(signature, "there is no signature", "");
  if (!sig) return pass_on(sig.error());
  if (auto right = check_purpose(*sig, purpose); !right) return pass_on(right.error());
  const auto end = ssh_keygen({"-Y", "check-novalidate", "-n", purpose, "-s", sig->string()}, *target);
  if (!end) return pass_on(end.error());
  if (end->ok()) return key_of(end->output);
  return fail(Error::Kind::bad_data,
              fmt::format("the signature does not fit {}: one of the two was changed", file.filename().string()),
              signature.string(), "ask whoever signed it for the original");
}

Result<Signer> signer_of(const fs::path& file, const fs::path& signature, const fs::path& signers,
                         const std::string& purpose) {
  const auto key = fitting_key(file, signature, purpose);
  if (!key) return pass_on(key.error());
  const auto list = existing(signers, "there is no such list of signers",
                             "a line for each: lab@example.org ssh-ed25519 AAAA… (ssh-keygen(1), ALLOWED SIGNERS)");
  if (!list) return pass_on(list.error());
  const auto target = fs::absolute(file).string(), sig = fs::absolute(signature).string();
  const auto found = ssh_keygen({"-Y", "find-principals", "-s", sig, "-f", list->string()}, target);
  if (!found) return pass_on(found.error());
  const auto principal = first_line(found->output);
  if (!found->ok() || principal.empty())
    return fail(
        Error::Kind::bad_data, fmt::format("signed by a key that is not among the allowed signers: {}", *key),
        signers.string(),
        "ask its owner for the public key, compare the fingerprint, and add a line: NAME@DOMAIN ssh-ed25519 AAAA…");
  // find-principals looks at the key only; verify also holds the dates and namespaces of the list.
  const auto verified =
      ssh_keygen({"-Y", "verify", "-f", list->string(), "-I", principal, "-n", purpose, "-s", sig}, target);
  if (!verified) return pass_on(verified.error());
  if (!verified->ok())
    return fail(Error::Kind::bad_data,
                fmt::format("the allowed signers do not let {} sign for '{}'", principal, purpose), signers.string(),
                "the line's dates and namespaces say what its key may sign");
  return Signer{principal, *key};
}

}  // namespace chipfit::sign
