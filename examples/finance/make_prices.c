// Makes a price series with the habits of markets and a little that can be learned: prices.csv for
// forecast.yaml. A real series of your own has the same columns: date, close, volume.
//
//   example_make_prices [DAYS [SEED]] > prices.csv
//
// Returns have volatility that comes in clusters, GARCH(1,1) (Bollerslev 1986,
// doi:10.1016/0304-4076(86)90063-1), heavy tails, and a drift that follows a slow wave and the last
// days' returns. The drift explains about an eighth of the variance; in real markets it is far
// less.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS_MAX = 1000000 };

static uint64_t state = 1;
static double random_unit(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return ((double)((state * UINT64_C(2685821657736338717)) >> 11) + 0.5) * 0x1p-53;
}

// Box and Muller 1958.
static double random_normal(void)
{
    return sqrt(-2 * log(random_unit())) * cos(6.283185307179586 * random_unit());
}

// Student's t with 5 degrees of freedom, scaled to variance 1.
static double random_heavy(void)
{
    double squares = 0;
    for (int i = 0; i < 5; i++) {
        double normal = random_normal();
        squares += normal * normal;
    }
    return random_normal() / sqrt(squares / 5) * sqrt(3.0 / 5);
}

int main(int argc, char **argv)
{
    long days = argc > 1 ? strtol(argv[1], NULL, 10) : 5000;
    if (argc > 3 || days < 1 || days > DAYS_MAX) {
        fputs("usage: make_prices [DAYS [SEED]] > prices.csv\n", stderr);
        return 2;
    }
    state = argc > 2 ? strtoull(argv[2], NULL, 10) * 2 + 1 : 1;

    double log_price = log(100), last = 0, before = 0, variance = 1e-4;
    time_t day = 946857600; // 2000-01-03, a Monday
    puts("date,close,volume");
    for (long i = 0; i < days; i++) {
        double wave = 0.0022 * sin(6.283185307179586 * (double)i / 63);
        double drift = 0.0002 + wave + 0.22 * last - 0.12 * before;
        double shock = sqrt(variance) * random_heavy();
        before = last;
        last = drift + shock;
        log_price += last;
        variance = 2e-6 + 0.08 * shock * shock + 0.90 * variance;
        double volume = exp(13 + 40 * fabs(last) + 0.2 * random_normal());

        struct tm date;
        char text[16];
        gmtime_r(&day, &date);
        strftime(text, sizeof text, "%Y-%m-%d", &date);
        printf("%s,%.4f,%.0f\n", text, exp(log_price), volume);
        day += date.tm_wday == 5 ? 3 * 86400 : 86400;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
