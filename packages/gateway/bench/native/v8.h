/* The client's side of UDP v8, as docs/reference/udp.md has it: sizes, numbers in network order, and the opening of a session. */
#pragma once
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include "sha256.h"
#include "siphash.h"

enum { V8_HELLO = 1, V8_WELCOME = 2, V8_QUERY = 3, V8_QUOTE = 4, V8_ERROR = 15 };
enum { V8_HEADER = 8, V8_HELLO_BYTES = 64, V8_TAG = 8, V8_QUERY_HEAD = 18, V8_QUOTE_HEAD = 16, V8_ENTRY_HEAD = 15, V8_MOST = 1200 };

typedef struct {
  uint8_t id[8];
  uint8_t key[16];
} session_t;

static inline void put_number(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

static inline uint64_t get_number(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

static inline void put_header(uint8_t *at, int type, uint32_t request_id) {
  memcpy(at, "TB\x08", 3);
  at[3] = (uint8_t)type;
  put_number(at + 4, request_id, 4);
}

static inline void put_tag(const session_t *session, uint8_t *datagram, size_t length) {
  put_number(datagram + length, siphash(session->key, datagram, length), V8_TAG);
}

static inline bool is_tag_right(const session_t *session, const uint8_t *datagram, size_t length) {
  return get_number(datagram + length - V8_TAG, V8_TAG) == siphash(session->key, datagram, length - V8_TAG);
}

static inline uint64_t epoch_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Says HELLO on a connected socket and waits for WELCOME, again each second as there may be too many; false when no right one comes. */
static inline bool open_session(int fd, const char *api_key, session_t *session) {
  uint8_t mac_key[SHA256_BYTES], digest[SHA256_BYTES], hello[V8_HELLO_BYTES] = {0}, welcome[V8_HELLO_BYTES + 16], nonces[42];
  const char *prefix = "trinity-udp-v8";
  hmac_sha256((const uint8_t *)prefix, strlen(prefix), (const uint8_t *)api_key, strlen(api_key), mac_key);
  sha256((const uint8_t *)api_key, strlen(api_key), digest);
  put_header(hello, V8_HELLO, 1);
  memcpy(hello + 8, digest, 8);
  put_number(hello + 16, epoch_ms(), 8);
  if (getrandom(hello + 24, 16, 0) != 16) return false;
  hmac_sha256(mac_key, sizeof mac_key, hello, 48, digest);
  memcpy(hello + 48, digest, 16);
  struct pollfd readable = {.fd = fd, .events = POLLIN};
  for (int attempts = 0; poll(&readable, 1, attempts > 0 ? 1000 : 0) != 1; attempts++)
    if (attempts == 5 || send(fd, hello, sizeof hello, 0) != sizeof hello) return false;
  if (recv(fd, welcome, V8_HELLO_BYTES, 0) != V8_HELLO_BYTES || welcome[3] != V8_WELCOME) return false;
  uint8_t mac[16];
  memcpy(mac, welcome + 48, 16);
  memcpy(welcome + 48, hello + 24, 16);
  hmac_sha256(mac_key, sizeof mac_key, welcome, 64, digest);
  if (memcmp(mac, digest, 16) != 0) return false;
  memcpy(session->id, welcome + 8, 8);
  memcpy(nonces, "v8 session", 10);
  memcpy(nonces + 10, hello + 24, 16);
  memcpy(nonces + 26, welcome + 32, 16);
  hmac_sha256(mac_key, sizeof mac_key, nonces, sizeof nonces, digest);
  memcpy(session->key, digest, 16);
  return true;
}
