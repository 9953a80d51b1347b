#include "tests/e2e/sshd.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernels/base/shell_line.hpp"

namespace chipfit::e2e {
namespace fs = std::filesystem;
namespace {

constexpr const char* program = "/usr/sbin/sshd";

/// One that nobody listens at; nothing holds it from now on.
int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) return 0;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  ::close(fd);
  return ntohs(address.sin_port);
}

bool shell(const std::string& line) {
  return std::system((line + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

Sshd::Sshd() {
  if (!fs::exists(program)) {
    trouble_ = fmt::format("no {}: it is in Debian's openssh-server", program);
    return;
  }
  const auto in = [&](const char* name) { return (folder_.path() / name).string(); };
  for (const char* key : {"host_key", "user_key"})
    shell(shell_line({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", in(key)}));
  fs::copy(in("user_key.pub"), in("authorized_keys"));
  port_ = free_port();
  write_file(in("known_hosts"), fmt::format("[127.0.0.1]:{} {}", port_, read_file(in("host_key.pub"))));
  write_file(in("sshd_config"), fmt::format("ListenAddress 127.0.0.1:{0}\n"
                                            "HostKey {1}/host_key\n"
                                            "AuthorizedKeysFile {1}/authorized_keys\n"
                                            "PidFile none\n"
                                            "StrictModes no\n"
                                            "UsePAM no\n"
                                            "PasswordAuthentication no\n"
                                            "PermitRootLogin prohibit-password\n"
                                            "SetEnv XDG_STATE_HOME={1}\n",
                                            port_, folder_.path().string()));
  // What the service's own start makes, and root's sshd demands.
  std::error_code error;
  if (::geteuid() == 0) fs::create_directories("/run/sshd", error);
  server_.emplace(std::vector<std::string>{"-D", "-f", in("sshd_config"), "-E", in("log")},
                  std::map<std::string, std::string>{}, program);
  machine("probe", Reached::yes);
  if (!wait_until(10, [&] { return shell(shell_line({"ssh", "-F", config(), "probe", "true"})); }))
    trouble_ = "sshd does not let this user in: " + log();
}

Sshd::~Sshd() {
  if (!server_) return;
  server_->signal(SIGTERM);
  server_->wait();
}

void Sshd::machine(const std::string& name, Reached reached) {
  machines_[name] = reached;
  std::string text;
  for (const auto& [alias, state] : machines_)
    text += fmt::format("Host {}\n  Port {}\n", alias, state == Reached::yes ? port_ : free_port());
  const auto* user = ::getpwuid(::geteuid());
  text += fmt::format(
      "Host *\n  HostName 127.0.0.1\n  User {0}\n  IdentityFile {1}/user_key\n  IdentitiesOnly yes\n"
      "  BatchMode yes\n  UserKnownHostsFile {1}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
      "  StrictHostKeyChecking yes\n",
      user == nullptr ? "nobody" : user->pw_name, folder_.path().string());
  write_file(config(), text);
}

}  // namespace chipfit::e2e
