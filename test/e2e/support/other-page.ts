import type { Attempt } from "./attempts.ts"

/**
 * Runs inside a page: makes every attempt in every way that a page has. Answers how many requests that were; what comes back is nobody's matter here,
 * a page may be allowed to read nothing and still have done harm.
 */
export async function attack(attempts: Attempt[]): Promise<number> {
  let made = 0
  const given = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      made++
      const late = setTimeout(resolve, 5_000)
      start(() => {
        clearTimeout(late)
        resolve()
      })
    })
  const element = (name: "img" | "script" | "link", address: string) =>
    given((done) => {
      const made_ = document.createElement(name)
      if (made_ instanceof HTMLLinkElement) Object.assign(made_, { rel: "stylesheet", href: address })
      else (made_ as HTMLImageElement).src = address
      made_.addEventListener("load", done)
      made_.addEventListener("error", done)
      document.body.append(made_)
    })
  const framed = (act: (name: string) => void) =>
    given((done) => {
      const frame = document.createElement("iframe")
      frame.name = `f${Math.random()}`
      document.body.append(frame)
      act(frame.name)
      frame.addEventListener("load", () => {
        frame.remove()
        done()
      })
    })
  const form = (method: string, enctype: string, { url, fields }: Attempt) =>
    framed((target) => {
      const sent = document.createElement("form")
      Object.assign(sent, { method, enctype, action: url, target })
      const all = method === "GET" ? Object.fromEntries(new URL(url).searchParams) : fields
      for (const [name, value] of Object.entries(all)) {
        const input = document.createElement("input")
        Object.assign(input, { name, value })
        sent.append(input)
      }
      document.body.append(sent)
      sent.submit()
      sent.remove()
    })
  const link = ({ url }: Attempt) =>
    framed((target) => {
      const anchor = document.createElement("a")
      Object.assign(anchor, { href: url, target, referrerPolicy: "no-referrer" })
      document.body.append(anchor)
      anchor.click()
      anchor.remove()
    })
  const fetched = (url: string, options: RequestInit) =>
    given((done) => void fetch(url, { ...options, signal: AbortSignal.timeout(3_000) }).then(done, done))

  const one = async (attempt: Attempt) => {
    const { url, headers, method, fields } = attempt
    const body = JSON.stringify(fields)
    await Promise.all([
      ...(["img", "script", "link"] as const).map((name) => element(name, url)),
      link(attempt),
      form("GET", "application/x-www-form-urlencoded", attempt),
      ...["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].map((enctype) =>
        form("POST", enctype, attempt),
      ),
      ...(["no-cors", "cors"] as const).flatMap((mode) => [
        fetched(url, { mode }),
        fetched(url, { mode, method: "POST", body: new URLSearchParams(fields) }),
        fetched(url, { mode, method: "POST", body, headers: { "content-type": "text/plain" } }),
      ]),
      fetched(url, { mode: "cors", method: method ?? "POST", body, headers }),
      fetched(url, { mode: "cors", method: method ?? "POST", body, credentials: "include", referrerPolicy: "no-referrer" }),
    ])
    made++
    navigator.sendBeacon(url, body)
  }
  const waiting = [...attempts]
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await one(next)
    }),
  )
  return made
}
