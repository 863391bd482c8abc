// A reporter of Vitest: the test files that took longest, with their imports. The first file of each worker also starts the server.
// With `over_s` it names those that took longer; without, the twenty slowest.
export default class Slowest {
  #files = []
  #over_s

  constructor({ over_s } = {}) {
    this.#over_s = over_s
  }

  onTestModuleEnd(file) {
    const { duration, collectDuration } = file.diagnostic()
    this.#files.push({ name: file.relativeModuleId, seconds: (duration + collectDuration) / 1000 })
  }

  onTestRunEnd() {
    const slowest = this.#files.sort((a, b) => b.seconds - a.seconds)
    const shown = this.#over_s ? slowest.filter(({ seconds }) => seconds > this.#over_s) : slowest.slice(0, 20)
    if (this.#over_s && shown.length > 0)
      console.log(`Files that took more than ${this.#over_s} s (the first of each worker also starts the server):`)
    for (const { name, seconds } of shown) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`)
    if (shown.length > 0) console.log()
  }
}
