// What is usual where a user says nothing. Each is listed as an assumption of the plan.
#ifndef PT_PLAN_USUAL_H
#define PT_PLAN_USUAL_H

#include "plan/request.h"

// A request that says nothing: no model, no cluster, nothing measured, one run.
struct pt_plan_request pt_plan_request_none(void);

// Of the memory of a device. CUDA offers 98.6 to 99.2 % of what is printed on the card (79.1 GiB of
// 80, 39.4 of 40, 31.75 of 32, 15.78 of 16, in PyTorch's messages), and of published runs that told
// their peak one in ten took 2.3 % more than the model says (docs/planner.md).
#define PT_PLAN_USUAL_MEMORY_RESERVE 0.04

// Samples of a step: of language models as GPT-3's of that size had, Brown et al. 2020, table 2.1;
// of others 1024.
double pt_plan_usual_batch(const struct pt_workload *workload);
// The same for a run of so many tokens: 0.292 C^0.3271 tokens for C FLOP, the optimum that DeepSeek
// LLM found, arXiv:2401.02954, 3.2; the nearest power of 2 in samples.
double pt_plan_usual_batch_for(const struct pt_workload *workload, double tokens);
// The number of samples nearest to so many tokens that divides well: within 6 % the one with most
// factors of two.
double pt_plan_batch_of_tokens(const struct pt_workload *workload, double tokens);
// 20 for each parameter that a token uses, Hoffmann et al. 2022; of images 90 times ImageNet-1k.
double pt_plan_usual_tokens(const struct pt_workload *workload);
// bf16, or fp16 and fp32 on what has no units for it.
enum pt_format pt_plan_usual_format(const struct pt_accelerator *accelerator);
// Megatron-LM on GPUs and the like, XLA on TPUs.
enum pt_framework pt_plan_usual_framework(const struct pt_accelerator *accelerator);
// Kernels that never store the scores exist from Ampere, MI200, TPU v2 on; Dao 2022 and JAX.
bool pt_plan_usual_flash_attention(const struct pt_accelerator *accelerator);
// Facility over IT energy. Large sites that do not say: 1.2 (1.08 to 1.56, the hyperscalers' and
// the world's mean, Uptime Institute 2024).
struct pt_quantity pt_plan_usual_pue(void);

#endif
