export { Faults } from "./faults.ts"
export { FaultList } from "./schema.ts"
