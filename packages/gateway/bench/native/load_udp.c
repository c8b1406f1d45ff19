/*
 * Asks a UDP server for prices and judges every answer. Closed loop: `--outstanding` questions at any time, spread over
 * `--sockets`. Open loop, with `--rate` a second: latency counts from the time a question was due, whenever it left.
 * `--key` opens a session per socket and checks tags; a reference knows none, and the same time is spent on them for nothing.
 * Prints one JSON line; counts are of the `--ms` after `--warm-ms`, which in a closed loop are of the server's own CPU time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "measure.h"
#include "prices.h"
#include "v8.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define BATCH 64
#define SLOT 256
#define RING 1024 /* the server's window of request ids */
#define SPIN_NS 50000
#define TIMEOUT_NS 1000000000ull
#define EXPIRY_NS 100000000ull

typedef struct {
  uint64_t since;
  uint32_t id;
  int price; /* -1 = not waited for */
} request_t;

typedef struct {
  int fd, waiting;
  uint32_t next_id;
  session_t session;
  request_t ring[RING];
} client_t;

static struct {
  unsigned long long sent, correct, wrong, refused, timed_out, late;
} counts;

static price_t prices[PRICES_MOST];
static int price_count;
/* What an answer must hold beside its request id and length: nothing more of an echo, the price, and a tag of a gateway. */
static enum { ECHO, PRICE, PRICE_AND_TAG } judgement;
static const char *first_wrong = "";
static uint8_t tx[BATCH][SLOT], rx[BATCH][SLOT];
static struct mmsghdr in[BATCH];
static struct iovec out_slot[BATCH], in_slot[BATCH];

static void give_up(request_t *request, client_t *client) {
  request->price = -1;
  client->waiting--;
  counts.timed_out++;
}

/* One of the prices at random; with `asset_length`, of those whose assets have names so long. */
static int draw_price(int asset_length) {
  static uint32_t random = 1;
  int price;
  do {
    random = random * 1664525 + 1013904223;
    price = (int)((uint64_t)random * (uint64_t)price_count >> 32);
  } while (asset_length != 0 && prices[price].asset_length != asset_length);
  return price;
}

/* Asks one thing as of `since`, in a slot of the next message, whose questions are all as long as its first one. */
static void prepare(client_t *client, int slot, uint64_t since) {
  static int message_asset_length;
  int price = draw_price(slot == 0 ? 0 : message_asset_length);
  message_asset_length = prices[price].asset_length;
  uint32_t id = client->next_id++;
  request_t *request = &client->ring[id % RING];
  if (request->price >= 0) give_up(request, client);
  *request = (request_t){since, id, price};
  client->waiting++;
  uint8_t *query = tx[slot];
  int asset_length = prices[price].asset_length, length = V8_QUERY_HEAD + 1 + asset_length;
  put_header(query, V8_QUERY, id);
  memcpy(query + 8, client->session.id, 8);
  query[16] = 1;
  query[17] = 0;
  query[18] = (uint8_t)asset_length;
  memcpy(query + 19, prices[price].asset, (size_t)asset_length);
  put_tag(&client->session, query, (size_t)length);
  out_slot[slot].iov_len = (size_t)length + V8_TAG;
}

/*
 * Hands the slots to the kernel as one message, which it cuts into datagrams: what reaches the server is the same, and asking must
 * cost less than answering, or this program would be what is measured. What the kernel does not take is lost and times out.
 */
static void send_prepared(client_t *client, int count) {
  union {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
  } cut = {.head = {.cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT}};
  struct msghdr message = {.msg_iov = out_slot, .msg_iovlen = (size_t)count};
  if (count > 1) {
    uint16_t length = (uint16_t)out_slot[0].iov_len;
    memcpy(CMSG_DATA(&cut.head), &length, sizeof length);
    message.msg_control = &cut;
    message.msg_controllen = sizeof cut;
  }
  counts.sent += (unsigned)count;
  sendmsg(client->fd, &message, 0);
}

static void fill(client_t *client, int window) {
  while (client->waiting < window) {
    uint64_t now = clock_ns();
    int count = window - client->waiting < BATCH ? window - client->waiting : BATCH;
    for (int i = 0; i < count; i++) prepare(client, i, now);
    send_prepared(client, count);
  }
}

static void judge_wrong(const char *why) {
  if (counts.wrong++ == 0) first_wrong = why;
}

static void judge(client_t *client, const uint8_t *reply, int length, uint64_t now) {
  if (length < V8_HEADER) return judge_wrong("shorter than a header");
  uint32_t id = (uint32_t)get_number(reply + 4, 4);
  request_t *request = &client->ring[id % RING];
  if (request->id != id) return judge_wrong("not an answer to any question of this socket");
  bool tagged = length >= V8_HEADER + V8_TAG && is_tag_right(&client->session, reply, (size_t)length);
  if (judgement == PRICE_AND_TAG && !tagged) return judge_wrong("wrong tag");
  const price_t *price = &prices[request->price < 0 ? 0 : request->price];
  if (request->price < 0) {
    counts.late++;
    return;
  }
  request->price = -1;
  client->waiting--;
  if (reply[3] == V8_ERROR && (reply[8] == 2 || reply[8] == 3)) {
    counts.refused++;
    return;
  }
  if (reply[3] != V8_QUOTE) return judge_wrong("not a QUOTE");
  if (length != V8_QUOTE_HEAD + V8_ENTRY_HEAD + price->text_length + V8_TAG) return judge_wrong("wrong length");
  const uint8_t *entry = reply + V8_QUOTE_HEAD;
  if (judgement != ECHO && (reply[14] != 1 || entry[0] != 0)) return judge_wrong("not one fresh price");
  if (judgement != ECHO && memcmp(entry + V8_ENTRY_HEAD, price->text, (size_t)price->text_length) != 0) return judge_wrong("wrong price");
  counts.correct++;
  count_latency(now > request->since ? now - request->since : 0);
}

static void receive(client_t *client) {
  int count = recvmmsg(client->fd, in, BATCH, MSG_DONTWAIT, NULL);
  uint64_t now = clock_ns();
  for (int i = 0; i < count; i++) judge(client, rx[i], (int)in[i].msg_len, now);
}

static void expire(client_t *clients, int sockets, uint64_t now) {
  for (int c = 0; c < sockets; c++)
    for (int i = 0; i < RING; i++) {
      request_t *request = &clients[c].ring[i];
      if (request->price >= 0 && now > request->since + TIMEOUT_NS) give_up(request, &clients[c]);
    }
}

static int open_client(client_t *client, int port, const char *key) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  client->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  client->next_id = 2;
  for (int i = 0; i < RING; i++) client->ring[i] = (request_t){0, 0, -1};
  if (connect(client->fd, (struct sockaddr *)&at, sizeof at) != 0) return 0;
  return *key == '\0' || open_session(client->fd, key, &client->session);
}

int main(int argc, char **argv) {
  int port = number_option(argv, "port", NULL), sockets = number_option(argv, "sockets", "64");
  int outstanding = number_option(argv, "outstanding", "64"), pid = number_option(argv, "pid", NULL);
  double rate = atof(option(argv, "rate", "0"));
  int warm_ms = number_option(argv, "warm-ms", "1000"), run_ms = number_option(argv, "ms", "1000");
  const char *key = option(argv, "key", "");
  judgement = *key != '\0' ? PRICE_AND_TAG : strcmp(option(argv, "judge", "price"), "echo") == 0 ? ECHO : PRICE;
  price_count = read_prices(option(argv, "prices", NULL), prices);
  client_t *clients = calloc((size_t)sockets, sizeof *clients);
  struct epoll_event ready[BATCH];
  int watch = epoll_create1(0);
  if (argc < 2 || price_count == 0 || sockets < 1 || outstanding / sockets > RING / 2) return 2;
  for (int i = 0; i < BATCH; i++) {
    out_slot[i].iov_base = tx[i];
    in_slot[i] = (struct iovec){rx[i], SLOT};
    in[i].msg_hdr = (struct msghdr){.msg_iov = &in_slot[i], .msg_iovlen = 1};
  }
  for (int c = 0; c < sockets; c++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[c]};
    if (!open_client(&clients[c], port, key) || epoll_ctl(watch, EPOLL_CTL_ADD, clients[c].fd, &event) != 0) {
      fprintf(stderr, "no session on socket %d\n", c);
      return 1;
    }
  }
  int window = outstanding / sockets > 0 ? outstanding / sockets : 1;
  uint64_t start = clock_ns(), last_expiry = 0, last_event = start, due = 0;
  bool warm = false;
  window_t period = open_window(pid, rate == 0);
  for (;;) {
    uint64_t now = clock_ns();
    if (is_over(&period, now, warm ? run_ms : warm_ms)) {
      if (warm) break;
      warm = true;
      memset(&counts, 0, sizeof counts);
      memset(latencies, 0, sizeof latencies);
      period = open_window(pid, rate == 0);
    }
    for (; rate > 0 && start + (uint64_t)((double)due * 1e9 / rate) <= now; due++) {
      client_t *client = &clients[due % (uint64_t)sockets];
      prepare(client, 0, start + (uint64_t)((double)due * 1e9 / rate));
      send_prepared(client, 1);
    }
    if (now > last_expiry + EXPIRY_NS) {
      last_expiry = now;
      expire(clients, sockets, now);
      for (int c = 0; rate == 0 && c < sockets; c++) fill(&clients[c], window);
    }
    int count = epoll_wait(watch, ready, BATCH, rate > 0 || now - last_event < SPIN_NS ? 0 : 1);
    if (count > 0) last_event = now;
    for (int i = 0; i < count; i++) {
      receive(ready[i].data.ptr);
      if (rate == 0) fill(ready[i].data.ptr, window);
    }
  }
  printf("{\"sent\":%llu,\"correct\":%llu,\"wrong\":%llu,\"refused\":%llu,\"timed_out\":%llu,\"late\":%llu,", counts.sent, counts.correct, counts.wrong,
         counts.refused, counts.timed_out, counts.late);
  print_window(&period, first_wrong);
  return 0;
}
