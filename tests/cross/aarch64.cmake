# Toolchain of the preset `aarch64`: Debian's cross compiler, the libraries of the foreign architecture arm64 (multiarch:
# they lie beside the machine's own), and qemu-user for what runs. `./quickstart deps cross` installs all of it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# Programs are looked for among the machine's own; libraries and packages in this folder of /usr/lib.
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
set(CMAKE_CUDA_COMPILER NOTFOUND)  # the machine's nvcc makes objects for the machine
# libc6:arm64 puts the loader where programs name it, so that qemu needs no -L.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-cpu;max)
