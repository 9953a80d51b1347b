// Answers the judge itself, before the work is done, with guessed numbers where a reply repeats its request.
// verdict: PROTOCOL
#include "honest.h"

#include <sys/socket.h>

#include "harness/wire/messages.hpp"

// The judge's socket is whichever descriptor is a seqpacket socket.
static int judge_socket() {
  for (int fd = 0; fd < 256; ++fd) {
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) return fd;
  }
  return -1;
}

static chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                              chipfit_view out) {
  chipfit::wire::ReplyHeader reply;
  reply.call = chipfit::wire::Call::run;
  reply.status = CHIPFIT_OK;
  const int socket = judge_socket();
  for (uint64_t guess = 0; guess < 64; ++guess) {
    reply.nonce = guess;
    send(socket, &reply, sizeof reply, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  return honest_enqueue(device, kernel, in, in_count, out);
}

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("forged_replies")
