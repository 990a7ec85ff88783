// Mixtures of experts.

#include "model/zoo_tables.h"

// clang-format off
#define MIXTRAL(WIDTH, INNER, LAYERS, HEADS, CONTEXT)                                              \
    "{\"model_type\": \"mixtral\", \"architectures\": [\"MixtralForCausalLM\"], "                  \
    "\"vocab_size\": 32000, \"hidden_size\": " #WIDTH ", \"intermediate_size\": " #INNER           \
    ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                       \
    ", \"num_key_value_heads\": 8, \"max_position_embeddings\": " #CONTEXT                         \
    ", \"rms_norm_eps\": 1e-05, \"rope_theta\": 1000000.0, \"sliding_window\": null, "             \
    "\"num_local_experts\": 8, \"num_experts_per_tok\": 2, \"tie_word_embeddings\": false}"
#define QWEN_MOE(TYPE, CLASS, WIDTH, INNER, LAYERS, HEADS, KV_HEADS, CONTEXT, EXPERTS, TOP_K,      \
                 EXPERT_INNER, MORE)                                                               \
    "{\"model_type\": \"" TYPE "\", \"architectures\": [\"" CLASS "\"], \"vocab_size\": 151936, "  \
    "\"hidden_size\": " #WIDTH ", \"intermediate_size\": " #INNER ", \"num_hidden_layers\": "      \
    #LAYERS ", \"num_attention_heads\": " #HEADS ", \"num_key_value_heads\": " #KV_HEADS           \
    ", \"max_position_embeddings\": " #CONTEXT ", \"rms_norm_eps\": 1e-06, "                       \
    "\"rope_theta\": 1000000.0, \"num_experts\": " #EXPERTS ", \"num_experts_per_tok\": " #TOP_K   \
    ", \"moe_intermediate_size\": " #EXPERT_INNER ", " MORE ", \"tie_word_embeddings\": false}"
#define QWEN2_MOE(SHARED, ...)                                                                     \
    QWEN_MOE("qwen2_moe", "Qwen2MoeForCausalLM", __VA_ARGS__,                                      \
             "\"shared_expert_intermediate_size\": " #SHARED ", \"norm_topk_prob\": false")
#define QWEN3_MOE(...)                                                                             \
    QWEN_MOE("qwen3_moe", "Qwen3MoeForCausalLM", __VA_ARGS__,                                      \
             "\"head_dim\": 128, \"norm_topk_prob\": true")
#define YARN(FACTOR, MSCALE)                                                                       \
    "\"rope_scaling\": {\"type\": \"yarn\", \"factor\": " #FACTOR                                  \
    ", \"original_max_position_embeddings\": 4096, \"beta_fast\": 32, \"beta_slow\": 1, "          \
    "\"mscale\": " #MSCALE ", \"mscale_all_dim\": " #MSCALE "}"
#define DEEPSEEK(TYPE, CLASS, VOCABULARY, WIDTH, INNER, LAYERS, HEADS, CONTEXT, QUERY_RANK,        \
                 EXPERTS, TOP_K, EXPERT_INNER, SHARED, FIRST, SCALE, MORE)                         \
    "{\"model_type\": \"" TYPE "\", \"architectures\": [\"" CLASS "\"], \"vocab_size\": "          \
    #VOCABULARY ", \"hidden_size\": " #WIDTH ", \"intermediate_size\": " #INNER                    \
    ", \"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                       \
    ", \"max_position_embeddings\": " #CONTEXT ", \"q_lora_rank\": " #QUERY_RANK                   \
    ", \"kv_lora_rank\": 512, \"qk_nope_head_dim\": 128, \"qk_rope_head_dim\": 64, "               \
    "\"v_head_dim\": 128, \"n_routed_experts\": " #EXPERTS ", \"num_experts_per_tok\": " #TOP_K    \
    ", \"moe_intermediate_size\": " #EXPERT_INNER ", \"n_shared_experts\": " #SHARED               \
    ", \"first_k_dense_replace\": " #FIRST ", \"routed_scaling_factor\": " #SCALE                  \
    ", \"rms_norm_eps\": 1e-06, " MORE ", \"tie_word_embeddings\": false}"
#define DEEPSEEK2(...) DEEPSEEK("deepseek_v2", "DeepseekV2ForCausalLM", 102400, __VA_ARGS__)
#define DEEPSEEK3(TYPE, ...) DEEPSEEK(TYPE, "DeepseekV3ForCausalLM", __VA_ARGS__)
#define LLAMA4(CONTEXT, EXPERTS, STEP, MORE)                                                       \
    "{\"model_type\": \"llama4_text\", \"architectures\": [\"Llama4ForCausalLM\"], "               \
    "\"vocab_size\": 202048, \"hidden_size\": 5120, \"intermediate_size\": 8192, "                 \
    "\"intermediate_size_mlp\": 16384, \"num_hidden_layers\": 48, \"num_attention_heads\": 40, "   \
    "\"num_key_value_heads\": 8, \"head_dim\": 128, \"max_position_embeddings\": " #CONTEXT        \
    ", \"num_local_experts\": " #EXPERTS ", \"num_experts_per_tok\": 1, "                          \
    "\"interleave_moe_layer_step\": " #STEP ", \"rms_norm_eps\": 1e-05, "                          \
    "\"rope_theta\": 500000.0, \"attention_chunk_size\": 8192, " MORE                              \
    ", \"tie_word_embeddings\": false}"
#define GPT_OSS(LAYERS, EXPERTS)                                                                   \
    "{\"model_type\": \"gpt_oss\", \"architectures\": [\"GptOssForCausalLM\"], "                   \
    "\"vocab_size\": 201088, \"hidden_size\": 2880, \"intermediate_size\": 2880, "                 \
    "\"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": 64, "                            \
    "\"num_key_value_heads\": 8, \"head_dim\": 64, \"num_local_experts\": " #EXPERTS               \
    ", \"num_experts_per_tok\": 4, \"sliding_window\": 128, "                                      \
    "\"max_position_embeddings\": 131072, \"rms_norm_eps\": 1e-05, \"rope_theta\": 150000, "       \
    "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 32.0, \"beta_fast\": 32.0, "          \
    "\"beta_slow\": 1.0, \"truncate\": false, \"original_max_position_embeddings\": 4096}, "       \
    "\"attention_bias\": true, \"tie_word_embeddings\": false}"
#define GRANITE_MOE(WIDTH, LAYERS, HEADS, EXPERTS)                                                 \
    "{\"model_type\": \"granitemoe\", \"architectures\": [\"GraniteMoeForCausalLM\"], "            \
    "\"vocab_size\": 49155, \"hidden_size\": " #WIDTH ", \"intermediate_size\": 512, "             \
    "\"num_hidden_layers\": " #LAYERS ", \"num_attention_heads\": " #HEADS                         \
    ", \"num_key_value_heads\": 8, \"num_local_experts\": " #EXPERTS                               \
    ", \"num_experts_per_tok\": 8, \"max_position_embeddings\": 4096, \"rms_norm_eps\": 1e-06, "   \
    "\"rope_theta\": 10000.0, \"tie_word_embeddings\": true}"

const struct pt_zoo_model pt_zoo_experts[] = {
    // Mixtures of experts. Llama 4: the part that reads text.
    {"mixtral-8x7b", MIXTRAL(4096, 14336, 32, 32, 32768),
     "46,702,792,704 parameters, of which a token uses 12,879,925,248",
     HUB("mistralai/Mixtral-8x7B-v0.1")},
    {"mixtral-8x22b", MIXTRAL(6144, 16384, 56, 48, 65536),
     "140,620,634,112 parameters, of which a token uses 39,152,031,744",
     HUB("mistralai/Mixtral-8x22B-v0.1")},
    {"qwen1.5-moe-a2.7b",
     QWEN2_MOE(5632, 2048, 5632, 24, 16, 16, 8192, 60, 4, 1408),
     "14,315,784,192 parameters, of which a token uses 2,689,173,504",
     HUB("Qwen/Qwen1.5-MoE-A2.7B")},
    {"qwen2-57b-a14b",
     QWEN2_MOE(20480, 3584, 18944, 28, 28, 4, 131072, 64, 8, 2560),
     "57,408,658,944 parameters, of which a token uses 14,249,270,784",
     HUB("Qwen/Qwen2-57B-A14B")},
    {"qwen3-30b-a3b", QWEN3_MOE(2048, 6144, 48, 32, 4, 40960, 128, 8, 768),
     "30,532,122,624 parameters, of which a token uses 3,353,032,704", HUB("Qwen/Qwen3-30B-A3B")},
    {"qwen3-235b-a22b", QWEN3_MOE(4096, 12288, 94, 64, 4, 40960, 128, 8, 1536),
     "235,093,634,560 parameters, of which a token uses 22,190,763,520",
     HUB("Qwen/Qwen3-235B-A22B")},
    {"olmoe-1b-7b",
     "{\"model_type\": \"olmoe\", \"architectures\": [\"OlmoeForCausalLM\"], "
     "\"vocab_size\": 50304, \"hidden_size\": 2048, \"intermediate_size\": 1024, "
     "\"num_hidden_layers\": 16, \"num_attention_heads\": 16, \"num_key_value_heads\": 16, "
     "\"max_position_embeddings\": 4096, \"rms_norm_eps\": 1e-05, \"rope_theta\": 10000.0, "
     "\"num_experts\": 64, \"num_experts_per_tok\": 8, \"norm_topk_prob\": false, "
     "\"tie_word_embeddings\": false}",
     "6,919,161,856 parameters, of which a token uses 1,282,017,280",
     HUB("allenai/OLMoE-1B-7B-0924")},
    {"deepseek-v2-lite",
     DEEPSEEK2(2048, 10944, 27, 16, 163840, null, 64, 6, 1408, 2, 1, 1.0,
               "\"topk_method\": \"greedy\", \"rope_theta\": 10000, " YARN(40, 0.707)),
     "15,706,484,224 parameters, of which a token uses 2,661,150,208",
     HUB("deepseek-ai/DeepSeek-V2-Lite")},
    {"deepseek-v2",
     DEEPSEEK2(5120, 12288, 60, 128, 163840, 1536, 160, 6, 1536, 2, 1, 16.0,
               "\"topk_method\": \"group_limited_greedy\", \"n_group\": 8, \"topk_group\": 3, "
               "\"rope_theta\": 10000, " YARN(40, 0.707)),
     "235,741,434,880 parameters, of which a token uses 21,375,800,320",
     HUB("deepseek-ai/DeepSeek-V2")},
    {"deepseek-v3",
     DEEPSEEK3("deepseek_v3", 129280, 7168, 18432, 61, 128, 163840, 1536, 256, 8, 2048, 1, 3, 2.5,
               "\"n_group\": 8, \"topk_group\": 4, \"norm_topk_prob\": true, "
               "\"rope_theta\": 10000, " YARN(40, 1.0)),
     "671,026,419,200 parameters, of which a token uses 37,552,297,472",
     HUB("deepseek-ai/DeepSeek-V3")},
    {"kimi-k2",
     DEEPSEEK3("kimi_k2", 163840, 7168, 18432, 61, 64, 131072, 1536, 384, 8, 2048, 1, 1, 2.827,
               "\"n_group\": 1, \"topk_group\": 1, \"norm_topk_prob\": true, "
               "\"rope_theta\": 50000.0, " YARN(32, 1.0)),
     "1,026,408,232,448 parameters, of which a token uses 32,861,500,928",
     HUB("moonshotai/Kimi-K2-Base")},
    {"llama-4-scout",
     LLAMA4(10485760, 16, 1,
            "\"use_qk_norm\": true, \"rope_scaling\": {\"rope_type\": \"llama3\", "
            "\"factor\": 16.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 1.0, "
            "\"original_max_position_embeddings\": 8192}"),
     "107,769,861,120 parameters, of which a token uses 17,172,894,720",
     HUB("meta-llama/Llama-4-Scout-17B-16E")},
    {"llama-4-maverick", LLAMA4(1048576, 128, 2, "\"use_qk_norm\": false"),
     "400,711,848,960 parameters, of which a token uses 17,184,691,200",
     HUB("meta-llama/Llama-4-Maverick-17B-128E")},
    {"gpt-oss-20b", GPT_OSS(24, 32),
     "20,914,757,184 parameters, of which a token uses 4,187,440,704", HUB("openai/gpt-oss-20b")},
    {"gpt-oss-120b", GPT_OSS(36, 128),
     "116,829,156,672 parameters, of which a token uses 5,711,982,912", HUB("openai/gpt-oss-120b")},
    {"granite-3.0-1b-a400m", GRANITE_MOE(1024, 24, 16, 32),
     "1,334,628,352 parameters, of which a token uses 428,658,688",
     HUB("ibm-granite/granite-3.0-1b-a400m-base")},
    {"granite-3.0-3b-a800m", GRANITE_MOE(1536, 32, 24, 40),
     "3,298,793,472 parameters, of which a token uses 882,874,368",
     HUB("ibm-granite/granite-3.0-3b-a800m-base")},
    {NULL, NULL, NULL, NULL},
};
// clang-format on
