import { defineConfig } from "vitest/config"

const project = (name: string, include: string[], timeout: number) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: 120_000, maxWorkers: 2 },
})

export default defineConfig({
  test: {
    projects: [
      project("unit", ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "bench/**/*.test.ts"], 20_000),
      project("stacks", ["stacks/test/**/*.test.ts"], 60_000),
      project("integration", ["packages/*/test/**/*.test.ts"], 60_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 180_000),
    ],
  },
})
