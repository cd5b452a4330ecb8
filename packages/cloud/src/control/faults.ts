import { FaultList } from "../faults/index.ts"
import { badInput, json, missing, parsedBody, type Route } from "./route.ts"

/** Takes a list of faults; the first one that fits a call hits it. */
export const addFaults: Route = {
  method: "POST",
  path: "faults",
  answer({ body }, { faults, services }) {
    const list = parsedBody(FaultList, body)
    if ("refusal" in list) return list.refusal
    const names = services.flatMap((service) => service.names)
    const unknown = list.is.findIndex(({ service }) => !names.includes(service))
    if (unknown >= 0)
      return badInput(`${unknown}.service: ${list.is[unknown]!.service} is none of ${names.toSorted().join(", ")}.`)
    try {
      return json(201, { items: faults.add(list.is) })
    } catch (error) {
      if (error instanceof RangeError) return json(409, { code: "conflict.full", message: error.message })
      throw error
    }
  },
}

/** Every fault with the calls that it matched and hit. */
export const listFaults: Route = { method: "GET", path: "faults", answer: (_, { faults }) => json(200, { items: faults.list() }) }

export const removeFaults: Route = {
  method: "DELETE",
  path: "faults",
  answer(_, { faults }) {
    faults.remove()
    return { status: 204 }
  },
}

export const removeFault: Route = {
  method: "DELETE",
  path: "faults/{id}",
  answer({ params }, { faults }) {
    const { id = "" } = params
    return faults.remove(id) ? { status: 204 } : missing("fault", `There is no fault ${id}: GET /_local/faults lists them.`)
  },
}
