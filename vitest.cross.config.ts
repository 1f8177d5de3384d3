import {defineConfig} from 'vitest/config'

/** Other people's servers and clients: `npm run test:cross`. */
export default defineConfig({
  test: {
    include: ['test/cross/**/*.test.ts'],
    setupFiles: ['test/support/environment.ts'],
    disableConsoleIntercept: true,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
})
