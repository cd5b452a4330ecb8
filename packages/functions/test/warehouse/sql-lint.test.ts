import { lint } from "../../../cloud/src/services/redshift-data/lint/index.ts"
import { expect, test } from "vitest"
import { catalogue } from "./sql-catalogue.ts"

test("every SQL text stays inside what Redshift and the local engine both understand", () => {
  const problems = catalogue().flatMap(({ name, sql, kind }) =>
    lint(sql, { [kind === "batch" ? "batch" : "query"]: true }).map((problem) => ({
      name,
      problem,
      sql: sql.slice(problem.at, problem.at + 200),
    })),
  )
  expect(problems.slice(0, 5)).toEqual([])
})

test("every named parameter has a value and every value is used", () => {
  for (const { name, sql, values } of catalogue()) {
    const named = new Set([...sql.replace(/'[^']*'/g, "''").matchAll(/(?<![:\w]):([a-z_0-9]+)/g)].map((match) => match[1]))
    expect([...named].sort(), name).toEqual(Object.keys(values).sort())
    expect(Object.values(values).includes(""), name).toBe(false)
  }
})
