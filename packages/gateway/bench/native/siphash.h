/* SipHash-2-4 with 64 bits of output (https://www.aumasson.jp/siphash/siphash.pdf): the TAG of UDP v8. Little-endian machines. */
#pragma once
#include <stdint.h>
#include <string.h>

static inline uint64_t rotate_left(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

static inline void sip_rounds(uint64_t v[4], int count) {
  while (count-- > 0) {
    v[0] += v[1], v[1] = rotate_left(v[1], 13) ^ v[0], v[0] = rotate_left(v[0], 32);
    v[2] += v[3], v[3] = rotate_left(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotate_left(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotate_left(v[1], 17) ^ v[2], v[2] = rotate_left(v[2], 32);
  }
}

static inline uint64_t siphash(const uint8_t key[16], const uint8_t *bytes, size_t length) {
  uint64_t half[2], last = (uint64_t)length << 56;
  memcpy(half, key, sizeof half);
  uint64_t v[4] = {half[0] ^ 0x736f6d6570736575, half[1] ^ 0x646f72616e646f6d, half[0] ^ 0x6c7967656e657261, half[1] ^ 0x7465646279746573};
  size_t whole = length / 8 * 8;
  for (size_t at = 0; at < whole; at += 8) {
    uint64_t word;
    memcpy(&word, bytes + at, sizeof word);
    v[3] ^= word;
    sip_rounds(v, 2);
    v[0] ^= word;
  }
  for (size_t i = whole; i < length; i++) last |= (uint64_t)bytes[i] << 8 * (i - whole);
  v[3] ^= last;
  sip_rounds(v, 2);
  v[0] ^= last;
  v[2] ^= 0xff;
  sip_rounds(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
