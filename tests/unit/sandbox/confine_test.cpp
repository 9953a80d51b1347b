// What a confined process is denied, one call at a time. Each attempt runs in a child of its own.
#include "harness/sandbox/confine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "harness/sandbox/scratch_folder.hpp"

namespace chipfit::sandbox {
namespace {

constexpr int not_confined = 254, went_through = 0;

/// errno of `attempt` (which answers ≥ 0 where it goes through) in a child that has confined itself.
template <class Attempt>
int errno_of(const Confinement& confinement, Attempt attempt) {
  const pid_t child = fork();
  if (child == 0) {
    if (!confine_self(confinement)) _exit(not_confined);
    errno = 0;
    _exit(attempt() >= 0 ? went_through : errno == 0 ? 255 : errno);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

struct Attempt {
  const char* what;
  long (*call)();
};
const Attempt attempts[] = {
    {"ptrace", [] { return ptrace(PTRACE_SEIZE, getppid(), nullptr, nullptr); }},
    {"process_vm_readv",
     []() -> long {
       char byte = 0;
       iovec here{&byte, 1}, there{&byte, 1};
       return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
     }},
    {"process_vm_writev",
     []() -> long {
       char byte = 0;
       iovec here{&byte, 1}, there{&byte, 1};
       return process_vm_writev(getppid(), &here, 1, &there, 1, 0);
     }},
    {"signal to the parent", []() -> long { return kill(getppid(), 0); }},
    {"signal to everybody", []() -> long { return kill(-1, 0); }},
    {"signal to a thread of the parent", [] { return syscall(SYS_tgkill, getppid(), getppid(), 0); }},
    {"signal to a thread anywhere", [] { return syscall(SYS_tkill, getppid(), 0); }},
    {"new session", []() -> long { return setsid(); }},
    {"new process group", []() -> long { return setpgid(0, 0); }},
    {"outliving the judge", []() -> long { return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0); }},
    {"execve",
     []() -> long {
       char name[] = "true";
       char* const arguments[] = {name, nullptr};
       return execve("/bin/true", arguments, nullptr);
     }},
    {"fork", []() -> long { return fork(); }},
    {"unshare", []() -> long { return unshare(CLONE_NEWUSER); }},
    {"unshare of mounts", []() -> long { return unshare(CLONE_NEWNS); }},
    {"clone into a namespace",
     [] { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0); }},
    {"setns", []() -> long { return setns(open("/proc/self/ns/net", O_RDONLY), 0); }},
    {"mount", []() -> long { return mount("none", "/tmp", "tmpfs", 0, nullptr); }},
    {"chroot", []() -> long { return chroot("/"); }},
    {"clock_settime",
     []() -> long {
       const timespec no_time{0, 2'000'000'000};  // EINVAL where the kernel gets to see it
       return syscall(SYS_clock_settime, CLOCK_REALTIME, &no_time);
     }},
    {"network socket", []() -> long { return socket(AF_INET, SOCK_STREAM, 0); }},
    {"IPv6 socket", []() -> long { return socket(AF_INET6, SOCK_DGRAM, 0); }},
    {"raw packets", []() -> long { return socket(AF_PACKET, SOCK_RAW, 0); }},
    {"netlink", []() -> long { return socket(AF_NETLINK, SOCK_RAW, 0); }},
    {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
    {"perf_event_open", [] { return syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
    {"io_uring", [] { return syscall(SYS_io_uring_setup, 0, nullptr); }},
    {"keyring", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
};

class Denied : public testing::TestWithParam<Attempt> {};
TEST_P(Denied, ByTheCallFilterOfL1) {
  EXPECT_EQ(errno_of({Isolation::l1, {}}, GetParam().call), EPERM);
}
INSTANTIATE_TEST_SUITE_P(L1, Denied, testing::ValuesIn(attempts), [](const auto& test) {
  std::string name = test.param.what;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

TEST(L1, LeavesAnHonestWorkerWhatItNeeds) {
  const Confinement l1{Isolation::l1, {}};
  EXPECT_EQ(errno_of(l1,
                     [] {
                       int sum = 0;
                       std::thread([&] { sum = 1; }).join();
                       return sum - 1;
                     }),
            went_through)
      << "threads";
  EXPECT_EQ(errno_of(l1, [] { return socket(AF_UNIX, SOCK_STREAM, 0); }), went_through);
  EXPECT_EQ(errno_of(l1, [] { return open("/proc/self/maps", O_RDONLY); }), went_through);
  EXPECT_EQ(errno_of(l1, [] { return kill(getpid(), 0); }), went_through);
  EXPECT_EQ(errno_of(l1, [] { return raise(SIGABRT); }), 1000 + SIGABRT) << "a crash keeps its own signal";
  EXPECT_EQ(errno_of(l1, [] { return memfd_create("x", 0); }), went_through);
}

TEST(L1, ProgramsAreStartedWhereTheManifestSaysSo) {
  Confinement confinement{Isolation::l1, {}};
  confinement.access.may_start_programs = true;
  EXPECT_EQ(errno_of(confinement,
                     [] {
                       const pid_t child = fork();
                       if (child == 0) execl("/bin/true", "true", nullptr);
                       int status = 1;
                       waitpid(child, &status, 0);
                       return status == 0 ? 0 : -1;
                     }),
            went_through);
  EXPECT_EQ(errno_of(confinement, [] { return unshare(CLONE_NEWUSER); }), EPERM);
}

TEST(L1, RootHasNoCapabilitiesLeft) {
  const auto capabilities = [] {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("CapEff:") || line.starts_with("CapPrm:"))
        if (line.find_first_not_of("0", 8) != std::string::npos) return -1;
    return 0;
  };
  EXPECT_EQ(errno_of({Isolation::l1, {}}, capabilities), went_through);
  EXPECT_NE(errno_of({Isolation::l1, {}}, [] { return setpriority(PRIO_PROCESS, 0, -20); }), went_through);
}

TEST(L1, TheMemoryOfAProtectedJudgeIsClosedAsAFile) {
  // The judge makes itself non-dumpable; without capabilities that holds for root as well.
  const pid_t judge = fork();
  if (judge == 0) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const std::string memory = "/proc/" + std::to_string(getpid()) + "/mem";
    _exit(errno_of({Isolation::l1, {}}, [&] { return open(memory.c_str(), O_RDONLY); }));
  }
  int status = 0;
  waitpid(judge, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), EACCES);
}

class Landlock : public testing::Test {
 protected:
  void SetUp() override {
    if (landlock_abi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
    scratch = ScratchFolder::make().value();
    confinement.access.write = {scratch.path()};
  }
  ScratchFolder scratch;
  Confinement confinement{Isolation::l1_landlock, {}};
};

TEST_F(Landlock, OnlyTheSystemAndWhatIsNamedCanBeRead) {
  EXPECT_EQ(errno_of(confinement, [] { return open("/etc/passwd", O_RDONLY); }), EACCES);
  EXPECT_EQ(errno_of(confinement, [] { return open("/", O_RDONLY | O_DIRECTORY); }), EACCES);
  EXPECT_EQ(errno_of(confinement, [] { return open("/proc/self/maps", O_RDONLY); }), went_through);
  EXPECT_EQ(errno_of(confinement, [] { return open("/usr/bin", O_RDONLY | O_DIRECTORY); }), went_through);
  confinement.access.read = {"/etc/passwd"};
  EXPECT_EQ(errno_of(confinement, [] { return open("/etc/passwd", O_RDONLY); }), went_through);
}

TEST_F(Landlock, OnlyTheScratchFolderCanBeWritten) {
  const auto in = [](const std::filesystem::path& folder) { return (folder / "chipfit-unit-file").string(); };
  const auto make = [](const std::string& path) { return open(path.c_str(), O_WRONLY | O_CREAT, 0600); };
  EXPECT_EQ(errno_of(confinement, [&] { return make(in(scratch.path())); }), went_through);
  for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm"})
    EXPECT_EQ(errno_of(confinement, [&] { return make(in(folder)); }), EACCES) << folder;
}

TEST_F(Landlock, OnlyNamedDevicesAreOpened) {
  EXPECT_EQ(errno_of(confinement, [] { return open("/dev/tty", O_RDWR); }), EACCES);
  EXPECT_EQ(errno_of(confinement, [] { return open("/dev/zero", O_RDWR); }), went_through);
  EXPECT_EQ(errno_of(confinement, [] { return open("/dev/ptmx", O_RDWR); }), EACCES);
  confinement.access.devices = {"/dev/ptmx"};
  EXPECT_EQ(errno_of(confinement, [] { return open("/dev/ptmx", O_RDWR); }), went_through);
}

TEST_F(Landlock, NoProgramStartsButWhereTheManifestSaysSo) {
  // Past the call filter, so that it is Landlock which answers.
  const auto start = [](const Access& access) {
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      if (!restrict_files(access, Tmp::shared)) _exit(not_confined);
      execl("/bin/true", "true", nullptr);
      _exit(errno);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(start({}), EACCES);
  Access access;
  access.may_start_programs = true;
  EXPECT_EQ(start(access), 0);
}

}  // namespace
}  // namespace chipfit::sandbox
