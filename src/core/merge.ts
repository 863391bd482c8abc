import { isObject } from './json.ts'

type Json = Record<string, unknown>

/**
 * Settings with a change applied: objects are merged key by key, lists are replaced, and null takes the key away, so that the
 * default shows again. Neither argument is touched.
 */
export function merged(settings: Json, change: Json): Json {
  const result: Json = { ...settings }
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) continue
    if (value === null) delete result[key]
    else result[key] = isObject(value) ? merged(isObject(result[key]) ? result[key] : {}, value) : value
  }
  return result
}

/** Settings laid over their defaults: what was never set shows the default. */
export function withDefaults(defaults: Json, settings: Json): Json {
  const result: Json = { ...defaults }
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue
    result[key] = isObject(value) && isObject(defaults[key]) ? withDefaults(defaults[key], value) : value
  }
  return result
}
