import {defineConfig} from 'vitest/config'

/** The sandbox held against answers recorded from the real service: `npm run test:recorded`. */
export default defineConfig({
  test: {
    include: ['test/recorded/**/*.test.ts'],
    setupFiles: ['test/support/environment.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
  },
})
