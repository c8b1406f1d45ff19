/*
 * Asks an HTTP/1.1 server the same thing on `--connections` that stay open, and judges every answer: status 200, a body of the
 * announced length that holds the `--expect`ed text and, behind the text `--price-after`, a price in quotes. Closed loop: each
 * connection asks again when it has its answer. Open loop, with `--rate` a second: latency counts from the time a request was due.
 * Prints one JSON line; counts are of the `--ms` after `--warm-ms`, which in a closed loop are of the server's own CPU time.
 * Between the two nobody asks for `--idle-ms`, to see what the server uses by itself.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "measure.h"

#define CONNECTIONS_MOST 1024
#define ANSWER_MOST 16384
#define REQUEST_MOST 2048
#define SPIN_NS 50000
#define DRAIN_NS 2000000000

typedef struct {
  int fd, length;
  bool busy;
  uint64_t since;
  char answer[ANSWER_MOST + 1];
} connection_t;

static struct {
  unsigned long long sent, correct, wrong, refused;
} counts;

static connection_t connections[CONNECTIONS_MOST];
static char request[REQUEST_MOST];
static int request_length;
static const char *expected, *price_after, *first_wrong = "";

static void judge_wrong(const char *why) {
  if (counts.wrong++ == 0) first_wrong = why;
}

static void ask(connection_t *connection, uint64_t since) {
  connection->since = since;
  connection->length = 0;
  connection->busy = true;
  counts.sent++;
  if (send(connection->fd, request, (size_t)request_length, MSG_NOSIGNAL) != request_length) judge_wrong("the request could not be sent");
}

/* Bytes of the whole answer by its Content-Length; 0 while the head is not complete, -1 where it tells no length. */
static int whole_length(const char *answer) {
  const char *body = strstr(answer, "\r\n\r\n"), *field = strcasestr(answer, "\r\ncontent-length:");
  if (body == NULL) return 0;
  return field == NULL || field > body ? -1 : (int)(body + 4 - answer) + atoi(field + strlen("\r\ncontent-length:"));
}

/* Whether a text begins with a decimal number above zero, then a quote. */
static bool begins_with_price(const char *text) {
  char *end;
  double price = strtod(text, &end);
  return price > 0 && *end == '"' && strspn(text, "0123456789.") == (size_t)(end - text);
}

static bool holds_price(const char *answer) {
  const char *before = strstr(answer, price_after);
  return before != NULL && begins_with_price(before + strlen(price_after));
}

static void receive(connection_t *connection, uint64_t *now) {
  char *end = connection->answer + connection->length;
  ssize_t received = recv(connection->fd, end, (size_t)(ANSWER_MOST - connection->length), MSG_DONTWAIT);
  if (received < 0 && errno == EAGAIN) return;
  *now = clock_ns();
  if (received <= 0) {
    /* Nobody asks on it again. */
    judge_wrong("the connection was closed");
    close(connection->fd);
    return;
  }
  connection->length += (int)received;
  connection->answer[connection->length] = '\0';
  int whole = whole_length(connection->answer);
  if (whole >= 0 && (whole == 0 || connection->length < whole)) {
    if (connection->length == ANSWER_MOST) judge_wrong("too long");
    return;
  }
  connection->busy = false;
  if (strncmp(connection->answer, "HTTP/1.1 503 ", 13) == 0) {
    counts.refused++;
    return;
  }
  if (strncmp(connection->answer, "HTTP/1.1 200 ", 13) != 0) return judge_wrong("a status other than 200");
  if (connection->length != whole) return judge_wrong("a body of another length than announced");
  if (strstr(connection->answer, expected) == NULL) return judge_wrong("a body without the expected text");
  if (price_after[0] != '\0' && !holds_price(connection->answer)) return judge_wrong("a body without a price");
  counts.correct++;
  count_latency(*now > connection->since ? *now - connection->since : 0);
}

static bool open_connection(connection_t *connection, int port, int watch) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection->fd, (struct sockaddr *)&at, sizeof at) != 0) return false;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  return epoll_ctl(watch, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

/* Receives what has come, or comes within so many milliseconds; returns whether anything did. */
static bool receive_ready(int watch, int timeout_ms, uint64_t *now) {
  struct epoll_event ready[64];
  int events = epoll_wait(watch, ready, 64, timeout_ms);
  for (int i = 0; i < events; i++) receive(ready[i].data.ptr, now);
  return events > 0;
}

static bool is_any_busy(int count) {
  for (int i = 0; i < count; i++)
    if (connections[i].busy) return true;
  return false;
}

int main(int argc, char **argv) {
  int port = number_option(argv, "port", NULL), pid = number_option(argv, "pid", NULL), count = number_option(argv, "connections", "64");
  double rate = atof(option(argv, "rate", "0"));
  int warm_ms = number_option(argv, "warm-ms", "2000"), run_ms = number_option(argv, "ms", "1000");
  int idle_ms = number_option(argv, "idle-ms", "0");
  int watch = epoll_create1(0);
  expected = option(argv, "expect", NULL);
  price_after = option(argv, "price-after", "");
  request_length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n\r\n", option(argv, "path", NULL),
                            port, option(argv, "key", NULL));
  if (argc < 2 || count < 1 || count > CONNECTIONS_MOST || request_length >= REQUEST_MOST) return 2;
  for (int i = 0; i < count; i++)
    if (!open_connection(&connections[i], port, watch)) {
      perror("connect");
      return 1;
    }
  uint64_t start = clock_ns(), last_event = start, due = 0;
  bool warm = false;
  window_t period = open_window(pid, rate == 0);
  for (;;) {
    uint64_t now = clock_ns();
    if (is_over(&period, now, warm ? run_ms : warm_ms)) {
      if (warm) break;
      warm = true;
      double idle_cpu_share = 0;
      if (idle_ms > 0) {
        for (uint64_t drained_by = now + DRAIN_NS; is_any_busy(count) && now < drained_by; now = clock_ns()) receive_ready(watch, 1, &now);
        idle_cpu_share = measure_idle(pid, idle_ms);
        now = clock_ns();
      }
      memset(&counts, 0, sizeof counts);
      memset(latencies, 0, sizeof latencies);
      period = open_window(pid, rate == 0);
      period.idle_cpu_share = idle_cpu_share;
    }
    /* In an open loop a request that finds no connection waits for one, and its latency grows meanwhile. */
    for (int i = 0; i < count; i++) {
      uint64_t intended = rate > 0 ? start + (uint64_t)((double)due * 1e9 / rate) : now;
      if (intended > now) break;
      if (connections[i].busy) continue;
      ask(&connections[i], intended);
      due++;
    }
    uint64_t before = now;
    if (receive_ready(watch, rate > 0 || now - last_event < SPIN_NS ? 0 : 1, &now)) last_event = before;
  }
  printf("{\"sent\":%llu,\"correct\":%llu,\"wrong\":%llu,\"refused\":%llu,\"timed_out\":0,", counts.sent, counts.correct, counts.wrong,
         counts.refused);
  print_window(&period, first_wrong);
  return 0;
}
