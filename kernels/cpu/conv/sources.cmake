# Convolution: its files in this folder, and those of it in the folders of the instruction sets.
foreach(name axis choose conv depthwise depthwise_table gather nchw product row_blocks transpose weights_gradient winograd
             winograd_table)
  list(APPEND sources conv/${name}.cpp)
  list(APPEND headers conv/${name}.hpp)
endforeach()
list(APPEND headers conv/depthwise_body.hpp conv/depthwise_sets.hpp conv/scratch.hpp conv/winograd_body.hpp
                    conv/winograd_sets.hpp)
list(APPEND sources portable/depthwise.cpp portable/winograd.cpp)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set(quiet -Wno-uninitialized -Wno-maybe-uninitialized)  # inside GCC 12's own intrinsics (PR 105593)
  endif()
  # Sums of products in the compiler's vectors: -std=c++20 alone would round each product.
  set(contract -ffp-contract=fast)
  set(of_avx512 avx512/depthwise.cpp avx512/transpose_4_bytes.cpp avx512/winograd.cpp)
  set(of_avx2 avx2/depthwise.cpp avx2/winograd.cpp)
  set_source_files_properties(${of_avx512} PROPERTIES COMPILE_OPTIONS
    "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx2;-mfma;-mf16c;${contract};${quiet}")
  set_source_files_properties(${of_avx2} PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma;-mf16c;${contract}")
  list(APPEND sources ${of_avx512} ${of_avx2})
endif()
