#include "harness/wire/messages.hpp"

namespace chipfit::wire {

std::string_view name(Call call) {
  switch (call) {
    case Call::load:
      return "load";
    case Call::device_count:
      return "device_count";
    case Call::device_info:
      return "device_info";
    case Call::open:
      return "open";
    case Call::map_input:
      return "map_input";
    case Call::map_output:
      return "map_output";
    case Call::alloc:
      return "alloc";
    case Call::free:
      return "free";
    case Call::upload:
      return "upload";
    case Call::download:
      return "download";
    case Call::supports:
      return "supports";
    case Call::prepare:
      return "prepare";
    case Call::release:
      return "release";
    case Call::run:
      return "run";
    case Call::latency:
      return "latency";
    case Call::counter:
      return "counter";
    case Call::enqueue:
      return "enqueue";
  }
  return "call";
}

}  // namespace chipfit::wire
