import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { expect, it } from "vitest"

/** What core has one place for. `isThere` says which files are that place; `breach` finds what belongs into it anywhere else. */
interface Wall {
  breach: RegExp
  isThere(file: string): boolean
  /** What looks like a breach and is none, each with its reason. */
  except?: Readonly<Record<string, string>>
}

const WALLS = {
  "only a noun's table.ts knows its keys": {
    breach: /\bpk\b/,
    isThere: (file) => file.endsWith("/table.ts") || file.startsWith("dynamo/"),
  },
  "only dynamo/ tells a refused condition from other errors": {
    breach: /ConditionalCheckFailed/,
    isThere: (file) => file.startsWith("dynamo/"),
  },
  "only pause.ts backs off": {
    breach: /Math\.random\(|2 \*\* \(?(?:attempt|count|failed|retry|retries|tries|round)\b|\b(?:pause|delay|wait)\w* \*= /i,
    isThere: (file) => file === "pause.ts",
  },
  "only recent.ts bounds a map": {
    breach:
      /\.(?:keys|values|entries)\(\)\.next\(\)|\.size >=? \w+\) \w+\.(?:clear|delete)\(|^(?:export )?(?:const|let) \w+ = new (?:Map|Set)(?:<.*>)?\(\)/,
    isThere: (file) => file === "recent.ts",
    except: {
      "standing/index.ts const asking": "holds what is under way",
      "analytics/index.ts const flights": "holds what is under way",
      "connection/sweep.ts let welcomeAt": "is made anew of what is open in each sweep",
      "connection/sweep.ts let tokens": "is made anew of what is open in each sweep",
    },
  },
} as const satisfies Record<string, Wall>

function breachesOf({ breach, isThere, except = {} }: Wall, sources: Readonly<Record<string, string>>): string[] {
  return Object.entries(sources).flatMap(([file, text]) =>
    isThere(file)
      ? []
      : text
          .split("\n")
          .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
          .filter(({ line }) => breach.test(line))
          .filter(({ line }) => !Object.keys(except).some((known) => `${file} ${line}`.startsWith(`${known} `)))
          .map(({ line, at }) => `${at} ${line.trim()}`),
  )
}

const SOURCE = import.meta.dirname
const isProduct = (file: string): boolean =>
  file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.split("/").includes("testing")
const sources = Object.fromEntries(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map((file) => relative(SOURCE, join(SOURCE, file)).replaceAll("\\", "/"))
    .filter(isProduct)
    .map((file) => [file, readFileSync(join(SOURCE, file), "utf8")]),
)

const PLANTED: Record<keyof typeof WALLS, readonly string[]> = {
  "only a noun's table.ts knows its keys": [
    'KeyConditionExpression: "pk = :pk AND sk > :after",',
    'ConditionExpression: "attribute_not_exists(pk)",',
    "const key = { pk: `room#${id}`, sk }",
  ],
  "only dynamo/ tells a refused condition from other errors": [
    'if (error.name === "ConditionalCheckFailedException") return',
    'if (codes[2] === "ConditionalCheckFailed") return',
  ],
  "only pause.ts backs off": [
    "await sleep(10 * (0.5 + Math.random()))",
    "await sleep(25 * 2 ** attempt)",
    "for (let pauseMs = 50; ; pauseMs *= 2) await sleep(pauseMs)",
  ],
  "only recent.ts bounds a map": [
    "if (seen.size > MOST) seen.delete(seen.keys().next().value!)",
    "if (gone.size > MOST) gone.delete(gone.values().next().value!)",
    "if (seen.size >= 5_000) seen.clear()",
    "const seen = new Map<string, number>()",
    "export const gone = new Set<string>()",
    "let known = new Map()",
  ],
}

it.each(Object.keys(WALLS) as (keyof typeof WALLS)[])("%s, and a breach is found", (name) => {
  const wall: Wall = WALLS[name]
  expect(breachesOf(wall, sources)).toEqual([])
  for (const line of PLANTED[name])
    expect(breachesOf(wall, { ...sources, "room/planted.ts": `// first\n${line}` })).toEqual([`room/planted.ts:2 ${line}`])
  for (const known of Object.keys(wall.except ?? {})) {
    const [file, ...words] = known.split(" ")
    expect(sources[file!], known).toContain(`\n${words.join(" ")} `)
  }
})
