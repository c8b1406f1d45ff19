/* The prices that a run is about: lines of `ASSET PRICE` in a file. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRICES_MOST 4096

typedef struct {
  char asset[16], text[25];
  int asset_length, text_length;
} price_t;

static inline int read_prices(const char *path, price_t *prices) {
  int count = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  while (count < PRICES_MOST && fscanf(file, "%15s %24s", prices[count].asset, prices[count].text) == 2) {
    prices[count].asset_length = (int)strlen(prices[count].asset);
    prices[count].text_length = (int)strlen(prices[count].text);
    count++;
  }
  fclose(file);
  return count;
}
