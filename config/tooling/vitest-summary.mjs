import { writeFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, seconds: number }} Result */

/**
 * A reporter for Vitest that writes, to the file named by VITEST_SUMMARY, how each project went. A test that was skipped counts as
 * failed, as does a file that could not be loaded: what wasn't shown isn't true.
 */
export default class SummaryReporter {
  /** @type {Map<string, { begin: number, end: number }>} */
  #times = new Map()

  /** @param {import('vitest/node').TestModule} testModule */
  onTestModuleStart({ project }) {
    if (!this.#times.has(project.name)) this.#times.set(project.name, { begin: Date.now(), end: Date.now() })
  }

  /** @param {import('vitest/node').TestModule} testModule */
  onTestModuleEnd({ project }) {
    const times = this.#times.get(project.name)
    if (times) times.end = Date.now()
  }

  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} testModules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(testModules, unhandledErrors) {
    /** @type {Record<string, Result>} */
    const projects = {}
    for (const testModule of testModules) {
      const { name } = testModule.project
      const times = this.#times.get(name) ?? { begin: 0, end: 0 }
      const result = (projects[name] ??= { passed: 0, failed: 0, seconds: (times.end - times.begin) / 1000 })
      const tests = [...testModule.children.allTests()]
      const passed = tests.filter(test => test.result().state === 'passed').length
      result.passed += passed
      result.failed += tests.length - passed
      if (testModule.errors().length > 0 || tests.length === 0) result.failed += 1
    }
    const path = process.env.VITEST_SUMMARY
    if (path) writeFileSync(path, JSON.stringify({ projects, unhandledErrors: unhandledErrors.length }))
  }
}
