// Classes of Unicode characters, by utf8proc.
#ifndef PT_DATASET_CHARACTER_CLASS_H
#define PT_DATASET_CHARACTER_CLASS_H

#include <stdbool.h>
#include <stdint.h>

bool pt_is_space(uint32_t character);       // White_Space
bool pt_is_numeric(uint32_t character);     // N*
bool pt_is_punctuation(uint32_t character); // P*, and all that ASCII has
bool pt_is_word(uint32_t character);        // \w of UTS 18: letters, marks, digits, connectors
bool pt_is_control(uint32_t character);     // C* but those not assigned
bool pt_is_mark(uint32_t character);        // M*
bool pt_is_nonspacing_mark(uint32_t character);
// Up to two characters; returns how many.
int pt_lower_case(uint32_t character, uint32_t ret_characters[2]);

#endif
