#include <algorithm>
#include <cmath>

#include "kernels/oracle/contract.hpp"
#include "kernels/oracle/conv_plane.hpp"
#include "kernels/oracle/parallel.hpp"
#include "kernels/oracle/products.hpp"
#include "kernels/oracle/residual.hpp"

namespace chipfit::oracle {
namespace {

/// An index cut into equal blocks (the last may be shorter).
struct Cut {
  std::int64_t extent, block;
  std::int64_t count() const { return (extent + block - 1) / block; }
  std::int64_t begin(std::int64_t i) const { return i * block; }
  std::int64_t length(std::int64_t i) const { return std::min(block, extent - i * block); }
};

/// How the two free indices of a direction are cut: first the one whose contraction is a plain sum over rows.
struct Cuts {
  Cut outer, channels;
};
Cuts cuts_of(const ConvProblem& p, std::int64_t max_block) {
  const std::int64_t cg = p.c / p.groups, kg = p.k / p.groups;
  if (p.direction == ConvDirection::bwd_weights) {
    if (max_block == kWholeBlock) return {{kg, kg}, {cg, cg}};
    // Blocks about as long as wide, so that neither contracted input outgrows the other.
    const auto width = static_cast<std::int64_t>(std::sqrt(static_cast<double>(max_block)));
    const std::int64_t c = std::min(cg, std::max(max_block / kg, width));
    return {{kg, std::min(max_block / c, kg)}, {cg, c}};
  }
  const std::int64_t channels = p.direction == ConvDirection::fwd ? kg : cg;
  const std::int64_t block = std::min(channels, max_block);
  return {{p.n, std::clamp<std::int64_t>(max_block / block, 1, p.n)}, {channels, block}};
}

/// Copies the channels of an image, addressed by `s`, to padded planes.
template <class Number>
void to_planes(const PaddedPlane& plane, const Strides& s, const Number* image, std::int64_t channels,
               std::int64_t height, std::int64_t width, Number* planes) {
  constexpr std::int64_t channels_at_once = 8;  // channels that share cache lines where they lie side by side
  std::vector<std::int64_t> column(static_cast<std::size_t>(width));
  for (std::int64_t w = 0; w < width; ++w) column[static_cast<std::size_t>(w)] = plane.at(0, w) - plane.at(0, 0);
  for (std::int64_t first = 0; first < channels; first += channels_at_once) {
    const std::int64_t end = std::min(channels, first + channels_at_once);
    for (std::int64_t h = 0; h < height; ++h) {
      for (std::int64_t c = first; c < end; ++c) {
        Number* to = planes + c * plane.size() + plane.at(h, 0);
        const Number* from = image + s.at(0, c, h, 0);
        for (std::int64_t w = 0; w < width; ++w) to[column[static_cast<std::size_t>(w)]] = from[w * s.d];
      }
    }
  }
}

/// out[pixel] += Σ_c weights[c]·image(first + c, pixel): the second contraction, over a block of channels.
template <class Number>
void contract_channels(Layout layout, const Number* image, std::int64_t channels, std::int64_t first,
                       std::int64_t length, std::int64_t pixels, const Number* weights, Number* out) {
  if (layout == Layout::nchw) {
    for (std::int64_t c = 0; c < length; ++c) {
      const Number* plane = image + (first + c) * pixels;
      for (std::int64_t i = 0; i < pixels; ++i) add_product(out[i], plane[i], weights[c]);
    }
    return;
  }
  for (std::int64_t i = 0; i < pixels; ++i) {
    Number sum{};
    for (std::int64_t c = 0; c < length; ++c) add_product(sum, image[i * channels + first + c], weights[c]);
    add(out[i], sum);
  }
}

template <class Number>
void subtract_all(std::vector<Number>& from, const std::vector<Number>& what) {
  for (std::size_t i = 0; i < from.size(); ++i) add(from[i], negated(what[i]));
}

/// Number of pairs inside the image for each index of one axis.
std::vector<double> pairs_by_output(const AxisTaps& a) {
  std::vector<double> pairs(static_cast<std::size_t>(a.output));
  for (std::int64_t p = 0; p < a.output; ++p) {
    for (std::int64_t r = 0; r < a.filter; ++r) pairs[static_cast<std::size_t>(p)] += a.input_at(p, r) >= 0 ? 1 : 0;
  }
  return pairs;
}
std::vector<double> pairs_by_input(const AxisTaps& a) {
  std::vector<double> pairs(static_cast<std::size_t>(a.input));
  for (std::int64_t h = 0; h < a.input; ++h) {
    for (std::int64_t r = 0; r < a.filter; ++r) pairs[static_cast<std::size_t>(h)] += a.output_at(h, r) >= 0 ? 1 : 0;
  }
  return pairs;
}
std::vector<double> pairs_by_filter(const AxisTaps& a) {
  std::vector<double> pairs(static_cast<std::size_t>(a.filter));
  for (std::int64_t r = 0; r < a.filter; ++r) {
    for (std::int64_t p = 0; p < a.output; ++p) pairs[static_cast<std::size_t>(r)] += a.input_at(p, r) >= 0 ? 1 : 0;
  }
  return pairs;
}

/// fwd and bwd_data: the image that is summed up ("in"), the image that results ("out"), and a filter bank between.
template <class Number>
class ImageContraction {
 public:
  ImageContraction(const Claim& claim, const ConvProblem& p, Seed secret, std::int64_t max_block, int threads)
      : claim_(claim),
        p_(p),
        forward_(p.direction == ConvDirection::fwd),
        threads_(threads),
        plane_(p),
        cuts_(cuts_of(p, max_block)),
        weights_n_(random_weights<Number>(secret.derive(1), p.n)),
        weights_channel_(random_weights<Number>(secret.derive(2), forward_ ? p.k : p.c)),
        in_per_group_((forward_ ? p.c : p.k) / p.groups) {}

  Residuals<Number> run() {
    Residuals<Number> result;
    result.block = cuts_.outer.block * cuts_.channels.block;
    const auto rows = forward_ ? pairs_by_output(rows_of(p_)) : pairs_by_input(rows_of(p_));
    const auto columns = forward_ ? pairs_by_output(columns_of(p_)) : pairs_by_input(columns_of(p_));
    std::vector<std::vector<Number>> filters;
    for (const Inputs& term : claim_.terms) filters.push_back(contracted_filters(term.in1));

    for (std::int64_t i = 0; i < cuts_.outer.count(); ++i) {
      std::vector<Number> residual = contracted_result(claim_.out, i);
      if (claim_.c0 != nullptr) subtract_all(residual, contracted_result(claim_.c0, i));
      for (std::size_t term = 0; term < filters.size(); ++term) {
        subtract_convolution(claim_.terms[term].in0, filters[term], i, residual);
      }
      result.value.insert(result.value.end(), residual.begin(), residual.end());
      for (std::int64_t j = 0; j < cuts_.channels.count(); ++j) {
        for (std::int64_t group = 0; group < p_.groups; ++group) {
          const std::int64_t first = group * out_channels() / p_.groups + cuts_.channels.begin(j);
          const double outputs = sum_of_squares(weights_n_, cuts_.outer.begin(i), cuts_.outer.length(i)) *
                                 sum_of_squares(weights_channel_, first, cuts_.channels.length(j)) *
                                 static_cast<double>(in_per_group_);
          for (const double row : rows) {
            for (const double column : columns) result.products.push_back(outputs * row * column);
          }
        }
      }
    }
    return result;
  }

 private:
  std::int64_t out_channels() const { return forward_ ? p_.k : p_.c; }
  std::int64_t out_pixels() const { return forward_ ? p_.p() * p_.q() : p_.h * p_.w; }
  std::int64_t in_channels() const { return forward_ ? p_.c : p_.k; }
  std::int64_t in_pixels() const { return forward_ ? p_.h * p_.w : p_.p() * p_.q(); }

  /// [channel block][group][in channel of the group][r][s]
  std::vector<Number> contracted_filters(const void* data) const {
    const std::int64_t cg = p_.c / p_.groups, kg = p_.k / p_.groups, taps = p_.r * p_.s, bank = cg * taps;
    const Strides s = strides_w(p_);
    std::vector<Number> filters(static_cast<std::size_t>(cuts_.channels.count() * in_channels() * taps));
    std::vector<Number> sum;
    for (std::int64_t j = 0; j < cuts_.channels.count(); ++j) {
      const std::int64_t first = cuts_.channels.begin(j), length = cuts_.channels.length(j);
      for (std::int64_t group = 0; group < p_.groups; ++group) {
        Number* out = filters.data() + (j * p_.groups + group) * in_per_group_ * taps;
        if (forward_) {
          const std::int64_t k = group * kg + first;
          sum.assign(static_cast<std::size_t>(bank), Number{});
          contract_rows<Number>({p_.dtypes.b, data, k * bank, length, bank, bank}, {&weights_channel_[idx(k)], 1, 0},
                                {sum.data(), 1, 0}, threads_);
          for (std::int64_t c = 0; c < cg; ++c) {
            for (std::int64_t t = 0; t < taps; ++t) out[c * taps + t] = sum[idx(s.at(0, c, t / p_.s, t % p_.s))];
          }
          continue;
        }
        const Vectors<const Number> w{&weights_channel_[idx(group * cg + first)], 1, 0};
        if (p_.layout == Layout::nhwc) {
          contract_columns<Number>({p_.dtypes.b, data, group * kg * bank + first, kg * taps, length, cg}, w,
                                   {out, 1, 0}, threads_);
          continue;
        }
        for (std::int64_t k = 0; k < kg; ++k) {
          contract_rows<Number>({p_.dtypes.b, data, (group * kg + k) * bank + first * taps, length, taps, taps}, w,
                                {out + k * taps, 1, 0}, 1);
        }
      }
    }
    return filters;
  }

  /// Σ_n weights[n]·tensor[n] over block i of n, as one image in the layout of the tensor; valid until the next call.
  const std::vector<Number>& contracted_image(Dtype dtype, const void* data, std::int64_t inner, std::int64_t i) {
    const std::int64_t first = cuts_.outer.begin(i);
    image_.assign(idx(inner), Number{});
    contract_rows<Number>({dtype, data, first * inner, cuts_.outer.length(i), inner, inner},
                          {weights_n_.data() + first, 1, 0}, {image_.data(), 1, 0}, threads_);
    return image_;
  }

  /// [channel block][group][pixel] of block i over n.
  std::vector<Number> contracted_result(const void* data, std::int64_t i) {
    const std::int64_t pixels = out_pixels(), per_group = out_channels() / p_.groups;
    const std::vector<Number>& image = contracted_image(p_.dtypes.out, data, out_channels() * pixels, i);
    std::vector<Number> result(static_cast<std::size_t>(cuts_.channels.count() * p_.groups * pixels));
    parallel_for(cuts_.channels.count() * p_.groups, threads_, [&](std::int64_t task) {
      const std::int64_t j = task / p_.groups, first = task % p_.groups * per_group + cuts_.channels.begin(j);
      contract_channels(p_.layout, image.data(), out_channels(), first, cuts_.channels.length(j), pixels,
                        &weights_channel_[idx(first)], result.data() + task * pixels);
    });
    return result;
  }

  void subtract_convolution(const void* in0, const std::vector<Number>& filters, std::int64_t i,
                            std::vector<Number>& residual) {
    const std::vector<Number>& image = contracted_image(p_.dtypes.a, in0, in_channels() * in_pixels(), i);
    const std::int64_t taps = p_.r * p_.s, pixels = out_pixels();
    const Strides s = forward_ ? strides_x(p_) : strides_y(p_);
    const std::int64_t in_plane = forward_ ? plane_.size() : pixels_of_y();
    std::vector<Number> planes(static_cast<std::size_t>(in_channels() * in_plane));
    if (forward_) {
      to_planes(plane_, s, image.data(), p_.c, p_.h, p_.w, planes.data());
    } else {
      for (std::int64_t k = 0; k < p_.k; ++k) {
        for (std::int64_t y = 0; y < in_plane; ++y) {
          planes[idx(k * in_plane + y)] = image[idx(s.at(0, k, y / plane_.q, y % plane_.q))];
        }
      }
    }
    parallel_for(cuts_.channels.count() * p_.groups, threads_, [&](std::int64_t task) {
      const std::int64_t first = task % p_.groups * in_per_group_;
      std::vector<Number> sum(static_cast<std::size_t>(forward_ ? pixels : plane_.size()));
      for (std::int64_t c = 0; c < in_per_group_; ++c) {
        const Number* filter = filters.data() + (task * in_per_group_ + c) * taps;
        const Number* in = planes.data() + (first + c) * in_plane;
        if (forward_) {
          convolve_fwd(plane_, in, filter, sum.data());
        } else {
          convolve_bwd_data(plane_, sum.data(), filter, in);
        }
      }
      Number* out = residual.data() + task * pixels;
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        add(out[pixel], negated(sum[idx(forward_ ? pixel : plane_.at(pixel / p_.w, pixel % p_.w))]));
      }
    });
  }

  std::int64_t pixels_of_y() const { return plane_.p * plane_.q; }
  static std::size_t idx(std::int64_t i) { return static_cast<std::size_t>(i); }

  const Claim& claim_;
  const ConvProblem& p_;
  bool forward_;
  int threads_;
  PaddedPlane plane_;
  Cuts cuts_;
  std::vector<Number> weights_n_, weights_channel_, image_;
  std::int64_t in_per_group_;
};

/// Weighted sums over blocks of channels of each image: [block][n][pixel]. `first` is the first channel of the group.
template <class Number>
std::vector<Number> contract_image_channels(Layout layout, Dtype dtype, const void* data, std::int64_t n,
                                            std::int64_t channels, std::int64_t pixels, std::int64_t first, Cut cut,
                                            const Number* weights, int threads) {
  std::vector<Number> images(static_cast<std::size_t>(cut.count() * n * pixels));
  // Chunk by chunk, so that every block finds the chunk in the cache.
  const std::int64_t chunk = layout == Layout::nhwc ? 256 : pixels, total = n * pixels;
  parallel_for((total + chunk - 1) / chunk, total < (1 << 14) ? 1 : threads, [&](std::int64_t task) {
    const std::int64_t from = task * chunk, length = std::min(chunk, total - from);
    for (std::int64_t i = 0; i < cut.count(); ++i) {
      const Vectors<const Number> w{weights + first + cut.begin(i), 1, 0};
      const Vectors<Number> y{images.data() + i * total + from, 1, 0};
      const std::int64_t channel = first + cut.begin(i);
      if (layout == Layout::nhwc) {
        contract_columns<Number>({dtype, data, from * channels + channel, length, cut.length(i), channels}, w, y, 1);
      } else {
        contract_rows<Number>({dtype, data, (task * channels + channel) * pixels, cut.length(i), pixels, pixels}, w, y,
                              1);
      }
    }
  });
  return images;
}

template <class Number>
Residuals<Number> weight_residuals(const Claim& claim, const ConvProblem& p, Seed secret, std::int64_t max_block,
                                   int threads) {
  const PaddedPlane plane(p);
  const Cuts cuts = cuts_of(p, max_block);
  const std::int64_t cg = p.c / p.groups, kg = p.k / p.groups, taps = p.r * p.s, bank = cg * taps;
  const std::int64_t pixels_y = plane.p * plane.q;
  const auto weights_k = random_weights<Number>(secret.derive(1), p.k);
  const auto weights_c = random_weights<Number>(secret.derive(2), p.c);
  const auto rows = pairs_by_filter(rows_of(p)), columns = pairs_by_filter(columns_of(p));
  const Strides s = strides_w(p);

  Residuals<Number> result;
  result.block = cuts.outer.block * cuts.channels.block;
  for (std::int64_t group = 0; group < p.groups; ++group) {
    // [k block][c block][r][s]
    std::vector<Number> residual(static_cast<std::size_t>(cuts.outer.count() * cuts.channels.count() * taps));
    const auto add_contracted = [&](const void* data, bool subtract) {
      for (std::int64_t i = 0; i < cuts.outer.count(); ++i) {
        std::vector<Number> sum(static_cast<std::size_t>(bank));
        const std::int64_t k = group * kg + cuts.outer.begin(i);
        contract_rows<Number>({p.dtypes.out, data, k * bank, cuts.outer.length(i), bank, bank},
                              {weights_k.data() + k, 1, 0}, {sum.data(), 1, 0}, threads);
        if (subtract) negate(sum);
        for (std::int64_t c = 0; c < cg; ++c) {
          Number* out = residual.data() + (i * cuts.channels.count() + c / cuts.channels.block) * taps;
          for (std::int64_t t = 0; t < taps; ++t) {
            add_product(out[t], sum[static_cast<std::size_t>(s.at(0, c, t / p.s, t % p.s))],
                        weights_c[static_cast<std::size_t>(group * cg + c)]);
          }
        }
      }
    };
    add_contracted(claim.out, false);
    if (claim.c0 != nullptr) add_contracted(claim.c0, true);

    for (const Inputs& term : claim.terms) {
      // The layouts agree once a single channel is left.
      const auto dy = contract_image_channels<Number>(p.layout, p.dtypes.b, term.in1, p.n, p.k, pixels_y, group * kg,
                                                      cuts.outer, weights_k.data(), threads);
      const auto x = contract_image_channels<Number>(p.layout, p.dtypes.a, term.in0, p.n, p.c, p.h * p.w, group * cg,
                                                     cuts.channels, weights_c.data(), threads);
      std::vector<Number> planes(static_cast<std::size_t>(p.n * plane.size()));
      for (std::int64_t j = 0; j < cuts.channels.count(); ++j) {
        to_planes(plane, {0, p.h * p.w, p.w, 1}, x.data() + j * p.n * p.h * p.w, p.n, p.h, p.w, planes.data());
        parallel_for(cuts.outer.count(), threads, [&](std::int64_t i) {
          std::vector<Number> f(static_cast<std::size_t>(taps));
          for (std::int64_t n = 0; n < p.n; ++n) {
            convolve_bwd_weights(plane, planes.data() + n * plane.size(), f.data(),
                                 dy.data() + (i * p.n + n) * pixels_y);
          }
          Number* out = residual.data() + (i * cuts.channels.count() + j) * taps;
          for (std::int64_t t = 0; t < taps; ++t) add(out[t], negated(f[static_cast<std::size_t>(t)]));
        });
      }
    }
    result.value.insert(result.value.end(), residual.begin(), residual.end());
    for (std::int64_t i = 0; i < cuts.outer.count(); ++i) {
      for (std::int64_t j = 0; j < cuts.channels.count(); ++j) {
        const double outputs = sum_of_squares(weights_k, group * kg + cuts.outer.begin(i), cuts.outer.length(i)) *
                               sum_of_squares(weights_c, group * cg + cuts.channels.begin(j), cuts.channels.length(j)) *
                               static_cast<double>(p.n);
        for (const double row : rows) {
          for (const double column : columns) result.products.push_back(outputs * row * column);
        }
      }
    }
  }
  return result;
}

}  // namespace

template <class Number>
Residuals<Number> conv_residuals(const Claim& claim, const ConvProblem& p, Seed secret, std::int64_t max_block,
                                 int threads) {
  if (p.direction == ConvDirection::bwd_weights) return weight_residuals<Number>(claim, p, secret, max_block, threads);
  return ImageContraction<Number>(claim, p, secret, max_block, threads).run();
}

double contracted_flop(const ConvProblem& p, std::int64_t max_block) {
  const Cuts cuts = cuts_of(p, max_block);
  const PaddedPlane plane(p);
  const double calls = static_cast<double>(cuts.outer.count()) * static_cast<double>(cuts.channels.count());
  const double small = 2.0 * static_cast<double>(p.r * p.s) * static_cast<double>(plane.p * plane.q);
  switch (p.direction) {
    case ConvDirection::fwd:
      return calls * small * static_cast<double>(p.c);
    case ConvDirection::bwd_data:
      return calls * small * static_cast<double>(p.k);
    case ConvDirection::bwd_weights:
      break;
  }
  return calls * small * static_cast<double>(p.n * p.groups);
}

std::int64_t contraction(const ConvProblem& p) {
  const Cuts cuts = cuts_of(p, kWholeBlock);
  return cuts.outer.extent * cuts.channels.extent;
}

template Residuals<double> conv_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int);
template Residuals<DoubleDouble> conv_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int);
template Residuals<std::uint64_t> conv_residuals(const Claim&, const ConvProblem&, Seed, std::int64_t, int);

}  // namespace chipfit::oracle
