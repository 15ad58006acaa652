"""Kernels: the C that native programs are made of: formulas, products of matrices, sums, a turn of the inputs."""

from __future__ import annotations

from math import isinf, prod

from .arrays import Array

UNARY  = {"neg": "-{0}", "abs": "fabs({0})", "positive": "(double)({0} > 0)",
          **{name: f"{name}({{0}})"
             for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
             "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "expm1", "log1p", "log2", "log10")}}
BINARY = {**{op: f"({{0}} {op} {{1}})" for op in "+-*/"},
          **{op: f"(double)({{0}} {op} {{1}})" for op in ("<", "<=", ">", ">=", "==")},
          "**": "pow({0}, {1})", "hypot": "hypot({0}, {1})", "atan2": "atan2({0}, {1})", "//": "floor({0} / {1})",
          "larger": "({0} > {1} || {0} != {0} ? {0} : {1})", "smaller": "({0} < {1} || {0} != {0} ? {0} : {1})"}

PRELUDE = """
#include <math.h>
#include <string.h>
#define LOOP _Pragma("omp simd") for (long s = 0; s < BP; s++)
#define INLINE static inline __attribute__((always_inline))
#define SIMD __attribute__((simd("notinbranch"), const))
SIMD double exp(double); SIMD double tanh(double); SIMD double log(double); SIMD double log1p(double);
SIMD double cosh(double); SIMD double expm1(double); SIMD double sin(double); SIMD double cos(double);
typedef double V __attribute__((vector_size(64), aligned(8)));

INLINE double added(const double *x, long B) {
    double sum = 0;
    _Pragma("omp simd reduction(+:sum)") for (long s = 0; s < B; s++) sum += x[s];
    return sum;
}
INLINE void clear(double *x, long n, long B, long BP) {
    for (long u = 0; u < n; u++) for (long s = B; s < BP; s++) x[u * BP + s] = 0;
}
#define BLOCK 128              /* inputs at a time: what is read again stays in the nearest cache */
/* out[u][s] = sum over i of w[u][i] x[i][s]: 4 units and 4 (or 1) vectors of samples at a time */
#define TILE(U, K) { V a[U][K]; \\
    for (int v = 0; v < U; v++) for (int j = 0; j < K; j++) \\
        a[v][j] = from ? *(const V *)(out + (u + v) * BP + s + 8 * j) : (V){0}; \\
    for (long i = from; i < to; i++) { \\
        V x_[K]; for (int j = 0; j < K; j++) x_[j] = *(const V *)(x + i * BP + s + 8 * j); \\
        for (int v = 0; v < U; v++) { double c = w[(u + v) * by_unit + i * by_input]; \\
            for (int j = 0; j < K; j++) a[v][j] += c * x_[j]; } } \\
    for (int v = 0; v < U; v++) for (int j = 0; j < K; j++) *(V *)(out + (u + v) * BP + s + 8 * j) = a[v][j]; }
INLINE void forward(double *restrict out, const double *restrict w, long by_unit, long by_input,
                    const double *restrict x, long n, long k, long BP) {
    for (long from = 0; from < k; from += BLOCK) {
        long s = 0, to = from + BLOCK < k ? from + BLOCK : k;
        for (; s + 32 <= BP; s += 32) {
            long u = 0;
            for (; u + 4 <= n; u += 4) TILE(4, 4) for (; u < n; u++) TILE(1, 4)
        }
        for (; s < BP; s += 8) {
            long u = 0;
            for (; u + 8 <= n; u += 8) TILE(8, 1) for (; u < n; u++) TILE(1, 1)
        }
    }
}
/* out[u][i] = sum over samples of d[u][s] x[i][s] */
#define CROSS(U, I) { V a[U][I] = {{{0}}}; \\
    for (long s = 0; s < BP; s += 8) { \\
        V x_[I]; for (int j = 0; j < I; j++) x_[j] = *(const V *)(x + (i + j) * BP + s); \\
        for (int v = 0; v < U; v++) { V d_ = *(const V *)(d + (u + v) * BP + s); \\
            for (int j = 0; j < I; j++) a[v][j] += d_ * x_[j]; } } \\
    for (int v = 0; v < U; v++) for (int j = 0; j < I; j++) { V y = a[v][j]; \\
        out[(u + v) * k + i + j] = ((y[0] + y[4]) + (y[1] + y[5])) + ((y[2] + y[6]) + (y[3] + y[7])); } }
INLINE void collect(double *restrict out, const double *restrict d, const double *restrict x, long n, long k,
                    long BP) {
    long u = 0;
    for (; u + 4 <= n; u += 4) {
        long i = 0;
        for (; i + 4 <= k; i += 4) CROSS(4, 4) for (; i < k; i++) CROSS(4, 1)
    }
    for (; u < n; u++) {
        long i = 0;
        for (; i + 4 <= k; i += 4) CROSS(1, 4) for (; i < k; i++) CROSS(1, 1)
    }
}
static void turn(double *restrict out, const double *restrict in, long B, long n, long BP) {
    memset(out, 0, sizeof(double) * n * BP);
    for (long s = 0; s < B; s++) for (long u = 0; u < n; u++) out[u * BP + s] = in[s * n + u];
}
"""


def batched(z: Array) -> bool:
    return bool(z.shape) and z.shape[0] < 0


def units(z: Array) -> int:
    """Numbers per sample, or in all."""
    return prod(z.shape[1:]) if batched(z) else prod(z.shape)


def literal(x: float) -> str:
    return "NAN" if x != x else ("-" if x < 0 else "") + "INFINITY" if isinf(x) else repr(x)
