/** A bucket of tokens per API client, refilled evenly: `rate` requests a second, with bursts of one second's worth. */
export function createRateLimit(rate: number) {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    rate,
    /** Takes one token; answers how many are left, or -1 and the seconds to wait for the next. */
    take(client: string, now = performance.now()): { remaining: number; retry_s: number } {
      let bucket = buckets.get(client)
      if (!bucket) {
        if (buckets.size > 50_000) buckets.clear()
        bucket = { tokens: rate, at: now }
        buckets.set(client, bucket)
      }
      bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate)
      bucket.at = now
      if (bucket.tokens < 1) return { remaining: -1, retry_s: Math.max(1, Math.ceil((1 - bucket.tokens) / rate)) }
      bucket.tokens -= 1
      return { remaining: Math.floor(bucket.tokens), retry_s: 1 }
    },
  }
}
