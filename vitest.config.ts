import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/cross/**', 'test/recorded/**'],
    setupFiles: ['test/support/environment.ts'],
    disableConsoleIntercept: true,
    testTimeout: 20_000,
  },
})
