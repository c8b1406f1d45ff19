/* What a load generator measures: time, latencies, and the CPU time of the server beside it. */
#pragma once
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BUCKET_NS 100
#define BUCKETS 10000000 /* a second; longer ones count as a second */
#define LOOK_NS 10000000
#define PATIENCE 6

static uint32_t latencies[BUCKETS + 1];

static inline uint64_t clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void count_latency(uint64_t ns) {
  uint64_t bucket = ns / BUCKET_NS;
  latencies[bucket < BUCKETS ? bucket : BUCKETS]++;
}

/* In microseconds; the upper bound of the bucket. */
static inline double percentile(double share) {
  uint64_t all = 0, seen = 0;
  for (int i = 0; i <= BUCKETS; i++) all += latencies[i];
  for (int i = 0; i <= BUCKETS; i++) {
    seen += latencies[i];
    if (all > 0 && (double)seen >= share * (double)all) return (i + 1) * (BUCKET_NS / 1000.0);
  }
  return 0;
}

/* User and system time of all threads that a process has now, in seconds, to the nanosecond; -1 when it is gone. */
static inline double process_cpu_seconds(int pid) {
  char path[320];
  double seconds = 0;
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  if (tasks == NULL) return -1;
  for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
    unsigned long long ns = 0;
    if (task->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
    FILE *file = fopen(path, "r");
    if (file == NULL) continue;
    if (fscanf(file, "%llu", &ns) == 1) seconds += (double)ns / 1e9;
    fclose(file);
  }
  closedir(tasks);
  return seconds;
}

static inline double own_cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A span of a run and what the two processes used in it. */
typedef struct {
  int pid;
  bool by_cpu;
  uint64_t from, next_look;
  double server_cpu, own_cpu;
  /* CPU seconds a second that the server uses when nobody asks; 0 where that was not measured. */
  double idle_cpu_share;
} window_t;

static inline window_t open_window(int pid, bool by_cpu) {
  uint64_t now = clock_ns();
  return (window_t){pid, by_cpu, now, now + LOOK_NS, process_cpu_seconds(pid), own_cpu_seconds(), 0};
}

/*
 * Whether a window has lasted for so many milliseconds: of the server's CPU time where it counts by that, so that a machine which
 * lets nobody work does not make it shorter, but no longer than PATIENCE times as much of everybody's.
 */
static inline bool is_over(window_t *window, uint64_t now, int ms) {
  if (now < window->next_look) return false;
  window->next_look = now + LOOK_NS;
  double elapsed_ms = (double)(now - window->from) / 1e6;
  if (!window->by_cpu || elapsed_ms < ms) return elapsed_ms >= ms;
  return elapsed_ms >= PATIENCE * ms || (process_cpu_seconds(window->pid) - window->server_cpu) * 1000 >= ms;
}

static inline void sleep_ms(int ms) { nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL); }

/* CPU seconds a second that a server uses by itself, over so many milliseconds in which nobody may ask it anything. */
static inline double measure_idle(int pid, int ms) {
  /* What the last answers left to be done, such as freeing memory, is not idle work. */
  sleep_ms(ms / 10);
  window_t idle = open_window(pid, false);
  sleep_ms(ms);
  return (process_cpu_seconds(pid) - idle.server_cpu) / ((double)(clock_ns() - idle.from) / 1e9);
}

/* The end of the JSON line of a run. */
static inline void print_window(const window_t *window, const char *first_wrong) {
  double seconds = (double)(clock_ns() - window->from) / 1e9, server_cpu = process_cpu_seconds(window->pid) - window->server_cpu;
  printf("\"first_wrong\":\"%s\",\"seconds\":%.6f,\"server_cpu_seconds\":%.6f,", first_wrong, seconds, server_cpu);
  printf("\"own_cpu_seconds\":%.6f,\"idle_cpu_share\":%.6f,", own_cpu_seconds() - window->own_cpu, window->idle_cpu_share);
  printf("\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f}\n", percentile(0.5), percentile(0.9), percentile(0.99));
}

/* The value behind `--name` on the command line. */
static inline const char *option(char **arguments, const char *name, const char *fallback) {
  for (; *arguments != NULL; arguments++)
    if (strncmp(*arguments, "--", 2) == 0 && strcmp(*arguments + 2, name) == 0 && arguments[1] != NULL) return arguments[1];
  if (fallback != NULL) return fallback;
  fprintf(stderr, "--%s is missing\n", name);
  exit(2);
}

static inline int number_option(char **arguments, const char *name, const char *fallback) { return atoi(option(arguments, name, fallback)); }
