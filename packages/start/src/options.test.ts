import { expect, test } from "vitest"
import { HELP, readOptions } from "./options.ts"

test("without options the console takes port 3000 and nothing is kept", () => {
  expect(readOptions([])).toEqual({ json: false, port: 3000, explicitPort: false, quietData: false, help: false })
})

test("--logs and --inspect stand alone or with a value", () => {
  expect(readOptions(["--logs", "--inspect"])).toMatchObject({
    logs: { parts: [], errorsOnly: false },
    inspect: { host: "127.0.0.1", port: 9229 },
  })
  expect(readOptions(["--logs=Health, chat,error", "--inspect=localhost:0", "--data", "d"])).toMatchObject({
    logs: { parts: ["Health", "chat"], errorsOnly: true },
    inspect: { host: "localhost", port: 0 },
    data: "d",
  })
  expect(readOptions(["--inspect=9230"]).inspect).toEqual({ host: "127.0.0.1", port: 9230 })
})

test("what is no option is refused with the list, what has no sense with the fix", () => {
  for (const args of [["--prot", "1"], ["serve"], ["--json=yes"], ["--port"]])
    expect(() => readOptions(args), args.join(" ")).toThrow(HELP)
  expect(() => readOptions(["--prot"])).toThrow("'--prot'")
  expect(() => readOptions(["--port", "x"])).toThrow("--port takes a number from 0 to 65535, not x.")
  expect(() => readOptions(["--inspect=0.0.0.0:9229"])).toThrow("--inspect takes a loopback address")
  expect(() => readOptions(["--inspect=127.0.0.1:99999"])).toThrow("--inspect takes a loopback address")
})
