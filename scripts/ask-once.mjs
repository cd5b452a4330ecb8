// Boots the product as a script would (`npm start -- --json --port 0`), asks one question as a person would, and stops it.
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { root } from "./ready.mjs"

const QUESTION = "Which venues have the most concerts in the next 90 days?"
const fail = (message) => {
  process.stderr.write(`${message}\n`)
  child.kill("SIGKILL")
  process.exit(1)
}

const child = spawn("npm", ["start", "--silent", "--", "--json", "--port", "0"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
})
const deadline = setTimeout(() => fail("The product did not answer within five minutes."), 300_000)
const line = await new Promise((resolve, reject) => {
  createInterface({ input: child.stdout }).once("line", resolve)
  child.once("exit", (code) => reject(new Error(`npm start ended with ${code} before it was ready.`)))
}).catch((error) => fail(error.message))
const { http, users } = JSON.parse(line)

const response = await fetch(`${http}/chat`, {
  method: "POST",
  headers: { authorization: `Bearer ${users[0].accessToken}`, "content-type": "application/json" },
  body: JSON.stringify({ text: QUESTION }),
})
const answer = await response.json()
console.log(`Q: ${QUESTION}\nA: ${answer.text ?? JSON.stringify(answer)}\n   ${answer.receipts?.length ?? 0} receipts`)
if (response.status !== 200 || !answer.text || !(answer.receipts?.length > 0))
  fail(`POST /chat answered ${response.status} without a proven answer.`)

const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)))
child.kill("SIGTERM")
const code = await ended
clearTimeout(deadline)
if (code !== 0) fail(`npm start ended with ${code} on SIGTERM; it must end with 0.`)
console.log("1 passed, 0 failed")
