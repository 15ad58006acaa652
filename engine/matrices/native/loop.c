/* The epochs of a training: a program's step and an optimizer's rule, both compiled before, in turn.

   step, rule   their C functions, see c_source.py
   in, out      the arrays of step; rule_in, rule_out those of the rule, which makes new parameters and states of the old
   turn         the old and the new are two sets of arrays, and change places after each step
   order        the samples in the order in which they are used; none: all of them, which x and y hold already */

#include <string.h>

typedef void (*Function)(long, long, long, const double *const *, double *const *, double *);

typedef struct {
    Function step, rule;
    long samples, size, padded, inputs, targets, turn;
    const double *X, *Y;
    double *x, *y;
    const double *const *in[2];      double *const *out;         double *work;
    const double *const *rule_in[2]; double *const *rule_out[2]; double *rule_work;
    double *steps;
} Training;

static void gather(const double *from, const long *order, long many, long numbers, double *to) {
    for (long k = 0; k < many; k++) memcpy(to + k * numbers, from + order[k] * numbers, sizeof(double) * numbers);
}

void train(Training *t, long epochs, const long *order, double *losses) {
    for (long e = 0; e < epochs; e++) {
        losses[e] = 0;
        for (long k = 0; k < t->samples; k += t->size) {
            long m = t->samples - k < t->size ? t->samples - k : t->size;
            if (order) {
                gather(t->X, order + k, m, t->inputs, t->x);
                gather(t->Y, order + k, m, t->targets, t->y);
            }
            t->step(m, t->padded, order || !e, t->in[t->turn], t->out, t->work);
            losses[e] += t->out[0][0] * m / t->samples;
            *t->steps += 1;
            t->rule(1, 8, 1, t->rule_in[t->turn], t->rule_out[t->turn], t->rule_work);
            t->turn = 1 - t->turn;
        }
    }
}
