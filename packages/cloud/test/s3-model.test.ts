import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { expect, test } from "vitest"
import { s3Cloud } from "./support/s3-cloud.ts"

/** What a bucket is, said as simply as possible: versions of each key, newest first; undefined as body is a delete marker. */
class Model {
  versioning: "Enabled" | "Suspended" | undefined
  readonly keys = new Map<string, { id: string; body: string | undefined }[]>()

  put(key: string, id: string, body: string | undefined): void {
    const others = (this.keys.get(key) ?? []).filter((version) => version.id !== id)
    this.keys.set(key, [{ id, body }, ...others])
  }

  remove(key: string, id: string): void {
    const others = (this.keys.get(key) ?? []).filter((version) => version.id !== id)
    if (others.length > 0) this.keys.set(key, others)
    else this.keys.delete(key)
  }

  current(key: string): string | undefined {
    return this.keys.get(key)?.[0]?.body
  }

  sorted(isShown: (key: string) => boolean): string[] {
    return [...this.keys.keys()].filter(isShown).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  listed(prefix: string, delimiter: string): string[] {
    const fold = (key: string) => {
      const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1
      return cut < 0 ? key : key.slice(0, cut + delimiter.length)
    }
    return [...new Set(this.sorted((key) => key.startsWith(prefix) && this.current(key) !== undefined).map(fold))]
  }
}

const KEYS = ["a", "a/", "a/b", "a/b/c", "a-b", "b", "é", "\uFF01", "\u{1F3BB}/x", "z z+%"]
const key = fc.constantFrom(...KEYS)
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), key, body: fc.string({ maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete version" as const), key, nth: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("copy" as const), key, from: key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("multipart" as const), key, body: fc.string({ maxLength: 5 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("versioning" as const),
      status: fc.constantFrom("Enabled" as const, "Suspended" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("list" as const),
      prefix: fc.constantFrom("", "a", "a/", "é"),
      delimiter: fc.constantFrom("", "/", "b"),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
)

type Cloud = Awaited<ReturnType<typeof s3Cloud>>["cloud"]
const pathOf = (name: string) => `/lake/${name.split("/").map(encodeURIComponent).join("/")}`

async function call(cloud: Cloud, method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const answer = await cloud.call({ service: "s3", method, path, headers, body })
  if (answer.status >= 500) throw new Error(answer.body.toString())
  return {
    status: answer.status,
    text: answer.body.toString("utf8"),
    id: answer.headers["x-amz-version-id"],
    marker: answer.headers["x-amz-delete-marker"],
  }
}

const texts = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) => decodeURIComponent(text!))

/** All pages of a listing; each must be as large as it may be and in order. */
async function pages(cloud: Cloud, prefix: string, delimiter: string, limit: number): Promise<string[]> {
  const seen: string[] = []
  for (let token = ""; ;) {
    const query = new URLSearchParams({
      "list-type": "2",
      "encoding-type": "url",
      "max-keys": String(limit),
      prefix,
      delimiter,
      ...(token && { "continuation-token": token }),
    })
    const { text } = await call(cloud, "GET", `/lake?${query}`)
    const folded = texts(text.replace(/^[\s\S]*?<\/IsTruncated>/, ""), "Prefix")
    const found = [...texts(text, "Key"), ...folded].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    seen.push(...found)
    token = texts(text, "NextContinuationToken")[0] ?? ""
    if (!token) return seen
    expect(found.length).toBe(limit)
  }
}

async function apply(cloud: Cloud, model: Model, op: typeof operation extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const newId = (id: string | undefined) => id ?? "null"
  switch (op.do) {
    case "put": {
      const { id } = await call(cloud, "PUT", pathOf(op.key), {}, op.body)
      return model.put(op.key, newId(id), op.body)
    }
    case "delete": {
      const { id, marker } = await call(cloud, "DELETE", pathOf(op.key))
      return marker === "true" ? model.put(op.key, newId(id), undefined) : model.remove(op.key, "null")
    }
    case "delete version": {
      const version = model.keys.get(op.key)?.[op.nth]
      await call(cloud, "DELETE", `${pathOf(op.key)}?versionId=${version?.id ?? "none"}`)
      return version && model.remove(op.key, version.id)
    }
    case "copy": {
      const body = model.current(op.from)
      const headers = { "x-amz-copy-source": pathOf(op.from), "x-amz-metadata-directive": "REPLACE" }
      const { status, id } = await call(cloud, "PUT", pathOf(op.key), headers)
      expect(status).toBe(body === undefined ? 404 : 200)
      return body === undefined ? undefined : model.put(op.key, newId(id), body)
    }
    case "multipart": {
      const upload = texts((await call(cloud, "POST", `${pathOf(op.key)}?uploads`)).text, "UploadId")[0]
      await call(cloud, "PUT", `${pathOf(op.key)}?partNumber=3&uploadId=${upload}`, {}, "thrown away")
      const part = await cloud.call({
        service: "s3",
        method: "PUT",
        path: `${pathOf(op.key)}?partNumber=3&uploadId=${upload}`,
        body: op.body,
      })
      const list = `<CompleteMultipartUpload><Part><PartNumber>3</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`
      const { status, id } = await call(cloud, "POST", `${pathOf(op.key)}?uploadId=${upload}`, {}, list)
      expect(status).toBe(200)
      return model.put(op.key, newId(id), op.body)
    }
    case "versioning": {
      model.versioning = op.status
      await call(
        cloud,
        "PUT",
        "/lake?versioning",
        {},
        `<VersioningConfiguration><Status>${op.status}</Status></VersioningConfiguration>`,
      )
      return
    }
    case "list":
      expect(await pages(cloud, op.prefix, op.delimiter, op.limit)).toEqual(model.listed(op.prefix, op.delimiter))
  }
}

async function compare({ cloud, service }: Awaited<ReturnType<typeof s3Cloud>>, model: Model): Promise<void> {
  for (const name of KEYS) {
    const current = model.current(name)
    const { status, text } = await call(cloud, "GET", pathOf(name))
    expect([name, status, status === 200 ? text : undefined]).toEqual([name, current === undefined ? 404 : 200, current])
    for (const { id, body } of model.keys.get(name) ?? []) {
      const got = await call(cloud, "GET", `${pathOf(name)}?versionId=${id}`)
      expect([got.status, got.status === 200 ? got.text : undefined]).toEqual([body === undefined ? 405 : 200, body])
    }
  }
  const { text } = await call(cloud, "GET", "/lake?versions&encoding-type=url")
  const ids = [...text.matchAll(/<(?:Version|DeleteMarker)><Key>([^<]*)<\/Key><VersionId>([^<]*)</g)].map(
    ([, name, id]) => `${decodeURIComponent(name!)} ${id}`,
  )
  expect(ids.toSorted()).toEqual([...model.keys].flatMap(([name, all]) => all.map(({ id }) => `${name} ${id}`)).toSorted())
  const [{ objects, bytes }] = service.state!() as [{ objects: number; bytes: number }]
  const all = [...model.keys.values()].flat()
  expect(objects).toBe(model.listed("", "").length)
  expect(bytes).toBe(all.reduce((sum, { body = "" }) => sum + Buffer.byteLength(body), 0))
}

test("a bucket behaves as its model does, and after a restart it is the same", async () => {
  let steps = 0
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (operations) => {
      const data = await mkdtemp(join(tmpdir(), "s3-model-"))
      const model = new Model()
      const first = await s3Cloud({ data })
      try {
        for (const op of operations) await apply(first.cloud, model, op)
        await compare(first, model)
      } finally {
        await first.stop()
      }
      const second = await s3Cloud({ data })
      try {
        await compare(second, model)
      } finally {
        await second.stop()
        await rm(data, { recursive: true })
      }
      steps += operations.length
    }),
    { numRuns: Number(process.env.S3_RUNS ?? 30) },
  )
  console.log(`${steps} operations equal to the model`)
})
