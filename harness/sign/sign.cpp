#include "harness/sign/sign.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/results/row.hpp"
#include "harness/sandbox/run_program.hpp"
#include "harness/sign/signature.hpp"
#include "harness/sign/verify.hpp"

namespace chipfit::sign {

namespace fs = std::filesystem;

Result<void> sign_run(const fs::path& ssh_keygen, const fs::path& folder, const fs::path& key) {
  const auto faults = digest_faults(folder);
  if (!faults) return pass_on(faults.error());
  if (!faults->empty()) {
    return fail(Error::Kind::bad_data, fmt::format("nobody should sign this run: {}", faults->front()), folder.string(),
                fmt::format("chipfit verify {} lists every fault", folder.string()));
  }
  std::error_code error;
  if (!fs::exists(key, error)) {
    return fail(Error::Kind::missing, "there is no such key", key.string(),
                "ssh-keygen -t ed25519 -f lab_key makes a pair; keep lab_key, give lab_key.pub to readers");
  }
  const auto sums = fs::absolute(folder / "SHA256SUMS");
  // ssh-keygen asks before it replaces a signature, and there is nobody to answer.
  fs::remove(fs::path(sums.string() + ".sig"), error);
  sandbox::SpawnOptions options;
  options.program = ssh_keygen;
  options.arguments = {"-Y",         "sign", "-f", fs::absolute(key).string(), "-n", std::string(signature_namespace),
                       sums.string()};
  for (const char* name : {"PATH", "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(fmt::format("{}={}", name, value));
  }
  const auto end = sandbox::run_program(options, 120);
  if (!end) return pass_on(end.error());
  if (!end->ok()) {
    return fail(Error::Kind::unavailable, "ssh-keygen did not sign: " + results::one_line(end->output), folder.string(),
                "a key with a passphrase is used through ssh-agent: ssh-add KEY, then --key KEY.pub");
  }
  return {};
}

}  // namespace chipfit::sign
