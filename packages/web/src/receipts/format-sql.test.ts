import fc from "fast-check"
import { expect, test } from "vitest"
import { formatSql, sqlTokens } from "./format-sql.ts"

test("a statement in one line gets a line for each clause", () => {
  expect(formatSql("SELECT a, b FROM core.t LEFT JOIN core.u ON u.a = t.a WHERE a = :x GROUP BY a ORDER BY b LIMIT 5")).toBe(
    ["SELECT a, b", "FROM core.t", "LEFT JOIN core.u ON u.a = t.a", "WHERE a = :x", "GROUP BY a", "ORDER BY b", "LIMIT 5"].join(
      "\n",
    ),
  )
})

test("a statement with lines of its own keeps them without the common indent", () => {
  expect(formatSql("\n    SELECT a\n      FROM b\n    LIMIT 1\n")).toBe("SELECT a\n  FROM b\nLIMIT 1")
})

test("the coloured parts joined are the statement, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (sql) => {
      expect(
        sqlTokens(sql)
          .map(({ text }) => text)
          .join(""),
      ).toBe(sql)
    }),
  )
  const kinds = Object.fromEntries(sqlTokens("SELECT 'it''s', :from, 12 -- why").map(({ text, kind }) => [text, kind]))
  expect(kinds).toMatchObject({ SELECT: "keyword", "'it''s'": "text", ":from": "parameter", "12": "number", "-- why": "comment" })
})
