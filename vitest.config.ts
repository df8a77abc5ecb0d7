import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Groups run one after the other, in this order: what fails soonest comes first. */
function describeProject(
  name: string,
  groupOrder: number,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, sequence: { groupOrder }, ...test },
  }
}

// Real servers, browsers and clocks on a machine that others use too: what fails is tried once more, and vitest says that it was.
const servers = { globalSetup: ['test/support/global-setup.ts'], retry: 1 }

export default defineConfig({
  test: {
    root: import.meta.dirname,
    allowOnly: false,
    // Two at once is what the smallest machine that runs this has cores for; a browser and its servers fill both.
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      describeProject('unit', 0, {
        include: ['test/unit/**/*.test.{ts,tsx}', 'test/architecture.test.ts'],
        isolate: false,
        // Some start a command on the whole tree: beside others, that takes longer than the five seconds of the default.
        testTimeout: 30_000,
      }),
      describeProject('contract', 1, {
        include: ['test/contract/**/*.test.ts'],
        testTimeout: 30_000,
        hookTimeout: 60_000,
        ...servers,
      }),
      describeProject('isolation', 2, {
        include: ['test/isolation/**/*.test.ts'],
        testTimeout: 30_000,
        hookTimeout: 60_000,
        ...servers,
      }),
      describeProject('flows', 3, { include: ['test/flows/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, ...servers }),
      describeProject('browser', 4, {
        include: ['test/browser/**/*.test.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
        maxWorkers: 1,
        ...servers,
      }),
    ],
  },
})
