#!/usr/bin/env python3
"""Learning rates of PyTorch and transformers for tests/train/test_learning_rate.c.

    python3 tests/reference/schedules.py      # writes schedules.h
"""

import os
import warnings

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR
from transformers import (get_cosine_with_hard_restarts_schedule_with_warmup,
                          get_inverse_sqrt_schedule)

from c_header import Header

STEPS = 40
PEAK = 0.8

CASES = [
    ("{kind: cosine, final_share: 0.25}",
     lambda o: CosineAnnealingLR(o, T_max=STEPS, eta_min=PEAK / 4)),
    ("{kind: cosine, cycles: 3}",
     lambda o: get_cosine_with_hard_restarts_schedule_with_warmup(o, 0, STEPS, num_cycles=3)),
    ("{kind: one_cycle}", lambda o: OneCycleLR(o, max_lr=PEAK, total_steps=STEPS)),
    ("{kind: one_cycle, rise_share: 0.4, start_share: 0.1, final_share: 0.02}",
     lambda o: OneCycleLR(o, max_lr=PEAK, total_steps=STEPS, pct_start=0.4, div_factor=10,
                          final_div_factor=5)),
    ("{kind: inverse_sqrt, timescale: 7}", lambda o: get_inverse_sqrt_schedule(o, 0, timescale=7)),
]


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    schedule = make(optimizer)
    values = []
    for _ in range(STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return values


def main():
    warnings.simplefilter("ignore")
    header = Header("schedules.py", "PT_TEST_REFERENCE_SCHEDULES_H")
    for index, (_, make) in enumerate(CASES):
        header.doubles(f"schedule{index}", rates(make))
    header.text(f"enum {{ SCHEDULE_STEPS = {STEPS} }};")
    header.text("static const struct { const char *yaml; const double *rates; } "
                "reference_schedules[] = {")
    header.lines += [f'    {{"{yaml}", schedule{i}}},' for i, (yaml, _) in enumerate(CASES)]
    header.text("};")
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "schedules.h"))


if __name__ == "__main__":
    main()
