/* Sends the answers of a batch: those of one length to one receiver as a single message, which the kernel cuts. */
#pragma once
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include "socket.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define MESSAGE_MOST 65507 /* bytes that the kernel takes as one message */

static bool is_same_receiver(const socket_t *socket, int i, int j) {
  return memcmp(&socket->address[i], &socket->address[j], socket->address_bytes) == 0;
}

/* Makes one message of answers of the same length to the same receiver, which the kernel cuts: a way through it for all of them. */
static void cut_message(struct msghdr *message, cut_t *cut, uint16_t length) {
  message->msg_control = cut;
  message->msg_controllen = sizeof *cut;
  cut->head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof length), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT};
  memcpy(CMSG_DATA(&cut->head), &length, sizeof length);
}

/* Lays out what the handler left in the slots as messages, and returns how many these are. */
static unsigned lay_out_answers(socket_t *socket, int count) {
  shared_t *shared = socket->shared;
  unsigned messages = 0, answers = 0, bytes = 0;
  int last = -1;
  for (int i = 0; i < count; i++) {
    uint16_t length = shared->tx_length[i];
    if (length == 0) continue;
    if (length > SLOT_BYTES) {
      shared->oversize++;
      continue;
    }
    struct iovec *slot = &socket->tx_slot[answers++];
    *slot = (struct iovec){socket->tx_memory + i * SLOT_BYTES, length};
    if (socket->cuts && last >= 0 && shared->tx_length[last] == length && bytes + length <= MESSAGE_MOST && is_same_receiver(socket, last, i)) {
      struct msghdr *message = &socket->tx[messages - 1].msg_hdr;
      if (message->msg_iovlen++ == 1) cut_message(message, &socket->cut[messages - 1], length);
      bytes += length;
    } else {
      bytes = length;
      struct msghdr *message = &socket->tx[messages++].msg_hdr;
      *message = (struct msghdr){.msg_name = &socket->address[i], .msg_namelen = socket->address_bytes, .msg_iov = slot, .msg_iovlen = 1};
    }
    last = i;
  }
  return messages;
}

/*
 * Sends the answers of a refused message each by itself. EIO says that the device can't cut, so none are cut from then on; anything else
 * is about this receiver, such as answers longer than the way to it takes in one piece.
 */
static void send_uncut(socket_t *socket, struct msghdr *message, int error) {
  struct iovec *slots = message->msg_iov;
  size_t answers = message->msg_iovlen, sent = 0;
  message->msg_control = NULL;
  message->msg_controllen = 0;
  message->msg_iovlen = 1;
  for (size_t i = 0; i < answers; i++) {
    message->msg_iov = &slots[i];
    if (sendmsg(socket->fd, message, 0) >= 0) sent++;
  }
  socket->shared->unsent += answers - sent;
  if (error == EIO) socket->cuts = false;
}

/* Sends what the handler left in the slots. Never waits: what the kernel has no room for is counted and forgotten. */
static void send_answers(socket_t *socket, int count) {
  unsigned messages = lay_out_answers(socket, count), done = 0;
  while (done < messages) {
    struct msghdr *first = &socket->tx[done].msg_hdr;
    int sent = sendmmsg(socket->fd, &socket->tx[done], messages - done, 0);
    if (sent > 0) {
      done += sent;
    } else if (errno == EAGAIN) {
      for (; done < messages; done++) socket->shared->unsent += socket->tx[done].msg_hdr.msg_iovlen;
    } else if (errno != EINTR) {
      /* Refused for this receiver only (a source port of 0, a firewall): its neighbours still get theirs. */
      if (first->msg_iovlen > 1) send_uncut(socket, first, errno);
      else socket->shared->unsent++;
      done++;
    }
  }
}
