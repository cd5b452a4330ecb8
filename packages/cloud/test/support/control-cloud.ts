import { control } from "../../src/control/index.ts"
import { createTestCloud } from "../../src/endpoint/test-cloud.ts"
import { Faults } from "../../src/faults/index.ts"
import { Sockets } from "../../src/gateway/index.ts"
import { Lines } from "../../src/lambda/lines.ts"
import type { Service } from "../../src/service.ts"
import { Streams } from "../../src/services/kinesis/index.ts"

type Options = Omit<Parameters<typeof createTestCloud>[0], "control" | "faults">

/** A test cloud with the control surface on its address. */
export async function controlCloud(options: Options, { sockets = new Sockets(), streams = new Streams() } = {}) {
  const faults = new Faults()
  const cloud = await createTestCloud({
    ...options,
    faults,
    control: (request) =>
      control({
        cloud: () => cloud.cloud,
        assembly: { resources: cloud.cloud.resources(), idle: [] },
        calls: cloud.calls,
        services: options.services,
        faults,
        sockets,
        streams,
        lines: new Lines(),
        reload: () => ({ status: "ok", at: 0, ms: 0, functions: [], errors: [], changes: [], restart: [] }),
        state: () => ({}),
      })(request),
  })
  /** Calls the control surface; the body is JSON where there is one. */
  async function local(method: string, path: string, body?: unknown) {
    const response = await fetch(`${cloud.awsUrl}/_local/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : undefined }
  }
  return { ...cloud, sockets, streams, local }
}

/** A service that allows and answers everything with nothing, and counts what it was asked to do. */
export function willing(name: string, protocol: Service["protocol"] = "json", answer = "{}"): Service & { handled: number } {
  const service = {
    handled: 0,
    names: [name],
    protocol,
    types: {},
    authorize: ({ headers, method, url }: Parameters<Service["authorize"]>[0]) => ({
      operation: headers["x-amz-target"]?.split(".").at(-1) ?? `${method} ${url.pathname}`,
      access: [{ action: `${name}:Any`, resource: `arn:aws:${name}:us-east-1:123456789012:thing/one` }],
    }),
    handle: async () => {
      service.handled++
      return { status: 200, headers: { "content-type": "application/json" }, body: answer }
    },
  }
  return service
}
