/* One training step of a small network, written by hand for its sizes: samples along the vectors, everything in cache.

   The peer of the native runner. Compiled with -D for each workload:

     IN, H1, H2, OUT   units; H2 is 0 for one hidden layer        M, S   samples, and with padding
     LN                doubles per vector                        HINGE, SOFTMAX, SQUARES   the loss
   tanh and exp are glibc's own vector functions; slopes are the textbook's 1 - a^2 and a (1 - a). */

#include <math.h>

typedef double V __attribute__((vector_size(8 * LN)));
typedef long   M64 __attribute__((vector_size(8 * LN)));
#if LN == 8
V _ZGVeN8v_tanh(V); V _ZGVeN8v_exp(V); V _ZGVeN8v_log(V);
#define TANH _ZGVeN8v_tanh
#define EXP  _ZGVeN8v_exp
#define LOG  _ZGVeN8v_log
#else
V _ZGVdN4v_tanh(V); V _ZGVdN4v_exp(V); V _ZGVdN4v_log(V);
#define TANH _ZGVdN4v_tanh
#define EXP  _ZGVdN4v_exp
#define LOG  _ZGVdN4v_log
#endif
#define VS (S / LN)
#define INLINE static inline __attribute__((always_inline))
#define LAST (H2 ? H2 : H1)

static V X[IN][VS], A1[H1][VS], A2[H2 + 1][VS], Z[OUT][VS], D1[H1][VS], D2[H2 + 1][VS], D[OUT][VS], Y[OUT][VS];
static double W1[H1][IN], B1[H1], W2[H2 + 1][H1], B2[H2 + 1], W3[OUT][LAST], B3[OUT];
static double G1[H1][IN], g1[H1], G2[H2 + 1][H1], g2[H2 + 1], G3[OUT][LAST], g3[OUT];

INLINE double sum(V x) { double z = 0; for (int k = 0; k < LN; k++) z += x[k]; return z; }
INLINE V max(V a, V b) { M64 c = a > b; return (V)((c & (M64)a) | (~c & (M64)b)); }

/* z = W a + b, eight units at a time. */
INLINE void forward(int out, int in, const double *W, const double *b, V (*a)[VS], V (*z)[VS], int act) {
    for (int u = 0; u < out; u += 8) {
        int n = out - u < 8 ? out - u : 8;
        for (int s = 0; s < VS; s++) {
            V t[8];
            for (int k = 0; k < 8; k++) if (k < n) t[k] = (V){0} + b[u + k];
            for (int i = 0; i < in; i++)
#pragma GCC unroll 8
                for (int k = 0; k < 8; k++) if (k < n) t[k] += W[(u + k) * in + i] * a[i][s];
#pragma GCC unroll 8
            for (int k = 0; k < 8; k++) if (k < n) z[u + k][s] = act == 1 ? TANH(t[k]) : act == 2 ? 1 / (1 + EXP(-t[k])) : t[k];
        }
    }
}

/* d = (W^T e) * slope(a). */
INLINE void backward(int out, int in, const double *W, V (*e)[VS], V (*a)[VS], V (*d)[VS], int act) {
    for (int i = 0; i < in; i += 8) {
        int n = in - i < 8 ? in - i : 8;
        for (int s = 0; s < VS; s++) {
            V t[8] = {{0}};
            for (int u = 0; u < out; u++)
#pragma GCC unroll 8
                for (int k = 0; k < 8; k++) if (k < n) t[k] += W[u * in + i + k] * e[u][s];
#pragma GCC unroll 8
            for (int k = 0; k < 8; k++) if (k < n) d[i + k][s] = t[k] * (act == 1 ? 1 - a[i + k][s] * a[i + k][s] : a[i + k][s] * (1 - a[i + k][s]));
        }
    }
}

/* G = e a^T and g = sum of e, four units by four at a time. */
INLINE void gradients(int out, int in, V (*e)[VS], V (*a)[VS], double *G, double *g) {
    for (int u = 0; u < out; u += 4) {
        int n = out - u < 4 ? out - u : 4;
        for (int i = 0; i < in; i += 4) {
            int c = in - i < 4 ? in - i : 4;
            V t[4][4] = {{{0}}};
            for (int s = 0; s < VS; s++)
#pragma GCC unroll 4
                for (int k = 0; k < 4; k++)
#pragma GCC unroll 4
                    for (int j = 0; j < 4; j++) if (k < n && j < c) t[k][j] += e[u + k][s] * a[i + j][s];
#pragma GCC unroll 4
            for (int k = 0; k < 4; k++)
#pragma GCC unroll 4
                for (int j = 0; j < 4; j++) if (k < n && j < c) G[(u + k) * in + i + j] = sum(t[k][j]);
        }
        for (int k = 0; k < n; k++) { V t = {0}; for (int s = 0; s < VS; s++) t += e[u + k][s]; g[u + k] = sum(t); }
    }
}

INLINE void update(int n, double *w, double *g, double lr) {
    for (int k = 0; k < n; k++) w[k] -= lr * g[k];
}

INLINE double penalty(int n, double *w, double *g) {
    double z = 0;
#pragma omp simd reduction(+:z)
    for (int k = 0; k < n; k++) { z += w[k] * w[k]; g[k] += 2e-4 * w[k]; }
    return z;
}

INLINE V live(int s) { V z; for (int k = 0; k < LN; k++) z[k] = s * LN + k < M ? 1.0 : 0.0; return z; }

static double losses(void) {
    V loss = {0};
    for (int s = 0; s < VS; s++) {
#ifdef HINGE
        V h = 1 - Y[0][s] * Z[0][s], on = live(s);
        M64 c = h > 0;
        loss += on * max(h, (V){0});
        D[0][s] = (V)(c & (M64)(on * Y[0][s])) * (-1.0 / M);
#endif
#ifdef SQUARES
        V h = (Z[0][s] - Y[0][s]) * live(s);
        loss += 0.5 * h * h;
        D[0][s] = h * Z[0][s] * (1 - Z[0][s]) * (1.0 / M);
#endif
#ifdef SOFTMAX
        V top = Z[0][s], all = {0}, at = {0};
        for (int k = 1; k < OUT; k++) top = max(Z[k][s], top);
        for (int k = 0; k < OUT; k++) { V e = EXP(Z[k][s] - top); all += e; at += Y[k][s] * (Z[k][s] - top); D[k][s] = e; }
        loss += (LOG(all) - at) * live(s);
        V scale = 1 / all;
        for (int k = 0; k < OUT; k++) D[k][s] = (D[k][s] * scale - Y[k][s]) * live(s) * (1.0 / M);
#endif
    }
    return sum(loss) / M;
}

static double once(double lr) {
    enum { TANHS = 1, SIGMOIDS = 2 };
#ifdef SQUARES
    int act = SIGMOIDS, end = SIGMOIDS;
#else
    int act = TANHS, end = 0;
#endif
    forward(H1, IN, &W1[0][0], B1, X, A1, act);
    if (H2) forward(H2, H1, &W2[0][0], B2, A1, A2, act);
    forward(OUT, LAST, &W3[0][0], B3, H2 ? A2 : A1, Z, end);
    double loss = losses();
    gradients(OUT, LAST, D, H2 ? A2 : A1, &G3[0][0], g3);
    backward(OUT, LAST, &W3[0][0], D, H2 ? A2 : A1, H2 ? D2 : D1, act);
    if (H2) {
        gradients(H2, H1, D2, A1, &G2[0][0], g2);
        backward(H2, H1, &W2[0][0], D2, A1, D1, act);
    }
    gradients(H1, IN, D1, X, &G1[0][0], g1);
#ifdef HINGE
    double p = penalty(H1 * IN, &W1[0][0], &G1[0][0]) + penalty(H1, B1, g1) + penalty(OUT * LAST, &W3[0][0], &G3[0][0]) + penalty(OUT, B3, g3);
    if (H2) p += penalty(H2 * H1, &W2[0][0], &G2[0][0]) + penalty(H2, B2, g2);
    loss += 1e-4 * p;
#endif
    update(H1 * IN, &W1[0][0], &G1[0][0], lr); update(H1, B1, g1, lr);
    if (H2) { update(H2 * H1, &W2[0][0], &G2[0][0], lr); update(H2, B2, g2, lr); }
    update(OUT * LAST, &W3[0][0], &G3[0][0], lr); update(OUT, B3, g3, lr);
    return loss;
}

/* Data by samples, parameters in the order W1 b1 (W2 b2) W3 b3; `back` copies the gradients out in that order. */
#define EACH(f) f(W1, G1, H1 * IN) f(B1, g1, H1) if (H2) { f(W2, G2, H2 * H1) f(B2, g2, H2) } f(W3, G3, OUT * LAST) f(B3, g3, OUT)
void start(const double *x, const double *y, const double *w) {
    for (int m = 0; m < M; m++) {
        for (int i = 0; i < IN; i++)  X[i][m / LN][m % LN] = x[m * IN + i];
        for (int i = 0; i < OUT; i++) Y[i][m / LN][m % LN] = y[m * OUT + i];
    }
#define TAKE(W, G, n) for (int k = 0; k < (n); k++) ((double *)W)[k] = *w++;
    EACH(TAKE)
}
void back(double *g) {
#define GIVE(W, G, n) for (int k = 0; k < (n); k++) *g++ = ((double *)G)[k];
    EACH(GIVE)
}
double steps(long count, double lr) {
    double loss = 0;
    while (count--) loss = once(lr);
    return loss;
}
