// Writes into folders that are not its scratch folder.
// verdict: OK
// denied_from: L1+Landlock
#include "attempt.h"

#include <fcntl.h>
#include <pwd.h>

static void tries(void) {
  const struct passwd* const user = getpwuid(getuid());
  const char* const folders[] = {user ? user->pw_dir : "/root", "/root", "/home", "/var/tmp", "/usr/local", "/dev"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; ++i) {
    char path[512];
    snprintf(path, sizeof path, "%s/.chipfit-hostile-%d", folders[i], (int)getpid());
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    attempt(folders[i], fd >= 0);
    if (fd < 0) continue;
    close(fd);
    unlink(path);
  }
}
HOSTILE_PLUGIN("writes_files")
