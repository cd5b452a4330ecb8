// node test/verify/main.mjs <folder of the raw files> [run.json]
// Asks the running product and compares with counts made from the raw files by code that the product does not share.
import { readFileSync } from "node:fs"
import { concertsOf, ranking, readHistory } from "./history.mjs"
import { questions } from "./questions.mjs"

const [folder, runFile = ".backline/run.json"] = process.argv.slice(2)
if (!folder) {
  console.error("Name the folder of the raw files: node test/verify/main.mjs <folder>")
  process.exit(2)
}
const { http, users } = JSON.parse(readFileSync(runFile, "utf8"))
const history = readHistory(folder)
const failures = []

async function call(path, body) {
  const headers = { authorization: `Bearer ${users[0].accessToken}`, "content-type": "application/json" }
  const response = await fetch(`${http}${path}`, {
    headers,
    method: body ? "POST" : "GET",
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

/** Windows of GET /venues/popularity, compared venue by venue. */
for (const [from, to] of [
  ["1842-01-01", "2030-01-01"],
  ["1950-01-01", "1960-01-01"],
  ["1893-10-01", "1894-05-01"],
  ["1976-07-04", "1976-07-05"],
]) {
  const { items } = await call(`/venues/popularity?from=${from}&to=${to}&by=concerts&limit=100`)
  const want = ranking(concertsOf(history, { from, to }), (concert) => `${concert.hall}|${concert.place}`)
    .map(([, count]) => count)
    .slice(0, 100)
  const got = items.map((item) => item.concerts)
  const same = JSON.stringify(got) === JSON.stringify(want)
  console.log(
    `${same ? "agrees" : "DIFFERS"}  popularity ${from}..${to}: ${got.length} venues, first ${items[0]?.name} ${got[0]}`,
  )
  if (!same) failures.push(`popularity ${from}: got ${got.slice(0, 8)} … want ${want.slice(0, 8)} …`)
}

const whole = (text, piece) =>
  new RegExp(`(?<![\\w,.])${piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w|,\\d)`, "i").test(text)
for (const { kind, text, expect } of questions(history)) {
  const answer = await call("/chat", { text })
  const missing = expect.filter((piece) => ![piece].flat().some((each) => whole(answer.text, each)))
  const proven = answer.receipts.length > 0
  console.log(`${missing.length === 0 && proven ? "agrees" : "DIFFERS"}  ${kind}: ${text}`)
  if (missing.length > 0 || !proven)
    failures.push(
      `${text}\n    wanted ${JSON.stringify(missing)} (${answer.receipts.length} receipts) in: ${answer.text.slice(0, 400)}`,
    )
}
for (const failure of failures) console.log(`- ${failure}`)
console.log(`${questions(history).length + 4 - failures.length} passed, ${failures.length} failed`)
process.exit(failures.length === 0 ? 0 : 1)
