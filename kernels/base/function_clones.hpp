#pragma once

/// Put before a hot, non-inline function: it is compiled for several instruction sets and the loader picks the best.
/// Empty where the loader's choice (an ifunc resolver) runs before the sanitizer it would be instrumented for, and
/// on other processors than x86-64.
#if defined(__SANITIZE_THREAD__) || defined(CHIPFIT_NO_FUNCTION_CLONES)
#define CHIPFIT_NO_CLONES_HERE 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CHIPFIT_NO_CLONES_HERE 1
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(CHIPFIT_NO_CLONES_HERE)
#define CHIPFIT_FUNCTION_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define CHIPFIT_FUNCTION_CLONES
#endif
