import type { TypeTable } from "./assembly/index.ts"
import type { Cloud, Resource, Service } from "./service.ts"

/** A type's plugin among the engines; custom resources that name a function share one. */
export const typeTable =
  (services: readonly Service[]): TypeTable =>
  (type) =>
    services.find((service) => service.types[type])?.types[type] ??
    (type.startsWith("Custom::")
      ? services.find((service) => service.types["AWS::CloudFormation::CustomResource"])?.types[
          "AWS::CloudFormation::CustomResource"
        ]
      : undefined)

/** Creates resources in template order. A failure names the resource. */
export async function provision(resources: readonly Resource[], types: TypeTable, cloud: Cloud): Promise<void> {
  for (const resource of resources) {
    try {
      await types(resource.type)?.provision?.(resource, cloud)
    } catch (error) {
      throw new Error(
        `${resource.type} ${resource.stack}/${resource.logicalId}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }
}
