/* One batched UDP socket, and the memory that it shares with JavaScript. */
#pragma once
#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

/* These and the layout below are those of transport.ts and native-transport.ts. */
#define BATCH_SLOTS 64
#define SLOT_BYTES 1216
#define SOURCE_WORDS 5
#define BUFFER_BYTES (4 * 1024 * 1024)

/* Read and written by both sides. */
typedef struct {
  uint16_t rx_length[BATCH_SLOTS];
  uint16_t tx_length[BATCH_SLOTS];
  int32_t source[BATCH_SLOTS * SOURCE_WORDS];
  uint32_t thrown;   /* calls that ended by an exception */
  uint32_t oversize; /* answers longer than their slot */
  uint32_t unsent;   /* answers that the kernel did not take */
} shared_t;

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} address_t;

/* What tells the kernel to cut a message into datagrams of so many bytes. */
typedef union {
  struct cmsghdr head;
  uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
} cut_t;

typedef struct {
  napi_env env;
  napi_async_cleanup_hook_handle hook;
  napi_async_context async;
  napi_ref memory_ref, shared_ref, callback;
  uv_poll_t poll;
  int fd;
  int owners;   /* the poll, and the function that closes */
  int received; /* by the first look of a wake-up */
  bool closing, environment_ends;
  bool cuts; /* whether the kernel cuts messages here */
  socklen_t address_bytes;
  shared_t *shared;
  uint8_t *tx_memory;
  struct mmsghdr rx[BATCH_SLOTS], tx[BATCH_SLOTS];
  struct iovec rx_slot[BATCH_SLOTS], tx_slot[BATCH_SLOTS];
  cut_t cut[BATCH_SLOTS];
  address_t address[BATCH_SLOTS];
} socket_t;
