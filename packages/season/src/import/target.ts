import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

/** Where a producer sends to. */
export interface Target {
  /** Address of the HTTP API, without a slash at the end. */
  http: string
  /** An access token; `fresh` asks for a new one because the API refused the last. */
  token(fresh?: boolean): Promise<string>
}

/** A mistake that the person at the keyboard can mend; the message says how. */
export class Mistake extends Error {}

export interface Wanted {
  url?: string
  token?: string
  /** Where a running local cloud leaves its addresses. */
  runFile?: string
}

interface Run {
  http: string
  aws?: string
  awsUrl?: string
  clientId: string
  users: { email: string; password: string; accessToken?: string }[]
}

const RUN_FILE = fileURLToPath(new URL("../../../../.backline/run.json", import.meta.url))

async function readRun(file: string): Promise<Run | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Run
  } catch {
    return undefined
  }
}

/** Signs in as a browser would; the demo people's tokens live for an hour, the local cloud may run for days. */
async function signIn(run: Pick<Run, "aws" | "awsUrl" | "clientId">, user: { email: string; password: string }): Promise<string> {
  const response = await fetch(run.aws ?? run.awsUrl ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth" },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: run.clientId,
      AuthParameters: { USERNAME: user.email, PASSWORD: user.password },
    }),
  })
  const answer = (await response.json()) as { AuthenticationResult?: { AccessToken: string } }
  if (!answer.AuthenticationResult)
    throw new Mistake(`${user.email} could not sign in: give a token with --token or BACKLINE_TOKEN.`)
  return answer.AuthenticationResult.AccessToken
}

const fixed = (token: string) => async (fresh?: boolean) => {
  if (fresh) throw new Mistake("The token was refused: give a new one with --token or BACKLINE_TOKEN.")
  return token
}

async function answers(http: string): Promise<boolean> {
  try {
    return (await fetch(`${http}/health`, { signal: AbortSignal.timeout(5_000) })).status < 500
  } catch {
    return false
  }
}

/** The API to send to: the one named by its address, else the running local cloud with its demo sign-in. Throws a Mistake that says what to do. */
export async function findTarget({ url, token, runFile = RUN_FILE }: Wanted): Promise<Target> {
  const run = await readRun(runFile)
  const http = (url ?? run?.http)?.replace(/\/+$/, "")
  if (!http) throw new Mistake("No Backline is running here: start one with npm start, or name one with --url and --token.")
  if (!URL.canParse(http) || !/^https?:/.test(http)) throw new Mistake(`${http} is not an address: give --url as https://….`)
  if (!(await answers(http)))
    throw new Mistake(`No Backline answers at ${http}: start one with npm start, or name another with --url.`)
  if (token) return { http, token: fixed(token) }
  const user = run?.users[0]
  if (!run || !user || http !== run.http.replace(/\/+$/, ""))
    throw new Mistake(`Nobody is signed in at ${http}: give a token of an editor or admin with --token or BACKLINE_TOKEN.`)
  let current = signIn(run, user)
  return { http, token: (fresh) => (fresh ? (current = signIn(run, user)) : current) }
}
