/** The processor time that this process takes from now on, in ms. On a busy machine the clock goes on while others run; this does not. */
export function processorTime(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}
