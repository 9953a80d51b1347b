// Finds the request in the worker's memory and answers it with its own nonce, before the work is done.
// verdict: PROTOCOL
// note: the forged reply is believed, the worker's real one then answers nothing that was asked
#include "honest.h"

#include <sys/socket.h>

#include <fstream>
#include <sstream>
#include <string>

#include "harness/wire/messages.hpp"

namespace {

using namespace chipfit::wire;

struct Request {
  RequestHeader header;
  BatchRequest batch;
};

bool is_batch(const Request& request) {
  return request.header.call == Call::run && request.batch.count >= 1 && request.batch.count <= max_batch &&
         request.header.payload_bytes == sizeof(BatchRequest) + request.batch.count * sizeof(EnqueueEntry);
}

/// Where the worker keeps the request that it serves: searched for in all of its writable memory, once.
const Request* find_request() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char dash, read, write;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> read >> write;
    if (read != 'r' || write != 'w' || end - begin > (16u << 20) || line.find("/memfd") != std::string::npos) continue;
    for (std::uintptr_t at = begin; at + sizeof(Request) <= end; at += alignof(Request))
      if (is_batch(*reinterpret_cast<const Request*>(at))) return reinterpret_cast<const Request*>(at);
  }
  return nullptr;
}

int judge_socket() {
  for (int fd = 0; fd < 256; ++fd) {
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) return fd;
  }
  return -1;
}

chipfit_status enqueue(chipfit_device device, chipfit_kernel kernel, const chipfit_view* in, uint32_t in_count,
                       chipfit_view out) {
  static const Request* const request = find_request();
  static std::uint64_t answered = 0;
  if (request != nullptr && is_batch(*request) && request->header.nonce != answered) {
    ReplyHeader reply;
    reply.nonce = answered = request->header.nonce;
    reply.call = Call::run;
    reply.status = CHIPFIT_OK;
    send(judge_socket(), &reply, sizeof reply, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  return honest_enqueue(device, kernel, in, in_count, out);
}

}  // namespace

static void hostile(chipfit_plugin* table) {
  table->enqueue = enqueue;
}
HOSTILE_PLUGIN("forged_replies_nonce")
