#pragma once
#include "backends/common/cuda/library.hpp"

namespace cuda {

/// One function of a library that is opened at run time, with the type that the library's header declares:
///   Function<decltype(::cuInit)> init{"cuInit"};
/// The name is the exported one: headers rename some functions to their newest version by macro.
template <class Signature>
class Function;

template <class Result, class... Arguments>
class Function<Result(Arguments...)> {
 public:
  explicit constexpr Function(const char* name) : name_(name) {}
  void resolve(const Library& library) {
    address_ = reinterpret_cast<Result (*)(Arguments...)>(symbol(library, name_));
  }
  Result operator()(Arguments... arguments) const { return address_(arguments...); }

 private:
  const char* name_;
  Result (*address_)(Arguments...) = nullptr;
};

}  // namespace cuda
