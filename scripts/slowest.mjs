// A reporter of Vitest: the 20 test files that took longest, with their imports. The first file of each worker also starts the server.
export default class Slowest {
  #files = []

  onTestModuleEnd(file) {
    const { duration, collectDuration } = file.diagnostic()
    this.#files.push({ name: file.relativeModuleId, seconds: (duration + collectDuration) / 1000 })
  }

  onTestRunEnd() {
    const slowest = this.#files.sort((a, b) => b.seconds - a.seconds).slice(0, 20)
    console.log(slowest.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`).join('\n'))
  }
}
