/* Kernels: vectors of doubles, their exp, tanh, sigmoid, and the matrix products of a native program.

   V, M     LANES doubles, and the mask that a comparison of two V gives
   S        the room of a row of samples: their number m, rounded up to whole vectors
   rows     samples are the last axis in memory: (m, n) is n rows of S numbers; what is behind m means nothing */

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) && !defined(NARROW)
#define LANES 8
#define ROWS  8                                     /* rows of a product that fit in registers, times 3 vectors */
#elif defined(__AVX__)
#define LANES 4
#define ROWS  4
#else
#define LANES 2
#define ROWS  4
#endif
#define INLINE static inline __attribute__((always_inline))
#ifdef SMALL
#define KERNEL INLINE                               /* a small program is one piece of code, for its number of samples */
#else
#define KERNEL static
#endif
#define UNROLL _Pragma("GCC unroll 8")

typedef double  V __attribute__((vector_size(8 * LANES)));
typedef int64_t M __attribute__((vector_size(8 * LANES)));
typedef double  Loose __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

INLINE V    load(const double *p)       { return *(const Loose *)p; }
INLINE void store(double *p, V x)       { *(Loose *)p = x; }
INLINE V    splat(double x)             { V z = {0}; return z + x; }
INLINE V    choose(M c, V a, V b)       { return (V)((c & (M)a) | (~c & (M)b)); }
INLINE M    as_mask(V x)                { return (M)x; }
INLINE V    kept(M c, V x)              { return (V)(c & (M)x); }
INLINE M    counting(void)              { M n; for (int k = 0; k < LANES; k++) n[k] = k; return n; }
INLINE M    below(long left)            { M n = {0}; return counting() < n + left; }
INLINE double add_lanes(V x) {
    double z[LANES];
    memcpy(z, &x, sizeof z);
    for (int n = LANES / 2; n; n /= 2) UNROLL for (int k = 0; k < n; k++) z[k] += z[k + n];
    return z[0];
}
INLINE V    v_larger(V x, V y)            { return choose((x > y) | (x != x), x, y); }
INLINE V    v_smaller(V x, V y)            { return choose((x < y) | (x != x), x, y); }

/* --- functions of a vector -------------------------------------------------------------------------- */

#define EACH(name, f)  INLINE V name(V x) { V z; for (int k = 0; k < LANES; k++) z[k] = f(x[k]); return z; }
#define EACH2(name, f) INLINE V name(V x, V y) { V z; for (int k = 0; k < LANES; k++) z[k] = f(x[k], y[k]); return z; }
EACH(v_expm1, expm1) EACH(v_log, log) EACH(v_log1p, log1p) EACH(v_log2, log2) EACH(v_log10, log10) EACH(v_sin, sin)
EACH(v_cos, cos) EACH(v_tan, tan) EACH(v_asin, asin) EACH(v_acos, acos) EACH(v_atan, atan) EACH(v_sinh, sinh)
EACH(v_cosh, cosh) EACH(v_asinh, asinh) EACH(v_acosh, acosh) EACH(v_atanh, atanh) EACH(v_erf, erf) EACH(v_erfc, erfc)

/* Python's x % y and x // y: the remainder has the sign of y, and the quotient is taken without it. */
INLINE double remainder_of(double x, double y) {
    double r = fmod(x, y);
    return r == 0 ? copysign(0, y) : (r < 0) != (y < 0) ? r + y : r;
}
INLINE double fits(double x, double y) {
    if (y == 0) return x / y;
    double r = fmod(x, y), q = (x - r) / y;
    if (r != 0 && (r < 0) != (y < 0)) q -= 1;
    return q == 0 ? copysign(0, x / y) : floor(q) + (q - floor(q) > 0.5);
}
EACH2(v_remainder, remainder_of) EACH2(v_fits, fits) EACH(v_round, rint)
EACH(v_floor, floor) EACH(v_sqrt, sqrt) EACH2(v_pow, pow) EACH2(v_atan2, atan2) EACH2(v_hypot, hypot)

INLINE V v_abs(V x) { return (V)((M)x & INT64_MAX); }

/* 2^n for whole n in [-1022, 1023]. */
INLINE V power_of_two(V n) {
    const double magic = 6755399441055744.0;                     /* 1.5 * 2^52: n lands in the low bits */
    return (V)(((M)(n + magic) - (M)splat(magic) + 1023) << 52);
}

/* n and q with e^x = 2^n (1 + q), |q| < 0.42; the series is good to half an ulp on |r| < 0.347. */
INLINE V reduced(V x, V *n) {
    const double magic = 6755399441055744.0;
    V t = x * 1.4426950408889634 + magic;
    *n = t - magic;
    V r = (x - *n * 0x1.62e42fee00000p-1) - *n * 0x1.a39ef35793c76p-33;
    V r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;                    /* 1/2! + r/3! + ... + r^11/13!, in a tree: few steps in a row */
    V a = (0.16666666666666666 * r + 0.5) + (0.008333333333333333 * r + 0.041666666666666664) * r2;
    V b = (0.0001984126984126984 * r + 0.001388888888888889) + (2.7557319223985893e-06 * r + 2.48015873015873e-05) * r2;
    V c = (2.505210838544172e-08 * r + 2.755731922398589e-07) + (1.6059043836821613e-10 * r + 2.08767569878681e-09) * r2;
    V p = (b * r4 + a) + c * r8;
    return r + r2 * p;
}

INLINE V v_exp(V x) {
    V n, c = choose(x > 710.0, splat(710.0), choose(x < -746.0, splat(-746.0), x)), q = reduced(c, &n);
    V half = (n * 0.5 + 6755399441055744.0) - 6755399441055744.0;    /* in two steps: 2^-1074 is reached, not passed over */
    V z = ((1 + q) * power_of_two(half)) * power_of_two(n - half);
    return choose(x != x, x, choose(x > 709.782712893384, splat(INFINITY), z));
}

/* t = e^-y - 1 and e = e^-y for y >= 0, both to the last bits; nan stays nan. */
INLINE V decay(V y, V *e) {
    M far = y > 708.0;
    V n, q = reduced(-y, &n), s = power_of_two(n);
    *e = choose(far, splat(0), s * q + s);
    return choose(far, splat(-1), s * q + (s - 1));
}

/* tanh |x| = -t / (1 + e) with e = e^-2|x|; the slope 4 e / (1 + e)^2 loses nothing in the tails. */
INLINE V v_tanh(V x) {
    V e, t = decay(v_abs(x) * 2, &e), z = -t * (1 / (1 + e));
    return (V)((M)z | ((M)x & INT64_MIN));
}
INLINE V v_tanh_slope(V x) {
    V e; decay(v_abs(x) * 2, &e);
    V r = 1 / (1 + e);
    return 4 * e * r * r;
}
INLINE V v_sigmoid(V x) {
    V e; decay(v_abs(x), &e);
    V r = 1 / (1 + e);
    return choose(x > 0, r, e * r);
}
INLINE V v_sigmoid_slope(V x) {
    V e; decay(v_abs(x), &e);
    V r = 1 / (1 + e);
    return e * r * r;
}

/* --- samples in memory ------------------------------------------------------------------------------ */

/* m rows of n numbers -> n rows of S samples. */
KERNEL __attribute__((unused)) void pack(long m, long n, long S, const double *x, double *z) {
    for (long s = 0; s < S; s += LANES)
        for (long i = 0; i < n; i++) {
            V v;
            for (int k = 0; k < LANES; k++) v[k] = s + k < m ? x[(s + k) * n + i] : 0;
            store(z + i * S + s, v);
        }
}
KERNEL __attribute__((unused)) void unpack(long m, long n, long S, const double *x, double *z) {
    for (long s = 0; s < m; s++)
        for (long i = 0; i < n; i++) z[s * n + i] = x[i * S + s];
}

/* --- matrix products -------------------------------------------------------------------------------- */

/* C[i][j] = sum_k A[i][k] B[k][j] for R rows and 1 to 3 vectors of columns, held in registers. */
#define TILE(R, T)                                                                                            \
KERNEL __attribute__((unused)) void tile_##R##_##T(long K, const double *a, long ar, long ac, const double *b, long br, double *c, long cr) { \
    V sum[R][T] = {{{0}}};                                                                                    \
    for (long k = 0; k < K; k++) {                                                                            \
        V x[T];                                                                                               \
        UNROLL for (int t = 0; t < T; t++) x[t] = load(b + k * br + t * LANES);                               \
        UNROLL for (int i = 0; i < R; i++) { double w = a[i * ar + k * ac];                                   \
            UNROLL for (int t = 0; t < T; t++) sum[i][t] += w * x[t]; }                                       \
    }                                                                                                         \
    UNROLL for (int i = 0; i < R; i++) UNROLL for (int t = 0; t < T; t++) store(c + i * cr + t * LANES, sum[i][t]); \
}
#define TILES(R) TILE(R, 1) TILE(R, 2) TILE(R, 3)
TILES(1) TILES(2) TILES(4)
#if ROWS == 8
TILES(8)
#endif

#define ROW_OF_TILES(R) if (left >= R) {                                                                      \
    const double *x = a + i * ar, *y = b + j; double *z = c + i * cr + j;                                     \
    if (t == 3) tile_##R##_3(K, x, ar, ac, y, br, z, cr);                                                     \
    else if (t == 2) tile_##R##_2(K, x, ar, ac, y, br, z, cr);                                                \
    else tile_##R##_1(K, x, ar, ac, y, br, z, cr);                                                            \
    i += R; continue; }

/* C = A B; A by rows of ar and columns of ac numbers, B and C by rows. N >= LANES; the last columns may be done twice. */
KERNEL __attribute__((unused)) void product(long I, long N, long K, const double *a, long ar, long ac, const double *b, long br, double *c, long cr) {
    for (long j = 0, t; j < N; j += t * LANES) {
        t = (N - j) / LANES;
        if (t > 3) t = t == 4 ? 2 : 3;
        if (t == 0) { t = 1; j = N - LANES; }
        for (long i = 0; i < I; ) {
            long left = I - i;
#if ROWS == 8
            ROW_OF_TILES(8)
#endif
            ROW_OF_TILES(4) ROW_OF_TILES(2) ROW_OF_TILES(1)
        }
    }
}

KERNEL __attribute__((unused)) void small_product(long I, long N, long K, const double *a, long ar, long ac, const double *b, long br, long bc, double *c) {
    for (long i = 0; i < I; i++)
        for (long j = 0; j < N; j++) {
            double sum = 0;
            for (long k = 0; k < K; k++) sum += a[i * ar + k * ac] * b[k * br + j * bc];
            c[i * N + j] = sum;
        }
}

/* The sums of the lanes of LANES vectors, as one vector. */
INLINE V sums(const V *x) {
#if LANES == 8
    V p[4], q[2];
    UNROLL for (int k = 0; k < 4; k++)
        p[k] = __builtin_shufflevector(x[2 * k], x[2 * k + 1], 0, 8, 2, 10, 4, 12, 6, 14)
             + __builtin_shufflevector(x[2 * k], x[2 * k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    UNROLL for (int k = 0; k < 2; k++)
        q[k] = __builtin_shufflevector(p[2 * k], p[2 * k + 1], 0, 1, 8, 9, 4, 5, 12, 13)
             + __builtin_shufflevector(p[2 * k], p[2 * k + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(q[0], q[1], 0, 1, 2, 3, 8, 9, 10, 11)
         + __builtin_shufflevector(q[0], q[1], 4, 5, 6, 7, 12, 13, 14, 15);
#elif LANES == 4
    V p[2];
    UNROLL for (int k = 0; k < 2; k++)
        p[k] = __builtin_shufflevector(x[2 * k], x[2 * k + 1], 0, 4, 2, 6) + __builtin_shufflevector(x[2 * k], x[2 * k + 1], 1, 5, 3, 7);
    return __builtin_shufflevector(p[0], p[1], 0, 1, 4, 5) + __builtin_shufflevector(p[0], p[1], 2, 3, 6, 7);
#else
    return __builtin_shufflevector(x[0], x[1], 0, 2) + __builtin_shufflevector(x[0], x[1], 1, 3);
#endif
}

/* C[p][q] = sum over m samples of P[p][s] Q[q][s], for LANES rows of P and R of Q. */
#define DOTS(R)                                                                                               \
KERNEL __attribute__((unused)) void dots_##R(long count, long m, long S, const double *P, const double *Q, double *c, long cp, long cq) { \
    V sum[R][LANES] = {{{0}}};                                                                                \
    const double *p[LANES];                                                                                   \
    UNROLL for (int k = 0; k < LANES; k++) p[k] = P + (k < count ? k : count - 1) * S;                        \
    long s = 0;                                                                                               \
    for (; s + LANES <= m; s += LANES) {                                                                      \
        V y[R];                                                                                               \
        UNROLL for (int r = 0; r < R; r++) y[r] = load(Q + r * S + s);                                        \
        UNROLL for (int k = 0; k < LANES; k++) { V x = load(p[k] + s);                                        \
            UNROLL for (int r = 0; r < R; r++) sum[r][k] += x * y[r]; }                                       \
    }                                                                                                         \
    if (s < m) {                                                                                              \
        M live = below(m - s);                                                                                \
        UNROLL for (int k = 0; k < LANES; k++) { V x = kept(live, load(p[k] + s));                            \
            UNROLL for (int r = 0; r < R; r++) sum[r][k] += x * kept(live, load(Q + r * S + s)); }            \
    }                                                                                                         \
    UNROLL for (int r = 0; r < R; r++) {                                                                      \
        V z = sums(sum[r]);                                                                                   \
        if (cp == 1 && count == LANES) store(c + r * cq, z);                                                  \
        else for (int k = 0; k < count; k++) c[k * cp + r * cq] = z[k];                                       \
    }                                                                                                         \
}
DOTS(1) DOTS(2) DOTS(3)

/* C[i][j] = sum over samples of A[i][s] B[j][s]; the longer side goes along the lanes. */
KERNEL __attribute__((unused)) void over_samples(long I, long J, long m, long S, const double *a, const double *b, double *c) {
    int swap = J < LANES && I > J;
    long P = swap ? I : J, Q = swap ? J : I, cp = swap ? J : 1, cq = swap ? 1 : J;
    const double *p = swap ? a : b, *q = swap ? b : a;
    for (long i = 0; i < P; i += LANES)
        for (long j = 0, n; j < Q; j += n) {
            long count = P - i < LANES ? P - i : LANES;
            n = Q - j >= 3 && Q - j != 4 ? 3 : Q - j >= 2 ? 2 : 1;
            const double *x = p + i * S, *y = q + j * S;
            double *z = c + i * cp + j * cq;
            if (n == 3)      dots_3(count, m, S, x, y, z, cp, cq);
            else if (n == 2) dots_2(count, m, S, x, y, z, cp, cq);
            else             dots_1(count, m, S, x, y, z, cp, cq);
        }
}

/* --- along the last axis ---------------------------------------------------------------------------- */

/* logsumexp and softmax of n rows of samples; either result may be left out. */
KERNEL __attribute__((unused)) void shares(long n, long S, const double *x, double *lse, double *share) {
    for (long s = 0; s < S; s += LANES) {
        V top = load(x + s), place = splat(0), rest = splat(0), own = splat(0);
        for (long i = 1; i < n; i++) {
            V y = load(x + i * S + s);
            M up = (y > top) | ((y != y) & (top == top));
            top = choose(up, y, top); place = choose(up, splat(i), place);
        }
        V from = lse && !share ? choose(v_abs(top) == INFINITY, splat(0), top) : top;
        for (long i = 0; i < n; i++) {
            V e = v_exp(load(x + i * S + s) - from);
            if (share) store(share + i * S + s, e);
            M won = place == splat(i);
            own = choose(won, e, own); rest += choose(won, splat(0), e);
        }
        if (lse) {
            V r = choose(v_abs(top) == INFINITY, splat(0), rest);
            store(lse + s, top + v_log1p(share ? r : rest));
        }
        if (share) {
            V scale = 1 / (own + rest);
            for (long i = 0; i < n; i++) store(share + i * S + s, load(share + i * S + s) * scale);
        }
    }
}
KERNEL __attribute__((unused)) void extreme(long n, long S, int smallest, const double *x, double *z) {
    for (long s = 0; s < S; s += LANES) {
        V top = load(x + s);
        for (long i = 1; i < n; i++) top = smallest ? v_smaller(load(x + i * S + s), top) : v_larger(load(x + i * S + s), top);
        store(z + s, top);
    }
}
KERNEL __attribute__((unused)) void extreme_number(long n, long S, int smallest, const double *x, double *z) {
    V top = splat(x[0]);
    for (long i = 1; i < n; i++) top = smallest ? v_smaller(splat(x[i]), top) : v_larger(splat(x[i]), top);
    *z = top[0];
}
KERNEL __attribute__((unused)) void shares_number(long n, long S, const double *x, double *lse, double *share) {
    double room[LANES], top, sum = 0, rest = 0;
    extreme_number(n, S, 0, x, room);
    top = room[0];
    double from = isinf(top) ? 0 : top;
    long place = 0;
    while (place < n - 1 && x[place] != top) place++;
    for (long i = 0; i < n; i++) sum += exp(x[i] - top);
    for (long i = 0; i < n; i++) if (i != place) rest += exp(x[i] - from);
    if (lse) *lse = top + log1p(rest);
    if (share) for (long i = 0; i < n; i++) share[i] = exp(x[i] - top) / sum;
}
