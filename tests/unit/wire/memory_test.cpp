#include "harness/wire/memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace chipfit::wire {
namespace {

constexpr std::uint64_t bytes = 1 << 16;

void* map(int fd, int protection) {
  return mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
}

TEST(SharedMemory, OfNoBytesIsRefused) {
  const auto memory = SharedMemory::create(0, "test");
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().kind, Error::Kind::usage);
}

TEST(SharedMemory, LargerThanAnyMachineIsRefusedNotOverflowed) {
  EXPECT_FALSE(SharedMemory::create(~std::uint64_t{0}, "test"));
  EXPECT_FALSE(SharedMemory::create(std::uint64_t{1} << 62, "test"));
}

TEST(SharedMemory, CannotBeShrunkUnderTheOthersFeet) {
  const auto memory = SharedMemory::create(bytes, "test").value();
  EXPECT_NE(ftruncate(memory.fd(), 0), 0);
  EXPECT_NE(ftruncate(memory.fd(), 2 * bytes), 0);
}

TEST(SharedMemory, IsTheSameMemoryForWhoeverMapsTheDescriptor) {
  const auto memory = SharedMemory::create(bytes, "test").value();
  auto other = Mapping::map(memory.fd(), bytes, Mapping::Access::read_write).value();
  other.data()[bytes - 1] = std::byte{42};
  EXPECT_EQ(memory.data()[bytes - 1], std::byte{42});
  EXPECT_EQ(memory.data()[0], std::byte{0});
}

TEST(SharedMemory, MovesLeaveNothingBehind) {
  auto first = SharedMemory::create(bytes, "test").value();
  const int fd = first.fd();
  SharedMemory second = std::move(first);
  EXPECT_EQ(first.fd(), -1);
  EXPECT_EQ(first.data(), nullptr);
  EXPECT_EQ(second.fd(), fd);
  second = SharedMemory();
  // NOLINTNEXTLINE: the old one was swapped into a temporary and closed
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
}

class SealedMemoryTest : public testing::Test {
 protected:
  SealedMemory memory = SealedMemory::create(bytes, "test").value();
};

TEST_F(SealedMemoryTest, CannotBeMappedForWritingASecondTime) {
  EXPECT_EQ(map(memory.fd(), PROT_READ | PROT_WRITE), MAP_FAILED);
  EXPECT_EQ(errno, EPERM);
}

TEST_F(SealedMemoryTest, AReadMappingCannotBeMadeWritable) {
  void* data = map(memory.fd(), PROT_READ);
  ASSERT_NE(data, MAP_FAILED);
  EXPECT_NE(mprotect(data, bytes, PROT_READ | PROT_WRITE), 0);
  munmap(data, bytes);
}

TEST_F(SealedMemoryTest, CannotBeOpenedAgainForWriting) {
  const std::string path = "/proc/self/fd/" + std::to_string(memory.fd());
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd >= 0) {
    EXPECT_EQ(map(fd, PROT_READ | PROT_WRITE), MAP_FAILED);
    EXPECT_EQ(write(fd, "x", 1), -1);
    close(fd);
  }
}

TEST_F(SealedMemoryTest, CannotBeWrittenPunchedOrResizedThroughTheDescriptor) {
  EXPECT_EQ(pwrite(memory.fd(), "x", 1, 0), -1);
  EXPECT_NE(fallocate(memory.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes), 0);
  EXPECT_NE(ftruncate(memory.fd(), 0), 0);
  EXPECT_NE(ftruncate(memory.fd(), 2 * bytes), 0);
}

TEST_F(SealedMemoryTest, ItsSealsAreFinal) {
  EXPECT_NE(fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  EXPECT_EQ(errno, EPERM);
}

TEST_F(SealedMemoryTest, TheOwnerStillWritesAndReadersSeeIt) {
  const auto reader = Mapping::map(memory.fd(), bytes, Mapping::Access::read).value();
  memory.data()[7] = std::byte{1};
  EXPECT_EQ(reader.data()[7], std::byte{1});
}

TEST(Mapping, OfMoreThanTheFileHoldsIsRefused) {
  const auto memory = SharedMemory::create(bytes, "test").value();
  EXPECT_FALSE(Mapping::map(memory.fd(), bytes + 1, Mapping::Access::read));
  EXPECT_FALSE(Mapping::map(memory.fd(), 0, Mapping::Access::read));
  EXPECT_FALSE(Mapping::map(-1, bytes, Mapping::Access::read));
}

}  // namespace
}  // namespace chipfit::wire
