#pragma once
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace chipfit {

/// What went wrong, in the words a user can act on. Libraries return it, only harness/cli prints it.
struct Error {
  /// The class of the failure; harness/cli maps each to one exit code.
  enum class Kind {
    usage,        ///< the caller asked for something that does not exist or does not make sense (exit 2)
    bad_data,     ///< a file's content is wrong (65)
    missing,      ///< an input file or folder is not there (66)
    unavailable,  ///< a library, driver or device that is needed is not there (69)
    internal,     ///< a defect of chipfit itself (70)
    io,           ///< reading or writing failed: full disk, permissions (74)
    interrupted,  ///< a signal asked us to stop; resumable (75)
  };
  Kind kind = Kind::internal;
  std::string what;   ///< one sentence without a final full stop: "stride 0 is not a stride"
  std::string where;  ///< "file:line:column", a path or a case id; may be empty
  std::string hint;   ///< what to do about it, with a command where there is one; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(Error::Kind::bad_data, "stride 0 is not a stride", "mine.csv:14:9", "strides start at 1");`
inline tl::unexpected<Error> fail(Error::Kind kind, std::string what, std::string where = {}, std::string hint = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(what), std::move(where), std::move(hint)});
}

/// Hands an error of one Result on as the error of another.
inline tl::unexpected<Error> pass_on(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace chipfit
