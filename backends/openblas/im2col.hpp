#pragma once
#include <chipfit/chipfit_plugin.h>

#include <algorithm>
#include <cstdint>

namespace openblas {

/// Valid taps or positions [begin, end).
struct Range {
  std::int64_t begin, end;
};

/// The i in [0, count) with 0 <= first + i·step < limit.
inline Range in_image(std::int64_t first, std::int64_t step, std::int64_t count, std::int64_t limit) {
  const std::int64_t begin = first < 0 ? std::min(count, (-first + step - 1) / step) : 0;
  const std::int64_t end = first < limit ? std::min(count, (limit - 1 - first) / step + 1) : 0;
  return {begin, std::max(begin, end)};
}

template <class T>
void copy_run(const T* from, std::int64_t n, T* to) {
  if (n == 1)
    *to = *from;  // depthwise: a call of memcpy for each element would be half of the time
  else
    std::copy_n(from, n, to);
}
template <class T>
void add_run(const T* from, std::int64_t n, T* to) {
  for (std::int64_t i = 0; i < n; ++i) to[i] += from[i];
}

/// Unfolds the output lines [line0, line1) (line = n·P + p) of group g, NHWC: row (line, q) of `col` holds the R·S·C/g
/// inputs that the output position sees, zero where they fall on padding.
template <class T>
void im2col_nhwc(const chipfit_conv_shape& f, const T* x, std::int64_t g, std::int64_t line0, std::int64_t line1,
                 T* col) {
  const std::int64_t cg = f.c / f.groups;
  const bool dense = f.dil_w == 1 && f.groups == 1;
  for (std::int64_t line = line0; line < line1; ++line) {
    const T* image = x + line / f.p * f.h * f.w * f.c + g * cg;
    const std::int64_t h0 = line % f.p * f.stride_h - f.pad_h;
    for (std::int64_t q = 0; q < f.q; ++q) {
      const std::int64_t w0 = q * f.stride_w - f.pad_w;
      const Range valid = in_image(w0, f.dil_w, f.s, f.w);
      for (std::int64_t r = 0; r < f.r; ++r, col += f.s * cg) {
        const std::int64_t h = h0 + r * f.dil_h;
        if (h < 0 || h >= f.h) {
          std::fill_n(col, f.s * cg, T{});
          continue;
        }
        const T* row = image + (h * f.w + w0) * f.c;
        std::fill_n(col, valid.begin * cg, T{});
        if (dense)
          std::copy_n(row + valid.begin * f.c, (valid.end - valid.begin) * f.c, col + valid.begin * cg);
        else
          for (std::int64_t s = valid.begin; s < valid.end; ++s) copy_run(row + s * f.dil_w * f.c, cg, col + s * cg);
        std::fill_n(col + valid.end * cg, (f.s - valid.end) * cg, T{});
      }
    }
  }
}

/// The transpose of im2col_nhwc: adds what belongs to each input position to `x`.
template <class T>
void col2im_nhwc(const chipfit_conv_shape& f, const T* col, std::int64_t g, std::int64_t line0, std::int64_t line1,
                 T* x) {
  const std::int64_t cg = f.c / f.groups;
  for (std::int64_t line = line0; line < line1; ++line) {
    T* image = x + line / f.p * f.h * f.w * f.c + g * cg;
    const std::int64_t h0 = line % f.p * f.stride_h - f.pad_h;
    for (std::int64_t q = 0; q < f.q; ++q) {
      const std::int64_t w0 = q * f.stride_w - f.pad_w;
      const Range valid = in_image(w0, f.dil_w, f.s, f.w);
      for (std::int64_t r = 0; r < f.r; ++r, col += f.s * cg) {
        const std::int64_t h = h0 + r * f.dil_h;
        if (h < 0 || h >= f.h) continue;
        T* row = image + (h * f.w + w0) * f.c;
        for (std::int64_t s = valid.begin; s < valid.end; ++s) add_run(col + s * cg, cg, row + s * f.dil_w * f.c);
      }
    }
  }
}

/// Calls body(tap row of col, its input line or null, first input column, valid q) for every (c, r, s, p) of the
/// output lines [p0, p1) of one image, NCHW.
template <class T, class X, class Body>
void for_each_tap_nchw(const chipfit_conv_shape& f, X* image, std::int64_t p0, std::int64_t p1, T* col, Body body) {
  for (std::int64_t c = 0; c < f.c / f.groups; ++c)
    for (std::int64_t r = 0; r < f.r; ++r)
      for (std::int64_t s = 0; s < f.s; ++s) {
        const std::int64_t w0 = s * f.dil_w - f.pad_w;
        const Range valid = in_image(w0, f.stride_w, f.q, f.w);
        for (std::int64_t p = p0; p < p1; ++p, col += f.q) {
          const std::int64_t h = p * f.stride_h - f.pad_h + r * f.dil_h;
          body(col, h < 0 || h >= f.h ? nullptr : image + (c * f.h + h) * f.w, w0, valid);
        }
      }
}

/// Unfolds the output lines [p0, p1) of one image and group, NCHW: `image` points to the group's first channel; row
/// (c, r, s) of `col` holds what that tap sees at each output position (p, q).
template <class T>
void im2col_nchw(const chipfit_conv_shape& f, const T* image, std::int64_t p0, std::int64_t p1, T* col) {
  for_each_tap_nchw(f, image, p0, p1, col, [&](T* to, const T* line, std::int64_t w0, Range valid) {
    if (!line) {
      std::fill_n(to, f.q, T{});
      return;
    }
    std::fill_n(to, valid.begin, T{});
    if (f.stride_w == 1)
      std::copy_n(line + w0 + valid.begin, valid.end - valid.begin, to + valid.begin);
    else
      for (std::int64_t q = valid.begin; q < valid.end; ++q) to[q] = line[w0 + q * f.stride_w];
    std::fill_n(to + valid.end, f.q - valid.end, T{});
  });
}

/// The transpose of im2col_nchw.
template <class T>
void col2im_nchw(const chipfit_conv_shape& f, const T* col, std::int64_t p0, std::int64_t p1, T* image) {
  for_each_tap_nchw(f, image, p0, p1, col, [&](const T* from, T* line, std::int64_t w0, Range valid) {
    if (!line) return;
    if (f.stride_w == 1)
      add_run(from + valid.begin, valid.end - valid.begin, line + w0 + valid.begin);
    else
      for (std::int64_t q = valid.begin; q < valid.end; ++q) line[w0 + q * f.stride_w] += from[q];
  });
}

}  // namespace openblas
