// w = (sum f f' + penalty I)^-1 sum f y, by Gauss elimination: the matrix is positive definite.

#include "schedule/forecast_ridge.h"

// Of what was learned, each example keeps this share of the weight of all before it: with one
// example an hour the regression remembers about three months, with one a day it forgets nothing.
static const double memory = 0.9995;

void pt_ridge_learn(struct pt_ridge *ridge, const float *features, double target)
{
    for (int i = 0; i < ridge->feature_count; i++) {
        for (int j = 0; j < ridge->feature_count; j++)
            ridge->products[i][j] =
                ridge->products[i][j] * memory + (double)features[i] * (double)features[j];
        ridge->targets[i] = ridge->targets[i] * memory + (double)features[i] * target;
    }
    ridge->example_count++;
}

static void solve(struct pt_ridge *ridge, double penalty)
{
    double a[PT_RIDGE_FEATURES][PT_RIDGE_FEATURES], b[PT_RIDGE_FEATURES];
    const int n = ridge->feature_count;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            a[i][j] = ridge->products[i][j] + (i == j ? penalty : 0);
        b[i] = ridge->targets[i];
    }
    for (int i = 0; i < n; i++) {
        for (int row = i + 1; row < n; row++) {
            double ratio = a[row][i] / a[i][i];
            for (int j = i; j < n; j++)
                a[row][j] -= ratio * a[i][j];
            b[row] -= ratio * b[i];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            b[i] -= a[i][j] * ridge->weights[j];
        ridge->weights[i] = b[i] / a[i][i];
    }
    ridge->solved_count = ridge->example_count;
}

double pt_ridge_predict(struct pt_ridge *ridge, const float *features, double penalty)
{
    // Weights move slowly once there are many examples.
    if (ridge->example_count > ridge->solved_count + ridge->example_count / 50)
        solve(ridge, penalty);
    double sum = 0;
    for (int i = 0; i < ridge->feature_count; i++)
        sum += ridge->weights[i] * (double)features[i];
    return sum;
}
