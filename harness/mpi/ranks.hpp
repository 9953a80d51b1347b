#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace chipfit::mpi {

/// The processes that mpirun started. Waiting sleeps, since a rank that spins would take time from the one that is
/// measured. Every function is called by all ranks, in the same order, by one thread at a time.
class Ranks {
 public:
  Ranks(int& argc, char**& argv);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  int local_rank() const { return local_rank_; }  ///< among those of this machine
  int local_size() const { return local_size_; }

  void wait_for_all();
  void begin_end();  ///< says that this rank has finished
  bool all_ended();  ///< all have; asked until it says yes
  std::size_t total(std::size_t);
  bool all_equal(const std::string&);
  /// Texts of all ranks, in their order, on rank 0; nothing elsewhere.
  std::vector<std::string> gather(const std::string&);
  [[noreturn]] static void abort(int exit_code);  ///< ends every rank

 private:
  struct Request;
  std::unique_ptr<Request> ending_;
  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1;
};

}  // namespace chipfit::mpi
