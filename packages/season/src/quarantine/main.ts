import { quarantineCommand } from "./command.ts"

process.exitCode = await quarantineCommand(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  stdin: process.stdin,
})
