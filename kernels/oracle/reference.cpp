#include "kernels/oracle/reference.hpp"

#include <algorithm>
#include <array>

#include "kernels/oracle/products.hpp"
#include "kernels/oracle/tile_product.hpp"
#include "kernels/problem/convert.hpp"
#include "kernels/problem/element.hpp"

namespace chipfit::oracle {
namespace {

const void* at(Dtype dtype, const void* data, std::int64_t index) {
  return static_cast<const char*>(data) + index * info(dtype).bytes;
}

void store_result(Dtype dtype, void* out, std::int64_t index, double value, Accumulate accumulate) {
  store(dtype, out, index, accumulate == Accumulate::add ? load(dtype, out, index) + value : value);
}

/// Block of a stored matrix whose rows lie `ld` elements apart.
void load_rows(Dtype dtype, const void* data, std::int64_t first, std::int64_t ld, Block block, double* out,
               std::int64_t ld_out) {
  for (std::int64_t i = 0; i < block.rows; ++i) {
    to_f64(dtype, at(dtype, data, first + (block.row + i) * ld + block.column), out + i * ld_out, block.columns);
  }
}
/// The same block of the transposed matrix.
void load_columns(Dtype dtype, const void* data, std::int64_t first, std::int64_t ld, Block block, double* out,
                  std::int64_t ld_out) {
  std::array<double, 256> line;
  for (std::int64_t j = 0; j < block.columns; ++j) {
    for (std::int64_t from = 0; from < block.rows; from += 256) {
      const std::int64_t length = std::min<std::int64_t>(256, block.rows - from);
      to_f64(dtype, at(dtype, data, first + (block.column + j) * ld + block.row + from), line.data(), length);
      for (std::int64_t i = 0; i < length; ++i) out[(from + i) * ld_out + j] = line[static_cast<std::size_t>(i)];
    }
  }
}

void reference_gemm(const GemmProblem& g, const void* in0, const void* in1, void* out, int threads) {
  const bool ta = g.trans_a == Transpose::yes, tb = g.trans_b == Transpose::yes;
  TileProduct product{g.batch, g.m, g.n, g.k, {}, {}, {}};
  product.load_a = [&](std::int64_t batch, Block block, double* to, std::int64_t ld) {
    (ta ? load_columns : load_rows)(g.dtypes.a, in0, batch * g.m * g.k, ta ? g.m : g.k, block, to, ld);
  };
  product.load_b = [&](std::int64_t batch, Block block, double* to, std::int64_t ld) {
    (tb ? load_columns : load_rows)(g.dtypes.b, in1, batch * g.k * g.n, tb ? g.k : g.n, block, to, ld);
  };
  product.store = [&](std::int64_t batch, Block block, const double* values, std::int64_t ld) {
    for (std::int64_t i = 0; i < block.rows; ++i) {
      const std::int64_t row = (batch * g.m + block.row + i) * g.n + block.column;
      for (std::int64_t j = 0; j < block.columns; ++j) {
        store_result(g.dtypes.out, out, row + j, values[i * ld + j], g.accumulate);
      }
    }
  };
  run(product, threads);
}

/// A convolution as a matrix product over index lists: rows of A are channels, and one side of B are the taps
/// (channel, r, s) of a filter bank in the order in which they are stored.
class ConvProduct {
 public:
  ConvProduct(const ConvProblem& p, const void* in0, const void* in1, void* out)
      : p_(p),
        in0_(in0),
        in1_(in1),
        out_(out),
        x_(strides_x(p)),
        w_(strides_w(p)),
        y_(strides_y(p)),
        rows_(rows_of(p)),
        columns_(columns_of(p)),
        cg_(p.c / p.groups),
        kg_(p.k / p.groups),
        bank_(cg_ * p.r * p.s) {}

  TileProduct product() {
    const std::int64_t images = p_.n * p_.groups, pq = rows_.output * columns_.output;
    switch (p_.direction) {
      case ConvDirection::bwd_data:
        return make(images, cg_, p_.h * p_.w, kg_ * p_.r * p_.s, p_.dtypes.b, in1_, &ConvProduct::filter_transposed,
                    p_.dtypes.a, in0_, &ConvProduct::gradient_under_taps, &ConvProduct::x_of_image);
      case ConvDirection::bwd_weights:
        return make(p_.groups, kg_, bank_, p_.n * pq, p_.dtypes.b, in1_, &ConvProduct::gradient, p_.dtypes.a, in0_,
                    &ConvProduct::image_under_taps_transposed, &ConvProduct::filter);
      case ConvDirection::fwd:
        break;
    }
    return make(images, kg_, pq, bank_, p_.dtypes.b, in1_, &ConvProduct::filter_of_image, p_.dtypes.a, in0_,
                &ConvProduct::image_under_taps, &ConvProduct::y_of_image);
  }

 private:
  /// Flat index of element (i, j) of a batch's matrix in its operand, -1 on padding.
  using Index = std::int64_t (ConvProduct::*)(std::int64_t batch, std::int64_t i, std::int64_t j) const;

  struct Tap {
    std::int64_t channel, r, s;
  };
  Tap tap(std::int64_t flat) const {
    const auto [k, c, r, s] = position(p_.layout, flat, cg_, p_.r, p_.s);
    return {c, r, s};
  }

  std::int64_t filter(std::int64_t group, std::int64_t k, std::int64_t t) const {
    return (group * kg_ + k) * bank_ + t;
  }
  std::int64_t filter_of_image(std::int64_t batch, std::int64_t k, std::int64_t t) const {
    return filter(batch % p_.groups, k, t);
  }
  // bwd_data sums over (k, r, s); k is the slowest, whatever the layout.
  std::int64_t filter_transposed(std::int64_t batch, std::int64_t c, std::int64_t t) const {
    const std::int64_t k = batch % p_.groups * kg_ + t / (p_.r * p_.s);
    return w_.at(k, c, t / p_.s % p_.r, t % p_.s);
  }
  std::int64_t image_under_taps(std::int64_t batch, std::int64_t t, std::int64_t pixel) const {
    return under_tap(batch / p_.groups, batch % p_.groups, tap(t), pixel);
  }
  std::int64_t image_under_taps_transposed(std::int64_t group, std::int64_t npq, std::int64_t t) const {
    const std::int64_t pq = rows_.output * columns_.output;
    return under_tap(npq / pq, group, tap(t), npq % pq);
  }
  std::int64_t under_tap(std::int64_t n, std::int64_t group, Tap t, std::int64_t pixel) const {
    const std::int64_t h = rows_.input_at(pixel / columns_.output, t.r);
    const std::int64_t w = columns_.input_at(pixel % columns_.output, t.s);
    return h < 0 || w < 0 ? -1 : x_.at(n, group * cg_ + t.channel, h, w);
  }
  std::int64_t gradient_under_taps(std::int64_t batch, std::int64_t t, std::int64_t pixel) const {
    const std::int64_t y = rows_.output_at(pixel / p_.w, t / p_.s % p_.r);
    const std::int64_t x = columns_.output_at(pixel % p_.w, t % p_.s);
    const std::int64_t k = batch % p_.groups * kg_ + t / (p_.r * p_.s);
    return y < 0 || x < 0 ? -1 : y_.at(batch / p_.groups, k, y, x);
  }
  std::int64_t gradient(std::int64_t group, std::int64_t k, std::int64_t npq) const {
    const std::int64_t pq = rows_.output * columns_.output, pixel = npq % pq;
    return y_.at(npq / pq, group * kg_ + k, pixel / columns_.output, pixel % columns_.output);
  }
  std::int64_t y_of_image(std::int64_t batch, std::int64_t k, std::int64_t pixel) const {
    return y_.at(batch / p_.groups, batch % p_.groups * kg_ + k, pixel / columns_.output, pixel % columns_.output);
  }
  std::int64_t x_of_image(std::int64_t batch, std::int64_t c, std::int64_t pixel) const {
    return x_.at(batch / p_.groups, batch % p_.groups * cg_ + c, pixel / p_.w, pixel % p_.w);
  }

  TileProduct make(std::int64_t batch, std::int64_t m, std::int64_t n, std::int64_t k, Dtype type_a, const void* a,
                   Index index_a, Dtype type_b, const void* b, Index index_b, Index index_out) const {
    TileProduct product{batch, m, n, k, {}, {}, {}};
    product.load_a = [this, type_a, a, index_a](std::int64_t image, Block block, double* to, std::int64_t ld) {
      gather(type_a, a, index_a, image, block, to, ld);
    };
    product.load_b = [this, type_b, b, index_b](std::int64_t image, Block block, double* to, std::int64_t ld) {
      gather(type_b, b, index_b, image, block, to, ld);
    };
    product.store = [this, index_out](std::int64_t image, Block block, const double* values, std::int64_t ld) {
      for (std::int64_t i = 0; i < block.rows; ++i) {
        for (std::int64_t j = 0; j < block.columns; ++j) {
          const std::int64_t index = (this->*index_out)(image, block.row + i, block.column + j);
          store_result(p_.dtypes.out, out_, index, values[i * ld + j], p_.accumulate);
        }
      }
    };
    return product;
  }

  void gather(Dtype dtype, const void* data, Index index, std::int64_t batch, Block block, double* to,
              std::int64_t ld) const {
    with_element(dtype, [&]<class T>(T*) {
      for (std::int64_t i = 0; i < block.rows; ++i) {
        for (std::int64_t j = 0; j < block.columns; ++j) {
          const std::int64_t flat = (this->*index)(batch, block.row + i, block.column + j);
          to[i * ld + j] = flat < 0 ? 0 : widen(static_cast<const T*>(data)[flat]);
        }
      }
    });
  }

  const ConvProblem& p_;
  const void *in0_, *in1_;
  void* out_;
  Strides x_, w_, y_;
  AxisTaps rows_, columns_;
  std::int64_t cg_, kg_, bank_;
};

}  // namespace

void reference(const Problem& problem, const void* in0, const void* in1, void* out, int threads) {
  if (const auto* gemm = std::get_if<GemmProblem>(&problem)) return reference_gemm(*gemm, in0, in1, out, threads);
  ConvProduct conv(std::get<ConvProblem>(problem), in0, in1, out);
  run(conv.product(), threads);
}

double reference_element(const Problem& problem, const void* in0, const void* in1, std::int64_t index) {
  const DtypeCombo& types = dtypes(problem);
  double sum = 0;
  std::visit(
      [&](const auto& each) {
        for_each_product(each, index,
                         [&](std::int64_t a, std::int64_t b) { sum += load(types.a, in0, a) * load(types.b, in1, b); });
      },
      problem);
  return sum;
}

}  // namespace chipfit::oracle
