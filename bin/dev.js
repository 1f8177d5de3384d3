#!/usr/bin/env -S node --import tsx
// Runs the commands from src without a build: `node --import tsx bin/dev.js apis list`.
process.env.NODE_ENV ??= 'development'
const {main} = await import('../src/cli/main.ts')
await main(process.argv.slice(2), import.meta.url)
