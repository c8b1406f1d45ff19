/** The ratios that have a goal; it is judged on a quiet machine, by the medians of at least five rounds. */
export const goals = {
  decode_vs_ccxt: 5,
  decode_vs_json_parse: 0.7,
  native_vs_c: 0.85,
  native_vs_c_64: 0.8,
  native_vs_bare_512: 2.2,
  dgram_vs_bare: 0.85,
  start_vs_node_http: 0.8,
  start_1_vs_node_http: 0.8,
  price_vs_node_http: 0.85,
  verify_vs_standardwebhooks: 0.7,
  verify_vs_standardwebhooks_30: 1,
} as const

/** `goal 0.85: met` */
export function goalText(name: keyof typeof goals, value: number): string {
  return `goal ${goals[name]}: ${value >= goals[name] ? 'met' : 'missed'}`
}
