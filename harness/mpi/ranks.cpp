#include "harness/mpi/ranks.hpp"

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace chipfit::mpi {
namespace {

bool is_done(MPI_Request& request) {
  int done = 0;
  MPI_Test(&request, &done, MPI_STATUS_IGNORE);
  return done != 0;
}

}  // namespace

struct Ranks::Request {
  MPI_Request value = MPI_REQUEST_NULL;
};

Ranks::Ranks(int& argc, char**& argv) : ending_(std::make_unique<Request>()) {
  int level = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
  MPI_Comm here = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &here);
  MPI_Comm_rank(here, &local_rank_);
  MPI_Comm_size(here, &local_size_);
  MPI_Comm_free(&here);
}

Ranks::~Ranks() {
  MPI_Finalize();
}

void Ranks::wait_for_all() {
  MPI_Request all = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &all);
  while (!is_done(all)) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

void Ranks::begin_end() {
  MPI_Ibarrier(MPI_COMM_WORLD, &ending_->value);
}

bool Ranks::all_ended() {
  return is_done(ending_->value);
}

std::size_t Ranks::total(std::size_t here) {
  unsigned long long mine = here, all = 0;
  MPI_Allreduce(&mine, &all, 1, MPI_UNSIGNED_LONG_LONG, MPI_SUM, MPI_COMM_WORLD);
  return static_cast<std::size_t>(all);
}

bool Ranks::all_equal(const std::string& text) {
  const auto hash = static_cast<unsigned long long>(std::hash<std::string>{}(text));
  unsigned long long mine[2] = {hash, ~hash}, least[2] = {};
  MPI_Allreduce(mine, least, 2, MPI_UNSIGNED_LONG_LONG, MPI_MIN, MPI_COMM_WORLD);
  return least[0] == ~least[1];
}

std::vector<std::string> Ranks::gather(const std::string& text) {
  const auto count = static_cast<std::size_t>(size_);
  std::vector<int> lengths(count), begins(count);
  int length = static_cast<int>(text.size()), all = 0;
  MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
  for (std::size_t i = 0; i < count && rank_ == 0; ++i) {
    begins[i] = all;
    all += lengths[i];
  }
  std::string joined(static_cast<std::size_t>(all), '\0');
  MPI_Gatherv(text.data(), length, MPI_CHAR, joined.data(), lengths.data(), begins.data(), MPI_CHAR, 0, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count && rank_ == 0; ++i)
    texts.push_back(joined.substr(static_cast<std::size_t>(begins[i]), static_cast<std::size_t>(lengths[i])));
  return texts;
}

void Ranks::abort(int exit_code) {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::abort();
}

}  // namespace chipfit::mpi
