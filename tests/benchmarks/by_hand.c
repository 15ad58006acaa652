/* One step of an MLP as one writes it by hand in C: fixed sizes, arrays of units x samples, every inner loop over samples.
   -DB= samples, -DR= layers, -DSIZES= units of each layer from the inputs on, -DACT= 0 tanh 1 sigmoid, -DLOSS= 0 hinge + L2
   1 softmax cross-entropy 2 half the mean square. The inputs are given in the layout that suits it. */
#include <math.h>
#define P ((B + 7) / 8 * 8)
#define MOST 128
#define LOOP _Pragma("omp simd") for (int s = 0; s < P; s++)
#define SIMD __attribute__((simd("notinbranch"), const))
SIMD double exp(double); SIMD double tanh(double); SIMD double log(double);

static const int size[] = {SIZES};
static double a[R + 1][MOST * P] __attribute__((aligned(64))), d[R + 1][MOST * P] __attribute__((aligned(64)));

static double step(const double *X, const double *Y, double *theta, double *grad) {
    double loss = 0;
    const double *in = X;
    double *w = theta, *starts[R];
    for (int l = 1; l <= R; l++) {
        const int n = size[l], k = size[l - 1];
        double *b = w + n * k, *out = a[l];
        starts[l - 1] = w;
        for (int u = 0; u < n; u++) {
            double z[P];
            LOOP z[s] = b[u];
            for (int i = 0; i < k; i++) { const double c = w[u * k + i]; LOOP z[s] += c * in[i * P + s]; }
            if (l == R && LOSS != 2) LOOP out[u * P + s] = z[s];
            else if (ACT == 0)       LOOP out[u * P + s] = tanh(z[s]);
            else                     LOOP out[u * P + s] = 1 / (1 + exp(-z[s]));
        }
        in = out;
        w = b + n;
    }
    const int n = size[R];
    double *z = a[R], *delta = d[R];
    for (int s = 0; s < P; s++) for (int u = 0; u < n; u++) delta[u * P + s] = 0;
    if (LOSS == 0) {
        _Pragma("omp simd reduction(+:loss)") for (int s = 0; s < B; s++) {
            const double h = 1 - Y[s] * z[s];
            loss += h > 0 ? h : 0;
            delta[s] = h > 0 ? -Y[s] / B : 0;
        }
        loss /= B;
    } else if (LOSS == 1) {
        double top[P], sum[P], right[P];
        LOOP { top[s] = z[s]; sum[s] = right[s] = 0; }
        for (int u = 1; u < n; u++) LOOP top[s] = z[u * P + s] > top[s] ? z[u * P + s] : top[s];
        for (int u = 0; u < n; u++) LOOP {
            const double y = z[u * P + s] - top[s], e = exp(y);
            right[s] += Y[u * P + s] * y; delta[u * P + s] = e; sum[s] += e;
        }
        for (int u = 0; u < n; u++) _Pragma("omp simd") for (int s = 0; s < P; s++)
            delta[u * P + s] = s < B ? (delta[u * P + s] / sum[s] - Y[u * P + s]) / B : 0;
        _Pragma("omp simd reduction(+:loss)") for (int s = 0; s < B; s++) loss += log(sum[s]) - right[s];
        loss /= B;
    } else {
        _Pragma("omp simd reduction(+:loss)") for (int s = 0; s < B; s++) {
            const double e = z[s] - Y[s];
            loss += e * e;
            delta[s] = e / B * z[s] * (1 - z[s]);
        }
        loss /= 2 * B;
    }
    for (int l = R; l >= 1; l--) {
        const int n = size[l], k = size[l - 1];
        const double *in = l > 1 ? a[l - 1] : X;
        double *w = starts[l - 1], *g = grad + (w - theta);
        for (int u = 0; u < n; u++) {
            for (int i = 0; i < k; i++) {
                double sum = 0;
                _Pragma("omp simd reduction(+:sum)") for (int s = 0; s < P; s++) sum += d[l][u * P + s] * in[i * P + s];
                g[u * k + i] = sum;
            }
            double sum = 0;
            _Pragma("omp simd reduction(+:sum)") for (int s = 0; s < P; s++) sum += d[l][u * P + s];
            g[n * k + u] = sum;
        }
        if (l > 1) for (int i = 0; i < k; i++) {
            double da[P];
            LOOP da[s] = 0;
            for (int u = 0; u < n; u++) { const double c = w[u * k + i]; LOOP da[s] += c * d[l][u * P + s]; }
            const double *x = a[l - 1] + i * P;
            if (ACT == 0) LOOP d[l - 1][i * P + s] = da[s] * (1 - x[s] * x[s]);
            else          LOOP d[l - 1][i * P + s] = da[s] * x[s] * (1 - x[s]);
        }
    }
    if (LOSS == 0) for (double *p = theta, *g = grad; p < w; p++, g++) { loss += 1e-4 * *p * *p; *g += 2e-4 * *p; }
    return loss;
}

void steps(const double *X, const double *Y, double *theta, double *grad, double *losses, long count, double lr) {
    long total = 0;
    for (int l = 1; l <= R; l++) total += size[l] * (size[l - 1] + 1);
    for (long i = 0; i < count; i++) {
        losses[i] = step(X, Y, theta, grad);
        if (lr != 0) for (long k = 0; k < total; k++) theta[k] -= lr * grad[k];
    }
}
