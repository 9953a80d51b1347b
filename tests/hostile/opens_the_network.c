// Opens a connection over the network.
// verdict: OK
// denied_from: L1
#include "attempt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static void tries(void) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to;
  memset(&to, 0, sizeof to);
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  /* Nobody answers there: refused is reached. */
  const int connected = fd >= 0 && (connect(fd, (struct sockaddr*)&to, sizeof to) == 0 || errno == ECONNREFUSED);
  attempt("the network", connected);
  const int packets = socket(AF_INET6, SOCK_DGRAM, 0);
  attempt("the network by datagrams", packets >= 0);
}
HOSTILE_PLUGIN("opens_the_network")
