// A small ridge regression that learns one example at a time and forgets slowly.
#ifndef PT_SCHEDULE_FORECAST_RIDGE_H
#define PT_SCHEDULE_FORECAST_RIDGE_H

enum { PT_RIDGE_FEATURES = 12 };

struct pt_ridge {
    int feature_count; // the first of them are used; at most PT_RIDGE_FEATURES
    double products[PT_RIDGE_FEATURES][PT_RIDGE_FEATURES], targets[PT_RIDGE_FEATURES];
    double weights[PT_RIDGE_FEATURES];
    int example_count, solved_count;
};

void pt_ridge_learn(struct pt_ridge *ridge, const float *features, double target);
// Solves anew if enough examples came since; penalty > 0 draws weights to 0.
double pt_ridge_predict(struct pt_ridge *ridge, const float *features, double penalty);

#endif
