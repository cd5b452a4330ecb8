import { segmentsOf } from "../document-path.ts"
import { invalid } from "../validation.ts"
import type { VectorIndex } from "./definition.ts"
import { schemaText } from "./entries.ts"

const EQUALITY = /^([#A-Za-z_][\w#.[\]-]*)\s*=\s*(:[\w-]+)$/

/** What a search demands of the search schema, by attribute. Only `=`, joined by AND: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html */
export function demandsOf(json: any, { hash, filters }: VectorIndex): Map<string, string> {
  const { SearchConditionExpression: expression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = json
  const demands = new Map<string, string>()
  const schema = hash ? [hash, ...filters] : filters
  for (const part of typeof expression === "string" ? expression.split(/\bAND\b/i) : []) {
    const bare = part.replaceAll(/[()]/g, " ").trim()
    const [, path, value = ""] = EQUALITY.exec(bare) ?? []
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearchTroubleshooting.html
    if (path === undefined) throw invalid("Invalid comparator used in SearchConditionExpression")
    const segments = segmentsOf(path, names)
    const element = segments.length === 1 ? schema.find(({ name }) => name === segments[0]) : undefined
    if (!element)
      throw invalid(
        `SearchConditionExpression can only reference attributes of the SearchSchema of the index; attribute: ${segments.join(".")}`,
      )
    if (demands.has(element.name))
      throw invalid(`SearchConditionExpression must only contain one condition per attribute; attribute: ${element.name}`)
    const text = schemaText(element, values?.[value])
    if (text === undefined)
      throw invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
    demands.set(element.name, text)
  }
  if (hash && !demands.has(hash.name))
    throw invalid("SearchConditionExpression must be provided when SearchSchema has a HASH key")
  return demands
}
