import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * What a start makes and throws away lets the memory for new objects grow to its largest, 32 MiB that an idle server then keeps for nothing. While
 * it stays small, they are cleared away more often; under load it may grow, as that is when it saves time.
 */
export const stayLean = (): void => setFlagsFromString('--semi-space-growth-factor=1')
export const growFreely = (): void => setFlagsFromString('--semi-space-growth-factor=2')

/** Clears away what nobody needs any more, which takes a tenth of a second: for when nobody waits. */
export function tidyUp(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
}
