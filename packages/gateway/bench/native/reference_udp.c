/*
 * What the kernel allows: a UDP server that looks a price up and replies, and does nothing else. No keys, sessions, tags,
 * limits or metering. `reference_udp mmsg|plain PRICES` prints the port that it got; on SIGTERM, what it did.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include "measure.h"
#include "prices.h"
#include "v8.h"

#define BATCH 64
#define SLOT 1216
/* As large as the asset table of the gateway: as many buckets, and entries of as many bytes. */
#define BUCKET_COUNT 16384
#define ENTRY_COUNT 8192

typedef struct {
  price_t price;
  uint8_t rest[480 - sizeof(price_t)];
} entry_t;

static int32_t buckets[BUCKET_COUNT];
static entry_t entries[ENTRY_COUNT];
static uint8_t rx[BATCH][SLOT], tx[BATCH][SLOT];
static volatile sig_atomic_t stopping;

static void stop(int signal_number) { stopping = signal_number; }

static uint32_t hash_of(const uint8_t *name, int length) {
  uint32_t hash = 2166136261;
  for (int i = 0; i < length; i++) hash = (hash ^ name[i]) * 16777619;
  return hash & (BUCKET_COUNT - 1);
}

static const price_t *find(const uint8_t *name, int length) {
  for (uint32_t bucket = hash_of(name, length); buckets[bucket] != 0; bucket = (bucket + 1) & (BUCKET_COUNT - 1)) {
    const price_t *price = &entries[buckets[bucket] - 1].price;
    if (price->asset_length == length && memcmp(price->asset, name, (size_t)length) == 0) return price;
  }
  return NULL;
}

/* Writes the QUOTE for a QUERY of one asset, as long as one with a tag, and returns its length. */
static int answer(const uint8_t *query, int length, uint8_t *quote, uint64_t now) {
  if (length < V8_QUERY_HEAD + 1 || length < V8_QUERY_HEAD + 1 + query[V8_QUERY_HEAD]) return 0;
  const price_t *price = find(query + V8_QUERY_HEAD + 1, query[V8_QUERY_HEAD]);
  if (price == NULL) return 0;
  memcpy(quote, query, V8_HEADER);
  quote[3] = V8_QUOTE;
  put_number(quote + 8, now, 6);
  quote[14] = 1;
  quote[15] = 0;
  uint8_t *entry = quote + V8_QUOTE_HEAD;
  memcpy(entry, (uint8_t[]){0, 1, 1, 0}, 4);
  put_number(entry + 4, now, 6);
  put_number(entry + 10, 0, 4);
  entry[14] = (uint8_t)price->text_length;
  memcpy(entry + V8_ENTRY_HEAD, price->text, (size_t)price->text_length);
  return V8_QUOTE_HEAD + V8_ENTRY_HEAD + price->text_length + V8_TAG;
}

int main(int argc, char **argv) {
  static price_t prices[PRICES_MOST];
  struct sockaddr_in addresses[BATCH], at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct mmsghdr in[BATCH], out[BATCH];
  struct iovec in_slot[BATCH], out_slot[BATCH];
  const int bytes = 4 * 1024 * 1024, batch = argc > 1 && strcmp(argv[1], "mmsg") == 0 ? BATCH : 1;
  int fd = socket(AF_INET, SOCK_DGRAM, 0), count = argc > 2 ? read_prices(argv[2], prices) : 0;
  unsigned long long answered = 0, calls = 0;
  for (int i = 0; i < count; i++) {
    uint32_t bucket = hash_of((const uint8_t *)prices[i].asset, prices[i].asset_length);
    while (buckets[bucket] != 0) bucket = (bucket + 1) & (BUCKET_COUNT - 1);
    /* Spread over the whole table, as nothing says that the assets asked for lie side by side. */
    buckets[bucket] = i * (ENTRY_COUNT / count) + 1;
    entries[buckets[bucket] - 1].price = prices[i];
  }
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 100000}, sizeof(struct timeval));
  if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || getsockname(fd, (struct sockaddr *)&at, &(socklen_t){sizeof at}) != 0) return 1;
  signal(SIGTERM, stop);
  printf("{\"port\":%d}\n", ntohs(at.sin_port));
  fflush(stdout);
  for (int i = 0; i < BATCH; i++) {
    in_slot[i] = (struct iovec){rx[i], SLOT};
    in[i].msg_hdr = (struct msghdr){.msg_name = &addresses[i], .msg_namelen = sizeof at, .msg_iov = &in_slot[i], .msg_iovlen = 1};
  }
  while (!stopping) {
    int answers = 0, sent = 0, received;
    if (batch == 1) {
      socklen_t size = sizeof at;
      ssize_t length = recvfrom(fd, rx[0], SLOT, 0, (struct sockaddr *)&addresses[0], &size);
      received = length < 0 ? -1 : 1;
      in[0].msg_len = (unsigned)length;
    } else {
      received = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
    }
    uint64_t now = epoch_ms();
    for (int i = 0; i < received; i++) {
      out_slot[answers] = (struct iovec){tx[answers], (size_t)answer(rx[i], (int)in[i].msg_len, tx[answers], now)};
      out[answers].msg_hdr = (struct msghdr){.msg_name = &addresses[i], .msg_namelen = sizeof at, .msg_iov = &out_slot[answers], .msg_iovlen = 1};
      if (out_slot[answers].iov_len > 0) answers++;
    }
    if (batch == 1 && answers == 1) sent = sendto(fd, tx[0], out_slot[0].iov_len, 0, (struct sockaddr *)&addresses[0], sizeof at) > 0;
    while (batch > 1 && sent < answers) {
      int done = sendmmsg(fd, out + sent, (unsigned)(answers - sent), 0);
      if (done < 0 && errno != EINTR) break;
      sent += done > 0 ? done : 0;
    }
    answered += (unsigned)sent;
    calls += received > 0;
  }
  printf("{\"answered\":%llu,\"cpu_seconds\":%.3f,\"mean_batch\":%.2f}\n", answered, own_cpu_seconds(), calls > 0 ? (double)answered / (double)calls : 0);
  return 0;
}
