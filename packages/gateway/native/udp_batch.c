/*
 * A UDP socket that works in batches. Per wake-up of the event loop: recvmmsg and a call into JavaScript until nothing more comes
 * or all slots are full, and one sendmmsg; what is still in the socket then waits for the next wake-up, so that everything else on
 * the loop gets its turn.
 *
 * Slots lie in memory of the caller and are neither copied nor allocated here. Built on Node-API alone, for any Node that has
 * version 8 of it, and safe in worker threads: nothing is global.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "answers.h"
#include "socket.h"

static void release(socket_t *socket) {
  if (--socket->owners == 0) free(socket);
}

/* Calls the handler for the slots from `first` to before `end`; with none, it hears that the socket is closed. */
static void call_handler(socket_t *socket, int first, int end) {
  napi_env env = socket->env;
  napi_value handler, receiver, arguments[2], error;
  bool thrown = false;
  if (napi_get_reference_value(env, socket->callback, &handler) == napi_ok && napi_get_undefined(env, &receiver) == napi_ok &&
      napi_create_int32(env, first, &arguments[0]) == napi_ok && napi_create_int32(env, end, &arguments[1]) == napi_ok &&
      napi_call_function(env, receiver, handler, 2, arguments, NULL) != napi_ok) {
    socket->shared->thrown++;
    if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown) napi_get_and_clear_last_exception(env, &error);
  }
}

/* Runs `work` where JavaScript may be called. */
static void enter(socket_t *socket, void (*work)(socket_t *)) {
  napi_env env = socket->env;
  napi_handle_scope handles;
  napi_callback_scope scope;
  if (napi_open_handle_scope(env, &handles) != napi_ok) return;
  if (napi_open_callback_scope(env, NULL, socket->async, &scope) != napi_ok) scope = NULL;
  work(socket);
  /* Here Node runs what the handler put off (ticks and promises): after the answers are out. */
  if (scope != NULL) napi_close_callback_scope(env, scope);
  napi_close_handle_scope(env, handles);
}

static void write_source(const address_t *address, int32_t *words) {
  if (address->any.sa_family == AF_INET) {
    words[0] = words[1] = 0;
    words[2] = 0xffff;
    words[3] = (int32_t)ntohl(address->v4.sin_addr.s_addr);
    words[4] = ntohs(address->v4.sin_port);
  } else {
    uint32_t parts[4];
    memcpy(parts, &address->v6.sin6_addr, sizeof parts);
    for (int i = 0; i < 4; i++) words[i] = (int32_t)ntohl(parts[i]);
    words[4] = ntohs(address->v6.sin6_port);
  }
}

/* Receives into the slots from `first` on and returns how many came. */
static int receive(socket_t *socket, int first) {
  shared_t *shared = socket->shared;
  /* With MSG_TRUNC the length is the sender's, also where the slot was too short for it. */
  int count = recvmmsg(socket->fd, socket->rx + first, BATCH_SLOTS - first, MSG_TRUNC, NULL);
  for (int i = first; i < first + count; i++) {
    shared->rx_length[i] = socket->rx[i].msg_len;
    shared->tx_length[i] = 0;
    write_source(&socket->address[i], &shared->source[i * SOURCE_WORDS]);
  }
  return count;
}

/*
 * Answers what has come and what comes meanwhile: a burst is still on its way when its first datagrams are read, and all answers
 * together cost less than one by one. After a single datagram no more are expected.
 */
static void answer_received(socket_t *socket) {
  int end = 0, more = socket->received;
  do {
    call_handler(socket, end, end + more);
    end += more;
    more = end > 1 && end < BATCH_SLOTS && !socket->closing ? receive(socket, end) : 0;
  } while (more > 0);
  send_answers(socket, end);
}

static void tell_closed(socket_t *socket) { call_handler(socket, 0, 0); }

static void on_poll(uv_poll_t *poll, int status, int events) {
  socket_t *socket = poll->data;
  (void)events;
  if (status < 0) {
    /* The loop has stopped looking at the socket because of an error on it, which reading it clears. */
    int error;
    socklen_t bytes = sizeof error;
    if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0) uv_poll_start(poll, UV_READABLE, on_poll);
    return;
  }
  socket->received = receive(socket, 0);
  if (socket->received > 0) enter(socket, answer_received);
}

static void on_closed(uv_handle_t *handle) {
  socket_t *socket = handle->data;
  napi_env env = socket->env;
  close(socket->fd);
  if (!socket->environment_ends) enter(socket, tell_closed);
  napi_delete_reference(env, socket->memory_ref);
  napi_delete_reference(env, socket->shared_ref);
  napi_delete_reference(env, socket->callback);
  napi_async_destroy(env, socket->async);
  /* From here on the environment may be gone. */
  napi_remove_async_cleanup_hook(socket->hook);
  release(socket);
}

/* From within the handler too: the answers of its batch still go out, for the descriptor is closed by the loop, later. */
static void begin_close(socket_t *socket) {
  if (socket->closing) return;
  socket->closing = true;
  uv_poll_stop(&socket->poll);
  uv_close((uv_handle_t *)&socket->poll, on_closed);
}

/* A worker that ends with an open handle on its loop would take the process along; Node waits for the hook's removal. */
static void on_environment_ends(napi_async_cleanup_hook_handle hook, void *data) {
  socket_t *socket = data;
  (void)hook;
  socket->environment_ends = true;
  begin_close(socket);
}

static napi_value close_socket(napi_env env, napi_callback_info info) {
  void *data;
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, &data) == napi_ok) begin_close(data);
  return NULL;
}

static void on_close_function_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release(data);
}

/* A bound socket, or a negative error number; `at` becomes the address that it got. */
static int bind_socket(address_t *at, socklen_t at_bytes, bool reuse_port) {
  const int on = 1, bytes = BUFFER_BYTES;
  int fd = socket(at->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  /* As much as the limits of the machine allow; what came of it is reported. */
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  if ((reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) || bind(fd, &at->any, at_bytes) != 0 ||
      getsockname(fd, &at->any, &at_bytes) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

static void lay_out_slots(socket_t *socket, uint8_t *memory) {
  for (int i = 0; i < BATCH_SLOTS; i++) {
    socket->rx_slot[i] = (struct iovec){memory + i * SLOT_BYTES, SLOT_BYTES};
    socket->rx[i].msg_hdr = (struct msghdr){
        .msg_name = &socket->address[i], .msg_namelen = socket->address_bytes, .msg_iov = &socket->rx_slot[i], .msg_iovlen = 1};
  }
  socket->tx_memory = memory + BATCH_SLOTS * SLOT_BYTES;
}

static napi_value throw_error(napi_env env, int error, const char *what) {
  char code[32], reason[128], text[256];
  uv_err_name_r(error, code, sizeof code);
  uv_strerror_r(error, reason, sizeof reason);
  snprintf(text, sizeof text, "%s: %s (%s)", what, reason, code);
  napi_throw_error(env, code, text);
  return NULL;
}

static bool set_number(napi_env env, napi_value object, const char *name, int number) {
  napi_value value;
  return napi_create_int32(env, number, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

/* The bytes of a Uint8Array; NULL if it is none, or has less than `least` behind `start`. */
static uint8_t *bytes_of(napi_env env, napi_value value, size_t start, size_t least) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array) return NULL;
  return length < least || start > length - least ? NULL : (uint8_t *)data + start;
}

/*
 * open(memory, memoryStart, shared, address, port, reusePort, handler) → { port, receiveBufferBytes, close }. `memory` holds the
 * slots, those of receiving first, and must not move; `shared` is a shared_t; `address` is an address in digits. After `close()`
 * the handler is called a last time, with 0. Throws with the system's error code, EINVAL for arguments that can't be.
 */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  size_t count = 7;
  napi_value arg[7], result, close_function;
  char host[64];
  int32_t port, memory_start;
  bool reuse_port;
  address_t at;
  if (napi_get_cb_info(env, info, &count, arg, NULL, NULL) != napi_ok || count != 7 ||
      napi_get_value_int32(env, arg[1], &memory_start) != napi_ok || memory_start < 0 ||
      napi_get_value_string_utf8(env, arg[3], host, sizeof host, NULL) != napi_ok || napi_get_value_int32(env, arg[4], &port) != napi_ok ||
      napi_get_value_bool(env, arg[5], &reuse_port) != napi_ok)
    return throw_error(env, UV_EINVAL, "arguments");
  uint8_t *memory = bytes_of(env, arg[0], memory_start, 2 * BATCH_SLOTS * SLOT_BYTES);
  uint8_t *shared = bytes_of(env, arg[2], 0, sizeof(shared_t));
  if (memory == NULL || shared == NULL) return throw_error(env, UV_EINVAL, "memory");
  bool v4 = uv_ip4_addr(host, port, &at.v4) == 0;
  if (!v4 && uv_ip6_addr(host, port, &at.v6) != 0) return throw_error(env, UV_EINVAL, host);

  socket_t *socket = calloc(1, sizeof *socket);
  if (socket == NULL) return throw_error(env, UV_ENOMEM, "socket");
  socket->env = env;
  socket->shared = (shared_t *)shared;
  socket->cuts = true;
  socket->address_bytes = v4 ? sizeof at.v4 : sizeof at.v6;
  lay_out_slots(socket, memory);
  socket->fd = bind_socket(&at, socket->address_bytes, reuse_port);
  uv_loop_t *loop = NULL;
  int error = socket->fd < 0 ? socket->fd : 0;
  if (error == 0 && napi_get_uv_event_loop(env, &loop) != napi_ok) error = UV_EINVAL;
  if (error == 0) error = uv_poll_init_socket(loop, &socket->poll, socket->fd);
  if (error != 0) {
    if (socket->fd >= 0) close(socket->fd);
    free(socket);
    return throw_error(env, error, host);
  }

  /* From here on the loop knows the socket, so that whatever fails ends in begin_close. */
  napi_value name;
  int granted = 0;
  socklen_t granted_bytes = sizeof granted;
  socket->owners = 1;
  socket->poll.data = socket;
  napi_create_reference(env, arg[0], 1, &socket->memory_ref);
  napi_create_reference(env, arg[2], 1, &socket->shared_ref);
  napi_create_reference(env, arg[6], 1, &socket->callback);
  napi_create_string_utf8(env, "UDPBATCH", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &socket->async);
  napi_add_async_cleanup_hook(env, on_environment_ends, socket, &socket->hook);
  getsockopt(socket->fd, SOL_SOCKET, SO_RCVBUF, &granted, &granted_bytes);
  if (napi_create_function(env, "close", NAPI_AUTO_LENGTH, close_socket, socket, &close_function) != napi_ok ||
      napi_add_finalizer(env, close_function, socket, on_close_function_collected, NULL, NULL) != napi_ok) {
    begin_close(socket);
    return throw_error(env, UV_ENOMEM, host);
  }
  socket->owners++;
  if (uv_poll_start(&socket->poll, UV_READABLE, on_poll) != 0 || napi_create_object(env, &result) != napi_ok ||
      !set_number(env, result, "port", ntohs(v4 ? at.v4.sin_port : at.v6.sin6_port)) || !set_number(env, result, "receiveBufferBytes", granted) ||
      napi_set_named_property(env, result, "close", close_function) != napi_ok) {
    begin_close(socket);
    return throw_error(env, UV_ENOMEM, host);
  }
  return result;
}

NAPI_MODULE_INIT() {
  napi_value open_function;
  if (napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_socket, NULL, &open_function) == napi_ok)
    napi_set_named_property(env, exports, "open", open_function);
  set_number(env, exports, "batchSlots", BATCH_SLOTS);
  set_number(env, exports, "slotBytes", SLOT_BYTES);
  set_number(env, exports, "sharedBytes", sizeof(shared_t));
  return exports;
}
