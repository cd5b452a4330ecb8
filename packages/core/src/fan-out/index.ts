export { departed } from "./departed.ts"
export { publish } from "./publish.ts"
export { deliverBatch, Work } from "./work.ts"
