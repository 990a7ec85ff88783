// Two bytes of a vocabulary size and any text: refused, or a tokenizer that gives the text back.

#include <stdlib.h>
#include <string.h>

#include "dataset/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_tokenizer *tokenizer;
    struct pt_encoder *encoder;
    struct pt_tokens tokens = {0};
    struct pt_text back = {0};
    if (length < 2)
        return 0;
    int64_t vocabulary = 200 + bytes[0] + 4 * bytes[1];
    const char *text = (const char *)bytes + 2;
    length -= 2;
    if (pt_tokenizer_train_bpe(text, length, vocabulary, &tokenizer, NULL) != PT_OK)
        return 0;
    if (pt_tokenizer_vocabulary(tokenizer) > vocabulary)
        abort();
    if (pt_encoder_create(tokenizer, &encoder, NULL) != PT_OK ||
        pt_encode(encoder, text, length, NULL, &tokens, NULL) != PT_OK ||
        pt_decode(tokenizer, tokens.ids, tokens.count, false, &back, NULL) != PT_OK ||
        back.length != length || (length > 0 && memcmp(back.bytes, text, length) != 0))
        abort();
    pt_text_free(&back);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
    return 0;
}
