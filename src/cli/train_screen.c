// The progress line.

#include "cli/train_screen.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "base/units.h"

void pt_train_screen_begin(struct pt_train_screen *screen, FILE *stream, bool quiet,
                           const struct pt_tariff *tariff)
{
    *screen = (struct pt_train_screen){
        .stream = stream, .terminal = isatty(fileno(stream)), .quiet = quiet, .tariff = tariff};
}

void pt_train_screen_end(struct pt_train_screen *screen)
{
    if (screen->line_open)
        fputc('\n', screen->stream);
    screen->line_open = false;
}

// Watts and money so far, as far as they are known.
static void describe_cost(const struct pt_train_screen *screen, const struct pt_meter_report *meter,
                          char *text, size_t size)
{
    char watts[48], joules[48], money[48] = "";
    struct pt_quantity price = pt_tariff_price(screen->tariff, meter->end_realtime_ns);
    double kwh = meter->joules.value / PT_JOULES_PER_KWH;
    if (pt_quantity_known(price) && pt_quantity_known(meter->joules))
        pt_format_money(kwh * price.value * screen->tariff->pue.value, screen->tariff->currency,
                        money);
    snprintf(text, size, "%s  %s%s%s", pt_format_watts(meter->joules.value / meter->seconds, watts),
             pt_format_joules(meter->joules.value, joules), *money != '\0' ? "  " : "", money);
}

// "epoch 2/5", or "step 500/2000" if the run file counts so.
static const char *describe_place(const struct pt_train_progress *progress, char buffer[64])
{
    if (progress->counts_steps)
        snprintf(buffer, 64, "step %lld/%lld", (long long)progress->step,
                 (long long)progress->step_count);
    else
        snprintf(buffer, 64, "epoch %lld/%lld", (long long)progress->epoch,
                 (long long)progress->epoch_count);
    return buffer;
}

// Four decimals, or three digits of a small one.
static const char *loss_text(double loss, char buffer[32])
{
    snprintf(buffer, 32, fabs(loss) < 0.01 ? "%.3g" : "%.4f", loss);
    return buffer;
}

static void print_line(struct pt_train_screen *screen, const struct pt_train_progress *progress)
{
    char cost[160], rate[48], left[64] = "";
    describe_cost(screen, &progress->meter, cost, sizeof cost);
    if (isfinite(progress->seconds_left)) {
        char duration[32];
        snprintf(left, sizeof left, "  %s left",
                 pt_format_duration(progress->seconds_left, duration));
    }
    char line[512], where[64], loss[32];
    bool tokens = progress->tokens_per_sample > 0;
    double per_sample = tokens ? (double)progress->tokens_per_sample : 1;
    snprintf(line, sizeof line, "%s  %3.0f %%  loss %s  %s %s/s  %s%s",
             describe_place(progress, where),
             100 * (double)progress->step / (double)progress->step_count,
             loss_text(progress->loss, loss),
             pt_format_count(round(progress->samples_per_second * per_sample), rate),
             tokens ? "tokens" : "samples", cost, left);
    if (!screen->terminal) {
        fprintf(screen->stream, "%s\n", line);
        return;
    }
    int width = pt_terminal_width(fileno(screen->stream)) - 1;
    fprintf(screen->stream, "\r%.*s\033[K", width > 0 ? width : 79, line);
    screen->line_open = true;
}

static void print_evaluation(struct pt_train_screen *screen,
                             const struct pt_train_progress *progress)
{
    char where[64], loss[32];
    pt_train_screen_end(screen);
    fprintf(screen->stream, "%s  loss %s", describe_place(progress, where),
            loss_text(progress->loss, loss));
    if (!isnan(progress->test_loss))
        fprintf(screen->stream, "  test loss %s", loss_text(progress->test_loss, loss));
    if (!isnan(progress->test_loss) && progress->tokens_per_sample > 0)
        fprintf(screen->stream, "  perplexity %.4g", exp(progress->test_loss));
    if (!isnan(progress->test_accuracy))
        fprintf(screen->stream, "  test accuracy %.2f %%", 100 * progress->test_accuracy);
    char cost[160];
    describe_cost(screen, &progress->meter, cost, sizeof cost);
    fprintf(screen->stream, "  %s\n", cost);
}

void pt_train_screen_show(struct pt_train_screen *screen, const struct pt_train_progress *progress)
{
    if (progress->warning != NULL) {
        pt_train_screen_end(screen);
        fprintf(screen->stream, "powertrain train: warning: %s; training goes on\n",
                progress->warning->message);
    }
    if (screen->quiet)
        return;
    if (progress->evaluated) {
        // A thousand short epochs are a progress line, not a thousand lines.
        int64_t every = (progress->evaluation_count + 19) / 20;
        if (progress->evaluation % every == 0 || progress->evaluation == progress->evaluation_count)
            print_evaluation(screen, progress);
        screen->last_plain_step = progress->step;
    } else if (screen->terminal ||
               (progress->step - screen->last_plain_step) * 10 >= progress->step_count) {
        print_line(screen, progress);
        screen->last_plain_step = progress->step;
    }
    fflush(screen->stream);
}
