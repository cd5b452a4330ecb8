// node scripts/coverage.mjs: writes what the last `npm test` saw of the local cloud into docs/local-cloud.md.
process.argv.splice(2, process.argv.length, "packages/cloud/src/covered/main.ts")
await import("./run.mjs")
